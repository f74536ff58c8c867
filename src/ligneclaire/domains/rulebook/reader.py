"""Reads one table of an operator's folder and notes what is wrong with it, by file and key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ligneclaire.domains.rulebook import decode
from ligneclaire.domains.rulebook.policy_tables import Fault

LANGUAGES = ("fr", "nl", "en")


@dataclass(frozen=True, slots=True)
class Reader:
    """One table: the file and the place in it, its raw values, and where faults go."""

    file: str
    place: str
    raw: Mapping[str, Any]
    faults: list[Fault]

    def at(self, place: str, raw: Mapping[str, Any]) -> Reader:
        """A table within this one."""
        return Reader(self.file, f"{self.place}.{place}" if self.place else place, raw, self.faults)

    def rows(self, key: str) -> list[Reader]:
        """The tables of a list, like [[offer.price]], each with its number; none when there are none."""
        raw = self.raw.get(key, [])
        if not isinstance(raw, list) or not all(isinstance(one, Mapping) for one in raw):
            self.fault(key, f"is written as [[{key}]]")
            return []
        return [self.at(f"{key}[{index}]", one) for index, one in enumerate(raw, 1)]

    def fault(self, key: str, reason: str) -> None:
        """Note what is wrong with a key of this table, or ("") with the table."""
        place = f"{self.place}.{key}" if key and self.place else key or self.place
        self.faults.append(Fault(self.file, place, reason))

    def unknown(self, known: set[str]) -> None:
        """Note every key that is not known."""
        for key in self.raw:
            if key not in known:
                self.fault(key, "unknown key")

    def value(self, key: str, kind: Any, default: Any = None, *, wanted: bool = False) -> Any:
        """One value of a type, the default when it is absent or wrong."""
        raw = self.raw.get(key)
        if raw is None:
            if wanted:
                self.fault(key, "missing")
            return default
        try:
            if kind is date and (isinstance(raw, datetime) or not isinstance(raw, date)):
                raise ValueError(f"a date is wanted, not {raw!r}")
            return decode.value_of(kind, raw)
        except (ValueError, TypeError) as error:
            self.fault(key, str(error))
            return default

    def names(self, key: str = "names", languages: tuple[str, ...] = ()) -> dict[str, str]:
        """The name in each language of the operator."""
        raw = self.raw.get(key)
        if not isinstance(raw, Mapping):
            self.fault(key, "missing")
            return {}
        for lang in languages:
            if not isinstance(raw.get(lang), str) or not raw[lang].strip():
                self.fault(f"{key}.{lang}", "the translation is missing")
        for lang in raw:
            if lang not in LANGUAGES:
                self.fault(f"{key}.{lang}", "unknown language")
        return {lang: str(text) for lang, text in raw.items()}

    def days(self, *, withdrawn: bool = False) -> tuple[date | None, date | None]:
        """`from` and `until`, the first day on which it no longer holds. `withdrawn`: it may end on its first day, and
        so never have held."""
        start, end = self.value("from", date, None, wanted=True), self.value("until", date)
        if start and end and (end < start or (end == start and not withdrawn)):
            self.fault("until", f"ends ({end}) before it starts ({start})")
        return start, end
