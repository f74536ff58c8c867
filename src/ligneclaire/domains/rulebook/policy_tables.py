"""From the tables of a policies file to versions, with every fault by its key."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from ligneclaire.domains.rulebook import decode
from ligneclaire.domains.rulebook.versions import Version, overlapping
from ligneclaire.kernel.policy import declared

COMMON = Path(__file__).resolve().parent / "common.toml"
DATES = ("from", "until", "contracts_from", "all_from")
NARROW = ("contract", "account", "segment", "offer", "legal_entity", "country")


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is wrong in a folder: the file, the key in it, and why."""

    file: str
    key: str
    reason: str

    def at(self, key: str, reason: str) -> Fault:
        """The same place, one key deeper, with a reason."""
        return Fault(self.file, f"{self.key}.{key}" if key else self.key, reason)

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.reason}" if self.key else f"{self.file}: {self.reason}"


def parse(path: Path, faults: list[Fault]) -> dict[str, Any]:
    """The tables of a TOML file; when it can't be read, a fault and no tables."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        faults.append(Fault(path.name, "", "the file is missing"))
    except UnicodeDecodeError as error:
        faults.append(Fault(path.name, "", f"is not UTF-8 text (byte {error.start})"))
    except tomllib.TOMLDecodeError as error:
        faults.append(Fault(path.name, "", f"is not TOML: {error}"))
    return {}


def versions_of(tables: Mapping[str, Any], file: str, default_scope: str, faults: list[Fault]) -> list[Version]:
    """All versions of a policies file. What is wrong goes to `faults`, by key; the rest is returned."""
    found = [
        version
        for key, place, raw in _rows(tables, file, faults)
        if (version := _version(key, Fault(file, place, ""), raw, default_scope, faults)) is not None
    ]
    for first, second in overlapping(found):
        reason = f"overlaps the version from {first.effective_from}, which does not end before {second.effective_from}"
        faults.append(Fault(file, f"{second.key} from {second.effective_from}", reason))
    return found


def _rows(tables: Mapping[str, Any], file: str, faults: list[Fault]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for domain, policies in tables.items():
        if not isinstance(policies, Mapping):
            faults.append(Fault(file, domain, "unknown key"))
            continue
        for name, rows in policies.items():
            key = f"{domain}.{name}"
            if key not in declared():
                faults.append(Fault(file, key, "unknown key: no policy has that name"))
            elif not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
                faults.append(Fault(file, key, f"is written as versions: [[{key}]]"))
            else:
                yield from ((key, f"{key}[{index}]", row) for index, row in enumerate(rows, 1))


def _version(key: str, place: Fault, raw: Mapping[str, Any], default_scope: str, faults: list[Fault]) -> Version | None:
    """One version, or None with faults. `place` says in which file and table it stands."""
    before = len(faults)
    _check_dates(place, raw, faults)
    scopes = [(name, raw[name]) for name in NARROW if name in raw]
    if len(scopes) > 1:
        faults.append(place.at("", f"has more than one scope: {', '.join(name for name, _ in scopes)}"))
    scope, scope_value = scopes[0] if scopes else (default_scope, "")
    plain = {name: value for name, value in raw.items() if name not in (*DATES, *NARROW)}
    try:
        value: object = decode.build(declared()[key].cls, plain)
        if len(faults) > before:
            return None
        return Version(
            key=key,
            value=value,
            effective_from=raw["from"],
            effective_until=raw.get("until"),
            scope=scope,
            scope_value=str(scope_value),
            contracts_from=raw.get("contracts_from"),
            all_from=raw.get("all_from"),
        )
    except decode.NotBuilt as error:
        faults += [place.at(field, reason) for field, reason in error.faults]
    except ValueError as error:
        faults.append(place.at("until", str(error)))
    return None


def _check_dates(place: Fault, raw: Mapping[str, Any], faults: list[Fault]) -> None:
    if "from" not in raw:
        faults.append(place.at("from", "missing"))
    for name in DATES:
        if name in raw and (isinstance(raw[name], datetime) or not isinstance(raw[name], date)):
            faults.append(place.at(name, f"a date is wanted, not {raw[name]!r}"))
    start, end = raw.get("from"), raw.get("until")
    if isinstance(start, date) and isinstance(end, date) and end <= start:
        faults.append(place.at("until", f"ends ({end}) before it starts ({start})"))


@cache
def common() -> tuple[Version, ...]:
    """The versions that every operator inherits."""
    faults: list[Fault] = []
    found = versions_of(parse(COMMON, faults), COMMON.name, "common", faults)
    if faults:
        raise ValueError("; ".join(map(str, faults)))
    return tuple(found)
