"""rates/*.toml: which numbers and countries belong to which zone, and what usage costs there unless a plan says
otherwise. One file is one version of a deck; checked whole, every fault by its key."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

from ligneclaire.domains.rulebook import rates
from ligneclaire.domains.rulebook.policy_tables import Fault, parse
from ligneclaire.domains.rulebook.reader import Reader

FOLDER = "rates"
KEYS = {"code", "from", "until", "zones", "countries", "numbers", "short", "visited", "routes", "rate", "peak"}
# Never charged, never blocked (RAT-09): "" is everywhere.
EMERGENCY_NUMBERS: Mapping[str, frozenset[str]] = {
    "": frozenset({"112"}),
    "BE": frozenset({"100", "101", "110", "116000"}),
    "FR": frozenset({"15", "17", "18", "114", "115", "119", "116000"}),
}
_ZONE = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_PREFIX = re.compile(r"[1-9]\d{0,14}", re.ASCII)
_SHORT = re.compile(r"(\d{2,6})(?:-(\d{2,6}))?", re.ASCII)
_COUNTRY = re.compile(r"[A-Z]{2}")
MOST_SHORT = 10_000


@dataclass(frozen=True, slots=True)
class DeckRow:
    """One version of a rate deck. `content` is plain JSON; its `countries` become prefixes when it is published."""

    file: str
    code: str
    effective_from: date
    effective_until: date | None
    content: Mapping[str, Any]
    digest: str

    @property
    def zones(self) -> Mapping[str, str]:
        """Its zones, with the kind of each."""
        return {zone: one["kind"] for zone, one in self.content["zones"].items()}


class Dated(Protocol):
    """A version that holds from a day until (without) another. One that ends on its first day was withdrawn: it never
    held."""

    @property
    def effective_from(self) -> date: ...
    @property
    def effective_until(self) -> date | None: ...


def in_order(row: Dated) -> tuple[date, date]:
    """By which versions are put in order: what was withdrawn comes before what took its place."""
    return row.effective_from, row.effective_until or date.max


def digest_of(content: Mapping[str, Any]) -> str:
    """A digest by which published content is known again."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def decks_of(folder: Path, country: str, languages: tuple[str, ...], faults: list[Fault]) -> list[DeckRow]:
    """All decks of a folder, by code and day. What is wrong goes to `faults`."""
    found = []
    for path in sorted((folder / FOLDER).glob("*.toml")):
        problems: list[Fault] = []
        tables = parse(path, problems)
        name = f"{FOLDER}/{path.name}"
        faults += [Fault(name, one.key, one.reason) for one in problems]
        if tables and (deck := _deck(Reader(name, "", tables, faults), country, languages)):
            found.append(deck)
    found.sort(key=lambda one: (one.code, *in_order(one)))
    for first, second in pairwise(found):
        if first.code == second.code and (first.effective_until or date.max) > second.effective_from:
            faults.append(Fault(second.file, "from", f"overlaps the deck of {first.file}"))
    return found


def _deck(reader: Reader, country: str, languages: tuple[str, ...]) -> DeckRow | None:
    before = len(reader.faults)
    reader.unknown(KEYS)
    code = reader.value("code", str, "", wanted=True)
    if code and not _ZONE.fullmatch(code):
        reader.fault("code", f"small letters, digits and dashes are wanted, not {code!r}")
    start, end = reader.days(withdrawn=True)
    zones = _zones(reader, languages)
    kinds = {zone: one["kind"] for zone, one in zones.items()}
    content = {
        "country": country,
        "zones": zones,
        "countries": _countries(reader, kinds),
        "numbers": _numbers(reader, kinds),
        "short": _short(reader, kinds, country),
        "visited": _visited(reader, kinds),
        "routes": _routes(reader, kinds),
        "rates": rates.rates_of(reader, "rate", kinds),
    }
    if peak := rates.peak_of(reader):
        content["peak"] = peak
    if len(reader.faults) > before or start is None:
        return None
    return DeckRow(reader.file, code, start, end, content, digest_of(content))


