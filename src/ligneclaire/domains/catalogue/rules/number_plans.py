"""Which prefixes of a country are fixed, mobile or premium, out of the number patterns of `phonenumbers`.

A pattern is walked digit by digit. A prefix is mobile as soon as a mobile number can begin with it and a fixed one
can't; where both can after DEEPEST digits, or the two are not told apart (North America), it stays with the country.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Any

DIGITS = "0123456789"
DEEPEST = 4  # national digits
# A pattern: (what, least, most) in a row, where what is a text of digits to choose from, or several patterns.
Pattern = tuple[tuple[Any, int, int], ...]
States = frozenset[Pattern]
NONE: States = frozenset()


def prefixes_of(countries: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Prefix -> zone for rows of a deck: `of` (countries), `zone`, and where told apart `mobile` and `premium`.

    A country that shares its calling code (Bahamas, Guernsey, Kazakhstan) has longer prefixes than the code's first.
    """
    found: dict[str, str] = {}
    for row in countries:
        for country in row["of"]:
            code, whole, mobile, premium = plan_of(country)
            for key, heads in (("zone", whole), ("mobile", mobile), ("premium", premium)):
                if key in row:
                    found.update((f"{code}{head}", row[key]) for head in heads)
    return found


@cache
def plan_of(country: str) -> tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The calling code of a country, and the national prefixes that are its own, mobile, and premium; a country
    that shares its calling code with a larger one has no premium prefixes. Raises ValueError for an unknown country."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

    data = PhoneMetadata.metadata_for_region(country)
    if data is None or data.country_code is None:
        raise ValueError(f"no telephone numbers are known for {country}")
    code, main = str(data.country_code), COUNTRY_CODE_TO_REGION_CODE[data.country_code][0]
    fixed, mobile, premium = (_states(one) for one in (data.fixed_line, data.mobile, data.premium_rate))
    if main == country:
        return code, ("",), tuple(_apart(mobile, fixed)), tuple(_apart(premium, fixed | mobile))
    first = PhoneMetadata.metadata_for_region(main)
    others = _states(first.fixed_line) | _states(first.mobile) if first else NONE
    heads = _begins(frozenset({_parsed(data.leading_digits)})) if data.leading_digits else ()
    own = tuple(heads) or tuple(_apart(fixed | mobile, others))
    return code, own, tuple(_apart(mobile, fixed | others)), ()


def _apart(wanted: States, others: States, head: str = "") -> Iterator[str]:
    """The shortest prefixes with which numbers begin that are wanted, and no others."""
    if not wanted:
        return
    if not others and head:
        yield head
    elif len(head) < DEEPEST:
        for digit in DIGITS:
            yield from _apart(_after(wanted, digit), _after(others, digit), head + digit)


def _begins(states: States, head: str = "") -> Iterator[str]:
    """All texts that patterns of leading digits match."""
    if () in states:
        yield head
        return
    for digit in DIGITS:
        if after := _after(states, digit):
            yield from _begins(after, head + digit)


def _after(states: States, digit: str) -> States:
    return frozenset().union(*(_next(one, digit) for one in states))


@lru_cache(maxsize=200_000)
def _next(pattern: Pattern, digit: str) -> States:
    """What may follow a digit."""
    if not pattern:
        return NONE
    (what, least, most), rest = pattern[0], pattern[1:]
    found = _next(rest, digit) if least == 0 else NONE
    after: Pattern = ((what, max(least - 1, 0), most - 1), *rest) if most > 1 else rest
    if isinstance(what, str):
        return found | {after} if digit in what else found
    return found.union(*(_next(one + after, digit) for one in what))


def _states(description: Any) -> States:
    text = description.national_number_pattern if description is not None else None
    return frozenset({_parsed(text)}) if text else NONE


@cache
def _parsed(text: str) -> Pattern:
    choices, end = _choices(text, 0)
    if end != len(text):
        raise ValueError(f"a number pattern of an unknown form: {text!r}")
    return ((choices, 1, 1),)


def _choices(text: str, at: int) -> tuple[tuple[Pattern, ...], int]:
    """Patterns between bars, up to the end or a closing bracket."""
    one, at = _row(text, at)
    found = [one]
    while at < len(text) and text[at] == "|":
        one, at = _row(text, at + 1)
        found.append(one)
    return tuple(found), at


def _row(text: str, at: int) -> tuple[Pattern, int]:
    found = []
    while at < len(text) and text[at] not in "|)":
        what: Any
        if text.startswith("(?:", at):
            what, at = _choices(text, at + 3)
            at += 1
        elif text[at] == "[":
            end = text.index("]", at)
            what, at = _one_of(text[at + 1 : end]), end + 1
        elif text.startswith("\\d", at):
            what, at = DIGITS, at + 2
        elif text[at] in DIGITS:
            what, at = text[at], at + 1
        else:
            raise ValueError(f"a number pattern of an unknown form: {text!r}")
        least, most, at = _times(text, at)
        found.append((what, least, most))
    return tuple(found), at


def _one_of(text: str) -> str:
    """The digits of a class like "02-46-9"."""
    found = ""
    for position, sign in enumerate(text):
        if sign == "-":
            found += DIGITS[int(text[position - 1]) : int(text[position + 1]) + 1]
        else:
            found += sign
    return found


def _times(text: str, at: int) -> tuple[int, int, int]:
    if text.startswith("?", at):
        return 0, 1, at + 1
    if text.startswith("{", at):
        end = text.index("}", at)
        least, _, most = text[at + 1 : end].partition(",")
        return int(least), int(most or least), end + 1
    return 1, 1, at
