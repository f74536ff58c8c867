"""Secrecy of communications: what is left of records when whom somebody called may not be read. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ligneclaire.domains.usage.rules.explain import hidden
from ligneclaire.domains.usage.rules.suspense import Reason

OTHER = "other"  # the column of usage files that names the other party
# Digits as people and programs group them: a telephone number, or anything that could be one.
_NUMBER = re.compile(r"(\+?\d(?:[ ./-]?\d){3})(?:[ ./-]?\d){3,}")


def of_fields(fields: Mapping[str, str]) -> dict[str, str]:
    """The fields of a record with its other party hidden; of a row without fields everything like a number."""
    if OTHER in fields:
        return {**fields, OTHER: hidden(fields[OTHER].removeprefix("+"))}
    return {name: of_text(value) for name, value in fields.items()} if len(fields) == 1 else dict(fields)


def of_text(text: str) -> str:
    """A text in which everything that could be a telephone number is cut to its first digits."""
    return _NUMBER.sub(r"\1•••", text)


def of_detail(reason: str, detail: str) -> str:
    """What is at fault in a record: where it is the number that was called, its first digits."""
    return of_text(detail) if reason == Reason.NO_ZONE else detail
