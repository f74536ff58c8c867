"""Usage in words: quantities with their unit, other parties, and the names of kinds and bundles."""

from __future__ import annotations

from decimal import Decimal

import phonenumbers

from ligneclaire.domains.usage.rules import spending
from ligneclaire.journeys import formats
from ligneclaire.kernel import texts

SECONDS = frozenset({"voice", "special"})
SHORTEST = 7  # digits of a number; what is shorter is a code as dialled
SIZES = (("G", 10**9), ("M", 10**6), ("k", 10**3))


def quantity(value: int, service: str, lang: str) -> str:
    """A quantity as it is, with its unit: `1 min 35 s`, `48.213 MB`, `2 SMS`, `1`."""
    if service in SECONDS:
        minutes, seconds = divmod(value, 60)
        parts = [f"{formats.number(Decimal(minutes), lang)}\u00a0min"] if minutes else []
        return "\u00a0".join([*parts, f"{seconds}\u00a0s"] if seconds or not minutes else parts)
    if service == "data":
        unit, size = next(((unit, size) for unit, size in SIZES if value >= size), ("", 1))
        amount = formats.number(Decimal(value * 1000 // size) / 1000, lang)
        return f"{amount}\u00a0{unit}{'o' if lang == 'fr' else 'B'}"
    return f"{formats.number(Decimal(value), lang)}{_pieces(value, service, lang)}"


def about(value: int, service: str, lang: str) -> str:
    """A quantity to read at a glance, rounded down: `7.9 GB`, `214 min`, `61 SMS`; "" of what is only counted."""
    if service == "third-party":
        return ""
    return formats.quantity(value, "voice" if service in SECONDS else service, lang) + _pieces(value, service, lang)


def party(other: str, country: str) -> str:
    """The other party as people write it: at home without the country, a code as it is dialled; "" stays ""."""
    if len(other) < SHORTEST or not other.isdigit():
        return other
    try:
        number = phonenumbers.parse(f"+{other}")
    except phonenumbers.NumberParseException:
        return f"+{other}"
    home = phonenumbers.region_code_for_number(number) == country
    form = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(number, form)).replace(" ", "\u00a0")


def kind(name: str, lang: str) -> str:
    """The name of a category or a type of usage."""
    return _known(f"billing.usage.{name}", lang) or name


def service(code: str, lang: str) -> str:
    """The name of a service, as the filter of an explorer lists it."""
    return _known(f"usage.service.{code}", lang) or code


def bundle(code: str, lang: str) -> str:
    """The name of a bundle: its own, else its code; without the cost centre whose lines share it."""
    own = code.partition("@")[0]
    return _known(f"usage.bundle.{own}", lang) or own


def limit(counter: str, lang: str) -> str:
    """The name of the ceiling whose counter of money this is; "" of another counter."""
    ceiling = spending.ceiling_of(counter)
    return _known(f"usage.limit.{ceiling}", lang) if ceiling else ""


def gauge(counter: str, service_code: str, lang: str) -> str:
    """The name of what a counter counts: a ceiling, or a bundle, which is told from others of its service."""
    named = limit(counter, lang) or bundle(counter, lang)
    return f"{service(service_code, lang)} ({named})" if named == counter.partition("@")[0] else named


def direction(code: str, lang: str) -> str:
    """Whether usage went out or came in, as a file says it."""
    return _known(f"usage.direction.{code}", lang) or code


def inside(quantity: str, bundle: str, lang: str) -> str:
    """What of a record lay in a bundle."""
    return texts.say("usage.part.inside", lang, {"quantity": quantity, "bundle": bundle})


def outside(quantity: str, lang: str) -> str:
    """What of a record lay beside the bundles."""
    return texts.say("usage.part.outside", lang, {"quantity": quantity})


def flag(code: str, lang: str) -> str:
    """Why a record costs nothing, in short; "" of one that is charged as it is."""
    return _known(f"usage.flag.{code}", lang) if code else ""


def _known(code: str, lang: str) -> str:
    return texts.say(code, lang) if texts.knows(code) else ""


def _pieces(value: int, service: str, lang: str) -> str:
    if service not in ("sms", "mms"):
        return ""
    if lang == "nl":
        return f"\u00a0{service}" if value == 1 else f"\u00a0{service}’en"
    return f"\u00a0{service.upper()}"
