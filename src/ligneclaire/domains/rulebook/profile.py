"""profile.toml: who the operator is. Checked whole, every fault by its key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ligneclaire.domains.rulebook.policy_tables import Fault
from ligneclaire.domains.rulebook.versions import Version

FILE = "profile.toml"
LANGUAGES = ("fr", "nl", "en")
ZONES = {"FR": "Europe/Paris", "BE": "Europe/Brussels"}
_CODE = re.compile(r"[a-z][a-z0-9-]{0,31}")


@dataclass(frozen=True, slots=True)
class Profile:
    """An operator: names, place, languages, legal entity and contact points as plain tables; desks as versions."""

    code: str
    name: str
    host: str
    country: str
    timezone: str
    languages: tuple[str, ...]
    customers: str
    legal_entity: Mapping[str, str]
    contact: Mapping[str, str]
    versions: tuple[Version, ...]


def of_tables(tables: Mapping[str, Any], folder: str, faults: list[Fault]) -> Profile | None:
    """The profile, or None when its file could not be read at all."""
    if not tables:
        return None
    checks: dict[str, Any] = {
        "code": lambda value: value == folder and bool(_CODE.fullmatch(value)),
        "name": lambda value: bool(value.strip()),
        "host": lambda value: bool(re.fullmatch(r"[a-z0-9.-]+", value)),
        "country": lambda value: value in ZONES,
        "timezone": lambda value: value in ZONES.values(),
        "customers": lambda value: value in ("consumer", "business"),
    }
    before = len(faults)
    for key, holds in checks.items():
        value = tables.get(key)
        if value is None:
            faults.append(Fault(FILE, key, "missing"))
        elif not isinstance(value, str) or not holds(value):
            faults.append(Fault(FILE, key, f"not allowed: {value!r}"))
    languages = tables.get("languages", [])
    if not isinstance(languages, list) or not languages or set(languages) - set(LANGUAGES):
        faults.append(Fault(FILE, "languages", "a list of fr, nl, en is wanted, the first one first"))
    if len(faults) > before:
        return None
    return Profile(
        code=tables["code"],
        name=tables["name"],
        host=tables["host"],
        country=tables["country"],
        timezone=tables["timezone"],
        languages=tuple(languages),
        customers=tables["customers"],
        legal_entity=tables.get("legal_entity", {}),
        contact=tables.get("contact", {}),
        versions=(),
    )