def _zones(reader: Reader, languages: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    raw = reader.raw.get("zones")
    if not isinstance(raw, Mapping) or not raw:
        reader.fault("zones", "missing: a deck names its zones")
        return {}
    found = {}
    for zone, table in raw.items():
        if not _ZONE.fullmatch(zone) or zone == "emergency" or not isinstance(table, Mapping):
            reader.fault(f"zones.{zone}", "can't be the name of a zone")
            continue
        one = reader.at(f"zones.{zone}", table)
        one.unknown({"kind", "names"})
        kind = one.value("kind", str, "", wanted=True)
        if kind and kind not in rates.KINDS:
            one.fault("kind", f"none of {', '.join(rates.KINDS)}")
        found[zone] = {"kind": kind, "names": one.names(languages=languages)}
    return found


def _countries(reader: Reader, zones: Mapping[str, str]) -> list[dict[str, Any]]:
    """Countries whose fixed, mobile and premium numbers the metadata of telephone numbers tells apart."""
    found: list[dict[str, Any]] = []
    seen: set[str] = set()
    for one in reader.rows("countries"):
        one.unknown({"of", "zone", "mobile", "premium"})
        row: dict[str, Any] = {"of": _country_list(one, "of", seen)}
        for key in ("zone", "mobile", "premium"):
            row[key] = _zone(one, key, zones, wanted=key == "zone")
        found.append({key: value for key, value in row.items() if value})
    return found


def _numbers(reader: Reader, zones: Mapping[str, str]) -> dict[str, str]:
    """Prefix -> zone. They come before what the countries say."""
    found: dict[str, str] = {}
    for one in reader.rows("numbers"):
        one.unknown({"zone", "prefixes"})
        zone = _zone(one, "zone", zones)
        for prefix in one.value("prefixes", tuple[str, ...], (), wanted=True):
            if not _PREFIX.fullmatch(prefix):
                one.fault("prefixes", f"digits with the country's code are wanted, not {prefix!r}")
            elif prefix in found:
                one.fault("prefixes", f"two prices for one prefix: {prefix} is in zone {found[prefix]} already")
            else:
                found[prefix] = zone
    return found


def _short(reader: Reader, zones: Mapping[str, str], country: str) -> dict[str, str]:
    """Code or range of codes ("3000-3999") -> zone. A code is dialled as it is and has no prefix."""
    found: dict[str, str] = {}
    seen = dict.fromkeys(EMERGENCY_NUMBERS[""] | EMERGENCY_NUMBERS.get(country, frozenset()), "emergency")
    for one in reader.rows("short"):
        one.unknown({"zone", "codes"})
        zone = _zone(one, "zone", zones)
        for text in one.value("codes", tuple[str, ...], (), wanted=True):
            codes = codes_of(text)
            if not codes:
                one.fault("codes", f'two to six digits or a range like "3000-3999" are wanted, not {text!r}')
                continue
            twice = next((code for code in codes if code in seen), None)
            if twice is not None:
                one.fault("codes", f"two prices for one code: {twice} is in zone {seen[twice]} already")
            seen.update(dict.fromkeys(codes, zone))
            found[text] = zone
    return found


def codes_of(text: str) -> tuple[str, ...]:
    """The codes of "4411" or "3000-3999"; none when it is neither."""
    match = _SHORT.fullmatch(text)
    if match is None:
        return ()
    first, last = match[1], match[2] or match[1]
    if len(first) != len(last) or not 0 <= int(last) - int(first) < MOST_SHORT:
        return ()
    return tuple(f"{number:0{len(first)}d}" for number in range(int(first), int(last) + 1))


def _visited(reader: Reader, zones: Mapping[str, str]) -> dict[str, list[str]]:
    """Zone -> the countries in which usage belongs to it."""
    raw = reader.raw.get("visited", {})
    if not isinstance(raw, Mapping):
        reader.fault("visited", "is written as a table: [visited]")
        return {}
    one, seen = reader.at("visited", raw), set[str]()
    for zone in raw:
        if zones.get(zone) != "roaming":
            one.fault(zone, "unknown zone" if zone not in zones else "is no zone of the kind roaming")
    return {zone: _country_list(one, zone, seen) for zone in raw}


def _routes(reader: Reader, zones: Mapping[str, str]) -> list[list[str]]:
    """(visited country or zone, zone of the destination, zone); "*" is every destination, and comes last."""
    found: dict[tuple[str, str], str] = {}
    for one in reader.rows("routes"):
        one.unknown({"from", "to", "zone"})
        zone = _zone(one, "zone", zones, wanted=False)
        origins = one.value("from", tuple[str, ...], (), wanted=True)
        targets = ("*",) if "to" not in one.raw else tuple(rates.zones_of(one, "to", zones))
        for origin in origins:
            if not _COUNTRY.fullmatch(origin) and zones.get(origin) != "roaming":
                one.fault("from", f"{origin!r} is no country and no zone of the kind roaming")
        for pair in ((origin, target) for origin in origins for target in targets):
            if pair in found:
                one.fault("to", f"two zones for {' to '.join(pair)}")
            found[pair] = zone or pair[1]
        if targets == ("*",) and not zone:
            one.fault("zone", "missing")
    return [[*pair, zone] for pair, zone in sorted(found.items())]


def _zone(reader: Reader, key: str, zones: Mapping[str, str], *, wanted: bool = True) -> str:
    zone: str = reader.value(key, str, "", wanted=wanted)
    if zone and zone not in zones:
        reader.fault(key, f"unknown zone {zone!r}")
    return zone


def _country_list(reader: Reader, key: str, seen: set[str]) -> list[str]:
    from phonenumbers import SUPPORTED_REGIONS

    found: tuple[str, ...] = reader.value(key, tuple[str, ...], (), wanted=True)
    for country in found:
        if country not in SUPPORTED_REGIONS:
            reader.fault(key, f"unknown country {country!r}")
        if country in seen:
            reader.fault(key, f"two prices for one country: {country} is named already")
        seen.add(country)
    return list(found)
