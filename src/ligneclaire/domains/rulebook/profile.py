"""profile.toml: who the operator is. Checked whole, every fault by its key."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ligneclaire.domains.rulebook import decode
from ligneclaire.domains.rulebook.policy_tables import Fault
from ligneclaire.domains.rulebook.versions import Version
from ligneclaire.kernel.policy import declared

FILE = "profile.toml"
LANGUAGES = ("fr", "nl", "en")
ZONES = {"FR": "Europe/Paris", "BE": "Europe/Brussels"}
DESKS_FROM = date(2015, 1, 1)
OPENING_HOURS = "assistance.opening_hours"
CODE = re.compile(r"[a-z][a-z0-9-]{0,31}")
LEGAL_ENTITY = (
    "code", "name", "vat_number", "registration_number", "street", "postcode", "city", "country", "iban", "bic",
    "creditor_identifier", "email", "phone",
)  # fmt: skip
# ADM-28: the contact points that pages and letters show; a text may be empty, a key may not be absent.
CONTACT = (
    "telephone", "sales_line", "finance_email", "privacy_email", "head_office", "billing_address", "consumer_service",
    "mediator", "mediator_url", "insurer_telephone", "help_url", "policy_url",
)  # fmt: skip
# Where customers pay the part in a complementary currency (PAY-10): only who agrees on one has it.
OPTIONAL_CONTACT = ("complementary_account",)
KEYS = {
    "code", "name", "host", "country", "timezone", "languages", "customers", "iccid_prefix", "legal_entity", "contact",
    "desks",
}  # fmt: skip


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
    iccid_prefix: str
    legal_entity: Mapping[str, str]
    contact: Mapping[str, str]
    versions: tuple[Version, ...]


def of_tables(tables: Mapping[str, Any], folder: str, faults: list[Fault]) -> Profile | None:
    """The profile as far as a decision needs it, or None with faults: names, place, languages, desks."""
    before = len(faults)
    checks: dict[str, Callable[[str], bool]] = {
        "code": lambda value: value == folder and bool(CODE.fullmatch(value)),
        "name": lambda value: bool(value.strip()),
        "host": lambda value: bool(re.fullmatch(r"[a-z0-9.-]+", value)),
        "country": lambda value: value in ZONES,
        "timezone": lambda value: value in ZONES.values(),
        "customers": lambda value: value in ("consumer", "business"),
    }
    for key, holds in checks.items():
        value = tables.get(key)
        if value is None:
            faults.append(Fault(FILE, key, "missing"))
        elif not isinstance(value, str) or not holds(value):
            reason = f"is not the folder's name, {folder!r}" if key == "code" else f"not allowed: {value!r}"
            faults.append(Fault(FILE, key, reason))
    languages = tables.get("languages")
    if not isinstance(languages, list) or not languages or any(one not in LANGUAGES for one in languages):
        faults.append(Fault(FILE, "languages", "a list of fr, nl, en is wanted, the preferred one first"))
    desks = _desks(tables, faults)
    if len(faults) > before:
        return None
    return Profile(
        **{key: tables[key] for key in checks},
        languages=tuple(tables["languages"]),
        iccid_prefix=str(tables.get("iccid_prefix", "")),
        legal_entity=tables.get("legal_entity", {}),
        contact=tables.get("contact", {}),
        versions=desks,
    )


def check_identity(tables: Mapping[str, Any], faults: list[Fault]) -> None:
    """The rest of the profile: unknown keys, the legal entity with its check digits, the contact points (ADM-28)."""
    faults += [Fault(FILE, key, "unknown key") for key in tables if key not in KEYS]
    entity, contact = tables.get("legal_entity"), tables.get("contact")
    _texts("legal_entity", entity, LEGAL_ENTITY, faults, may_be_empty=False)
    _texts("contact", contact, CONTACT, faults, may_be_empty=True, optional=OPTIONAL_CONTACT)
    if isinstance(entity, Mapping):
        for key, holds in _check_digits().items():
            value = entity.get(key)
            if isinstance(value, str) and value and not holds(value, str(tables.get("country"))):
                faults.append(Fault(FILE, f"legal_entity.{key}", f"its check digits are wrong: {value!r}"))


def _texts(
    table: str, found: object, keys: tuple[str, ...], faults: list[Fault], *,
    may_be_empty: bool, optional: tuple[str, ...] = (),
) -> None:  # fmt: skip
    if not isinstance(found, Mapping):
        faults.append(Fault(FILE, table, "missing"))
        return
    keys += tuple(key for key in optional if key in found)
    faults += [Fault(FILE, f"{table}.{key}", "unknown key") for key in found if key not in keys]
    for key in keys:
        value = found.get(key)
        if not isinstance(value, str) or not (value.strip() or may_be_empty):
            faults.append(Fault(FILE, f"{table}.{key}", "missing" if value is None else "a text is wanted"))


def _check_digits() -> dict[str, Callable[[str, str], bool]]:
    from schwifty import BIC
    from stdnum import iban
    from stdnum.be import vat as be_vat
    from stdnum.eu import at_02
    from stdnum.fr import siren, tva

    return {
        "vat_number": lambda value, country: (tva if country == "FR" else be_vat).is_valid(value),
        "registration_number": lambda value, country: (siren if country == "FR" else be_vat).is_valid(value),
        "iban": lambda value, country: iban.is_valid(value, check_country=False),
        "bic": lambda value, country: BIC(value, allow_invalid=True).is_valid,
        "creditor_identifier": lambda value, country: at_02.is_valid(value),
    }


def _desks(tables: Mapping[str, Any], faults: list[Fault]) -> tuple[Version, ...]:
    if "desks" not in tables:
        return ()
    try:
        value: object = decode.build(declared()[OPENING_HOURS].cls, {"desks": tables["desks"]})
    except decode.NotBuilt as error:
        faults += [Fault(FILE, field or "desks", reason) for field, reason in error.faults]
        return ()
    return (Version(OPENING_HOURS, value, DESKS_FROM),)
