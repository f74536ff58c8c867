"""What usage costs, in an operator's folder: rates, allowances and peak times, as decks and products write them.

Prices become whole millionths of a euro. What is read here is plain JSON, which `catalogue/rules/contents.py` makes
values of (docs: rating, RAT-04 to RAT-10).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any

from ligneclaire.domains.rulebook.reader import Reader

SERVICES = ("voice", "sms", "mms", "data", "special", "third-party")
BANDS = ("any", "peak", "off-peak")
KINDS = ("national", "international", "roaming", "special", "third-party")  # of zones
MOST = 1 << 62
# The largest quantity of one record that a rate must bear (seconds, pieces, octets): 115 days, a million, a terabyte.
LARGEST_QUANTITY: Mapping[str, int] = {
    "voice": 10_000_000, "special": 10_000_000, "sms": 1_000_000, "mms": 1_000_000, "data": 10**12, "third-party": 1,
}  # fmt: skip
# Services whose quantities can be counted together have the same unit.
_UNITS = {"voice": "s", "special": "s", "sms": "pieces", "mms": "pieces", "data": "octets", "third-party": ""}
LARGEST_SIZE = 10**15  # of a bundle, and of an increment
RATE_KEYS = {"services", "zones", "band", "price", "unit", "first", "next", "fee", "minimum", "call_fee", "minute_fee",
             "flags", "usage_type", "tiers", "count"}  # fmt: skip
TIER_KEYS = {"above", "price"}
USAGE_TYPES = ("sms-parking", "premium", "special-number")  # where service and zone do not say it
BUNDLE_KEYS = {"code", "services", "zones", "size", "priority", "band", "shared", "rollover", "day_price"}
SHARED = ("account", "cost-centre", "holders")  # who takes from a bundle beside the line that has it
LONGEST_ROLLOVER = 12  # months
LONGEST_SHARED = 32  # characters of its code, to which the cost centre is added
PEAK_KEYS = {"weekdays", "start", "end", "holidays_off"}
PRICES = ("price", "fee", "minimum", "call_fee", "minute_fee")
_PRICE = re.compile(r"\d{1,6}(\.\d{1,6})?", re.ASCII)
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,47}")
PRICE_FORM = 'a text with at most six decimals is wanted, like "0.0625"'
ENDLESS = "the increments must be at least 1"


def micro(text: str) -> int:
    """A price in whole millionths of a euro. Raises ValueError on more than six decimals and on anything unclear."""
    if not isinstance(text, str) or not _PRICE.fullmatch(text):
        raise ValueError(f"{PRICE_FORM}, not {text!r}")
    whole, _, decimals = text.partition(".")
    return int(whole) * 1_000_000 + int(f"{decimals:0<6}")


def rates_of(reader: Reader, key: str, zones: Mapping[str, str] | None) -> list[dict[str, Any]]:
    """The rates of a table, one for each row; two for one service, zone and band are a fault.

    `zones`: zone -> kind; None when the decks have faults of their own, so that not every zone becomes another.
    """
    found = [rate for one in reader.rows(key) if (rate := _rate(one, zones))]
    seen: set[tuple[str, str, str]] = set()
    for rate in found:
        for place in places_of(rate):
            if place in seen:
                reader.fault(key, f"two prices for {' '.join(place)}")
            seen.add(place)
    for count in sorted({one["count"] for one in found if "count" in one}):
        services = {service for one in found if one.get("count") == count for service in one["services"]}
        if len({_UNITS[service] for service in services}) > 1:
            reader.fault(key, f"{count} counts octets, seconds or pieces, not several of them")
    return found


def places_of(rate: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """The (service, zone, band) that a row prices."""
    return [(service, zone, rate["band"]) for service in rate["services"] for zone in rate["zones"]]


def _rate(reader: Reader, zones: Mapping[str, str] | None) -> dict[str, Any] | None:
    before = len(reader.faults)
    reader.unknown(RATE_KEYS)
    rate: dict[str, Any] = {"services": listed(reader, "services", SERVICES), "zones": zones_of(reader, "zones", zones)}
    rate["band"] = one_of(reader, "band", BANDS, "any")
    for key in PRICES:
        if key in reader.raw or key == "price":
            rate[key] = _price(reader, key)
    for key in ("unit", "first", "next"):
        rate[key] = reader.value(key, int, 1)
        if rate[key] < 1:
            reader.fault(key, ENDLESS if key != "unit" else "a price is for at least 1")
    flags = reader.value("flags", tuple[str, ...], ())
    if [flag for flag in flags if flag != "free"]:
        reader.fault("flags", "there is one flag: free; emergency numbers are known by the country")
    if flags:
        rate["flags"] = list(flags)
    if "usage_type" in reader.raw:
        rate["usage_type"] = one_of(reader, "usage_type", USAGE_TYPES, "")
    if "tiers" in reader.raw or "count" in reader.raw:
        _tiers(reader, rate)
    if len(reader.faults) == before:
        _check_bound(reader, rate)
    return rate if len(reader.faults) == before else None


def _tiers(reader: Reader, rate: dict[str, Any]) -> None:
    """`tiers`: what lies above a quantity of the month has another price; `count` names what is counted."""
    rate["count"] = reader.value("count", str, "", wanted=True)
    if "count" in reader.raw and not _CODE.fullmatch(rate["count"]):
        reader.fault("count", f"small letters, digits and dashes are wanted, not {rate['count']!r}")
    rows = reader.rows("tiers")
    rate["tiers"] = [[one.value("above", int, 0, wanted=True), _price(one, "price")] for one in rows]
    for one in rows:
        one.unknown(TIER_KEYS)
    above = [begins for begins, _ in rate["tiers"]]
    if not above or above != sorted(set(above)) or above[0] < 1 or above[-1] > LARGEST_SIZE:
        reader.fault("tiers", f"ascend, from above 0 to at most {LARGEST_SIZE}")
    if "third-party" in rate["services"] or rate.get("flags"):
        reader.fault("tiers", "are of what has a price of ours")


def _price(reader: Reader, key: str) -> int:
    if key not in reader.raw:
        reader.fault(key, "missing")
        return 0
    try:
        return micro(reader.raw[key])
    except ValueError as error:
        reader.fault(key, str(error))
        return 0


def _check_bound(reader: Reader, rate: Mapping[str, Any]) -> None:
    """The largest quantity times the price must stay below 2^62, and twice the price of one unit too, so that no engine
    of fixed integers can wrap."""
    for key in ("first", "next"):
        if rate[key] > LARGEST_SIZE:
            reader.fault(key, f"is at most {LARGEST_SIZE}")
    dearest = max([rate["price"], *(price for _, price in rate.get("tiers", ()))])
    if (2 * dearest + 1) * rate["unit"] >= MOST:
        reader.fault("price", f"for {rate['unit']} at once is more than can be calculated with; price a smaller unit")
    for service in rate["services"]:
        quantity = max(LARGEST_QUANTITY[service], rate["first"]) + rate["next"]
        for key, price in (("price", dearest), ("minute_fee", rate.get("minute_fee", 0))):
            if quantity * price >= MOST:
                reason = f"{quantity} {'octets' if service == 'data' else 'units'} at this price are more than 2^62"
                reader.fault(key, f"{reason} millionths of a euro; price a smaller unit")


def bundles_of(reader: Reader, key: str, zones: Mapping[str, str] | None) -> list[dict[str, Any]]:
    """The allowances of a product, in the unit of their service (RAT-05)."""
    found = []
    for one in reader.rows(key):
        before = len(one.faults)
        one.unknown(BUNDLE_KEYS)
        code = one.value("code", str, "", wanted=True)
        if code and not _CODE.fullmatch(code):
            one.fault("code", f"small letters, digits and dashes are wanted, not {code!r}")
        size = one.value("size", int, 0, wanted=True)
        if "size" in one.raw and not 1 <= size <= LARGEST_SIZE:
            one.fault("size", f"lies between 1 and {LARGEST_SIZE}")
        priority = one.value("priority", int, 1)
        if not 0 <= priority <= 1000:
            one.fault("priority", "lies between 0 and 1000")
        services = listed(one, "services", SERVICES[:-1])
        if "data" in services and len(services) > 1:
            one.fault("services", "octets and seconds do not share a bundle")
        bundle = {"code": code, "services": services, "zones": zones_of(one, "zones", zones), "size": size,
                  "priority": priority, "band": one_of(one, "band", BANDS, "any")}  # fmt: skip
        if "shared" in one.raw:
            bundle["shared"] = one_of(one, "shared", SHARED, "")
            if len(code) > LONGEST_SHARED:
                one.fault("code", f"of a shared bundle has at most {LONGEST_SHARED} characters")
        if "rollover" in one.raw:
            bundle["rollover"] = _rollover(one)
        if "day_price" in one.raw:
            bundle["day_price"] = _price(one, "day_price")
            if "shared" in one.raw or "rollover" in one.raw:
                one.fault("day_price", "a day pass is of one line and one day")
        if len(one.faults) == before:
            found.append(bundle)
    return found


def _rollover(reader: Reader) -> int:
    months: int = reader.value("rollover", int, 0)
    if not 1 <= months <= LONGEST_ROLLOVER:
        reader.fault("rollover", f"lies between 1 and {LONGEST_ROLLOVER} months")
    if "shared" in reader.raw:
        reader.fault("rollover", "what lines share lapses with the month")
    return months


def peak_of(reader: Reader) -> dict[str, Any] | None:
    """The peak times of a table (RAT-08), or None when it has none or wrong ones."""
    if "peak" not in reader.raw:
        return None
    if not isinstance(reader.raw["peak"], Mapping):
        reader.fault("peak", "is written as a table: [peak]")
        return None
    one = reader.at("peak", reader.raw["peak"])
    before = len(one.faults)
    one.unknown(PEAK_KEYS)
    days = one.value("weekdays", tuple[int, ...], (), wanted=True)
    if "weekdays" in one.raw and (not days or any(not 1 <= day <= 7 for day in days) or len(set(days)) < len(days)):
        one.fault("weekdays", "lie between 1 (Monday) and 7 (Sunday), each once")
    start, end = one.value("start", time, None, wanted=True), one.value("end", time, None, wanted=True)
    if start and end and end <= start:
        one.fault("end", f"ends ({end:%H:%M}) before it starts ({start:%H:%M})")
    off = one.value("holidays_off", bool, False)
    if len(one.faults) > before:
        return None
    return {"weekdays": list(days), "start": f"{start:%H:%M}", "end": f"{end:%H:%M}", "holidays_off": off}


def one_of(reader: Reader, key: str, known: Sequence[str], default: str) -> str:
    """A word of a list."""
    found: str = reader.value(key, str, default)
    if found != default and found not in known:
        reader.fault(key, f"none of {', '.join(known)}")
    return found


def listed(reader: Reader, key: str, known: Sequence[str]) -> list[str]:
    """Words of a list, at least one, each once."""
    found: tuple[str, ...] = reader.value(key, tuple[str, ...], (), wanted=True)
    if key in reader.raw and not found:
        reader.fault(key, "at least one is wanted")
    wrong = [one for one in found if one not in known]
    if wrong:
        reader.fault(key, f"{wrong[0]!r} is none of {', '.join(known)}")
    if len(set(found)) < len(found):
        reader.fault(key, "names one twice")
    return list(found)


def zones_of(reader: Reader, key: str, zones: Mapping[str, str] | None) -> list[str]:
    """Zones of the deck, at least one, each once."""
    found: tuple[str, ...] = reader.value(key, tuple[str, ...], (), wanted=True)
    if key in reader.raw and not found:
        reader.fault(key, "at least one is wanted")
    for zone in found:
        if zones is not None and zone not in zones:
            reader.fault(key, f"unknown zone {zone!r}")
    if len(set(found)) < len(found):
        reader.fault(key, "names one twice")
    return list(found)
