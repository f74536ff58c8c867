"""How the details of people and companies are written, so that one thing is written in one way."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

import phonenumbers
from stdnum.be import vat as be_vat
from stdnum.exceptions import ValidationError
from stdnum.fr import siren, tva

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_POSTCODE = {"BE": re.compile(r"[1-9]\d{3}"), "FR": re.compile(r"\d{5}")}
_VAT: dict[str, Callable[[str], str]] = {"BE": be_vat.validate, "FR": tva.validate}
_REGISTRATION: dict[str, Callable[[str], str]] = {"BE": be_vat.validate, "FR": siren.validate}


class Unreadable(ValueError):
    """A detail that is not what it should be; `field` names it."""

    def __init__(self, field: str, value: str) -> None:
        super().__init__(f"{field}: {value!r}")
        self.field, self.value = field, value


def phone(written: str, country: str) -> str:
    """ "0470 12 34 56" as "+32470123456" (E.164); empty stays empty. Raises Unreadable."""
    if not written.strip():
        return ""
    try:
        number = phonenumbers.parse(written, country)
    except phonenumbers.NumberParseException:
        raise Unreadable("phone", written) from None
    if not phonenumbers.is_possible_number(number):
        raise Unreadable("phone", written)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def email(written: str) -> str:
    """An address in small letters; empty stays empty. Raises Unreadable."""
    address = written.strip().lower()
    if address and not _EMAIL.fullmatch(address):
        raise Unreadable("email", written)
    return address


def vat_number(written: str, country: str) -> str:
    """A Belgian or French VAT number with its country in front; empty stays empty. Raises Unreadable."""
    if not written.strip():
        return ""
    text = re.sub(r"[\s.]", "", written).upper()
    text = text if text[:2].isalpha() else country + text
    check = _VAT.get(text[:2])
    if check is None:
        raise Unreadable("vat_number", written)
    try:
        return text[:2] + check(text).removeprefix(text[:2])
    except ValidationError:
        raise Unreadable("vat_number", written) from None


def registration_number(written: str, country: str) -> str:
    """A KBO/BCE number (ten digits) or a SIREN (nine); empty stays empty. Raises Unreadable."""
    if not written.strip():
        return ""
    try:
        return _REGISTRATION[country](re.sub(r"[\s.]", "", written))
    except (KeyError, ValidationError):
        raise Unreadable("registration_number", written) from None


def postcode(written: str, country: str) -> str:
    """A postcode of the country, without spaces around it. Raises Unreadable; other countries' are taken as written."""
    text = written.strip()
    form = _POSTCODE.get(country)
    if not text or (form and not form.fullmatch(text)):
        raise Unreadable("postcode", written)
    return text


def plain(text: str) -> str:
    """Small letters without accents, single spaces: how search keys are written."""
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).split())


def name_keys(name: str) -> tuple[str, ...]:
    """A name from each of its words on, so that "roche" and "anna ro" both find Anna Roche."""
    words = plain(name).split()
    return tuple(" ".join(words[index:])[:160] for index in range(len(words)))


def search_prefix(written: str, country: str) -> str:
    """What somebody typed, as the beginning of a search key: a telephone number in E.164, all else plain."""
    text = plain(written)
    digits = re.sub(r"[\s./()-]", "", text)
    if re.fullmatch(r"(\+|00|0)\d{5,}", digits):
        try:
            return phone(digits, country)
        except Unreadable:
            return "+" + digits.lstrip("+0") if digits.startswith(("+", "00")) else text
    return text
