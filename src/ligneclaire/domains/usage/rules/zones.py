"""Which zone and time band a record belongs to, and which rate (RAT-03, RAT-08, RAT-09).

A `Deck` is a tariff in a country, which remembers what it was asked: the same numbers are called again and again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from ligneclaire.domains.catalogue.rules.tariff import (
    ANY,
    EMERGENCY,
    FREE,
    HOME,
    LONGEST_SHORT,
    OFF_PEAK,
    PEAK,
    PeakTimes,
    Rate,
    Tariff,
    is_emergency,
)
from ligneclaire.domains.rulebook.taxes import PASS_THROUGH, STANDARD
from ligneclaire.domains.usage.rules.columns import DATA, IN, MMS, SMS, SPECIAL, THIRD_PARTY, VOICE, Record
from ligneclaire.domains.usage.rules.suspense import Reason, Unusable

CALLABLE = frozenset({VOICE, SMS, MMS, SPECIAL})
CATEGORIES = {
    VOICE: "voice", SMS: "messages", MMS: "messages", DATA: "data", SPECIAL: "other", THIRD_PARTY: "third-party",
}  # fmt: skip
OF_OTHERS = frozenset({"special-number", "sms-parking", "premium"})  # usage types of the category other
_MINUTE = 60_000_000  # microseconds
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Kind:
    """What a record is by the tariff: its zone and band, its rate (None: nothing prices it) and how it is shown."""

    zone: str
    band: str
    rate: Rate | None
    flag: str
    category: str
    usage_type: str
    tax_code: str


@dataclass(frozen=True, slots=True)
class Placed:
    """Where records of a number and a country belong, and what they are in each time band, as far as it was asked."""

    zone: str
    emergency: bool
    kinds: dict[str, Kind]


class Deck:
    """A tariff where and when it is asked: `country` is the operator's own, `holidays` its public holidays."""

    def __init__(self, tariff: Tariff, country: str, zone: ZoneInfo, holidays: frozenset[date]) -> None:
        self.tariff, self.country, self.zone, self.holidays = tariff, country, zone, holidays
        self._placed: dict[tuple[str, str, str, str], Placed] = {}
        self._kinds: dict[tuple[str, str, str, bool, bool], dict[str, Kind]] = {}
        self._bands: dict[int, str] = {}

    def kind(self, record: Record) -> Kind:
        """The zone, band and rate of a record. Raises `Unusable`: no zone, no rate, unknown country."""
        where = (record.service, record.direction, record.other, record.visited)
        placed = self._placed.get(where)
        if placed is None:
            placed = self._placed[where] = self._place(record)
        band = self.band(record.start)
        found = placed.kinds.get(band)
        if found is None:
            found = placed.kinds[band] = self._kind(record, placed, band)
        return found

    def is_emergency(self, record: Record, visited: str) -> bool:
        """Whether a call goes to an emergency number of the country where it is made (RAT-09)."""
        return record.direction != IN and is_emergency(record.other, visited or self.country)

    def band(self, start: int) -> str:
        """The time band of an instant, by the operator's clock (RAT-08)."""
        if self.tariff.peak is None:
            return OFF_PEAK
        minute = start // _MINUTE
        band = self._bands.get(minute)
        if band is None:
            local = (_EPOCH + timedelta(minutes=minute)).astimezone(self.zone)
            band = self._bands[minute] = _band(self.tariff.peak, local, self.holidays)
        return band

    def day(self, start: int) -> int:
        """The local day of an instant, since 1970."""
        local = (_EPOCH + timedelta(minutes=start // _MINUTE)).astimezone(self.zone)
        return local.toordinal() - _EPOCH.toordinal()

    def destination(self, other: str) -> str | None:
        """The zone of a number: that of the longest prefix; of a code as dialled: its own."""
        if self.tariff.short and len(other) <= LONGEST_SHORT:
            return self.tariff.short.get(other)
        for length in range(len(other), 0, -1):
            found = self.tariff.prefixes.get(other[:length])
            if found is not None:
                return found
        return None

    def _place(self, record: Record) -> Placed:
        visited = "" if record.visited == self.country else record.visited
        emergency = record.service in CALLABLE and self.is_emergency(record, visited)
        zone = EMERGENCY if emergency else self._zone(record, visited)
        shared = (record.service, record.direction, zone, emergency, bool(visited))
        return Placed(zone, emergency, self._kinds.setdefault(shared, {}))

    def _zone(self, record: Record, visited: str) -> str:
        if record.service == THIRD_PARTY:
            return self.destination(record.other) or THIRD_PARTY
        if record.direction == IN or record.service == DATA:
            return self._visited(visited) if visited else HOME
        called = self.destination(record.other)
        if visited:
            return self._route(visited, called)
        if called is None:
            raise Unusable(Reason.NO_ZONE, record.other[:20])
        return called

    def _route(self, visited: str, called: str | None) -> str:
        """The zone of a call from abroad: by where and whereto when the deck has it, else by where."""
        here = self._visited(visited)
        if called is None:
            return here
        routes = self.tariff.routes
        return routes.get((visited, called)) or routes.get((here, called)) or here

    def _visited(self, country: str) -> str:
        if not (len(country) == 2 and country.isascii() and country.isalpha() and country.isupper()):
            raise Unusable(Reason.UNKNOWN_COUNTRY, country[:20])
        found = self.tariff.visited.get(country)
        if found is None:
            raise Unusable(Reason.NO_ZONE, country)
        return found

    def _kind(self, record: Record, placed: Placed, band: str) -> Kind:
        service, zone = record.service, placed.zone
        rate = rate_of(self.tariff, service, zone, band)
        flag = _flag(rate, placed.emergency)
        if rate is None and not flag and service != THIRD_PARTY:
            if record.direction != IN:
                raise Unusable(Reason.NO_RATE, f"{service} {zone}")
            flag = FREE
        roaming = record.visited not in ("", self.country)
        usage_type = rate.usage_type if rate and rate.usage_type else self._usage_type(service, zone, roaming)
        tax_code = PASS_THROUGH if service == THIRD_PARTY else STANDARD
        category = CATEGORIES[SPECIAL] if usage_type in OF_OTHERS and service != THIRD_PARTY else CATEGORIES[service]
        return Kind(zone, band, rate, flag, category, usage_type, tax_code)

    def _usage_type(self, service: str, zone: str, roaming: bool) -> str:
        """As the decision split-bill names it, for a rate that does not say it. A zone of the own country begins with
        its code."""
        named = {SPECIAL: "special-number", THIRD_PARTY: "premium", MMS: MMS}.get(service)
        if named:
            return named
        if roaming:
            return f"{service}-roaming"
        national = zone in (HOME, EMERGENCY) or zone.partition("-")[0] == self.country.lower()
        return f"{service}-national" if national or service == DATA else f"{service}-international"


def rate_of(tariff: Tariff, service: str, zone: str, band: str) -> Rate | None:
    """The price of a service in a zone at a time; the exact band wins over any."""
    return tariff.rates.get((service, zone, band)) or tariff.rates.get((service, zone, ANY))


def _flag(rate: Rate | None, emergency: bool) -> str:
    if emergency or (rate and EMERGENCY in rate.flags):
        return EMERGENCY
    return FREE if rate and FREE in rate.flags else ""


def _band(peak: PeakTimes, local: datetime, holidays: frozenset[date]) -> str:
    """Peak from the start (included) to the end (excluded) of the listed weekdays; an end at midnight is the day's."""
    if local.isoweekday() not in peak.weekdays or (peak.holidays_off and local.date() in holidays):
        return OFF_PEAK
    now = local.time()
    ends_at_midnight = not (peak.end.hour or peak.end.minute)
    return PEAK if peak.start <= now and (ends_at_midnight or now < peak.end) else OFF_PEAK
