"""What the manager's pages draw and write: gauges, bands, sums, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from ligneclaire.domains.collections.queries import Escalated
from ligneclaire.domains.usage.queries.fleet import ABOVE, BELOW, NEAR, band_of
from ligneclaire.domains.usage.queries.pools import Pool
from ligneclaire.domains.usage.queries.wall import Gauge, Reached, Used
from ligneclaire.domains.usage.rules import spending
from ligneclaire.interfaces import charts
from ligneclaire.journeys import contributions, formats, usage_words
from ligneclaire.journeys.fleet_pages import Centre, LinePage, Row
from ligneclaire.kernel.money import Money

TONES = {BELOW: "", NEAR: "warn", ABOVE: "stop"}  # of a gauge
_PARTS = {BELOW: "month", NEAR: "once", ABOVE: "outside-bundle"}  # of a plot
_TURNS = ("month", "days", "once", "credit", "outside-bundle")


@dataclass(frozen=True, slots=True)
class Level:
    """A gauge as it is drawn: at most full."""

    width: int
    tone: str
    percent: str


@dataclass(frozen=True, slots=True)
class Filled(Level):
    """The same with what it says beside it; of money whether tax is in it."""

    name: str
    used: str
    allowance: str
    with_tax: bool = False


def row(found: Row, country: str, lang: str) -> dict[str, Any]:
    """A line of the list, all in words."""
    return {
        "public_id": found.public_id,
        "number": formats.phone_on_page(found.number, country),
        "user": found.user,
        "centre": found.centre_name,
        "plan": (found.plan or {}).get(lang) or next(iter((found.plan or {}).values()), ""),
        "gauge": Level(*_level(found.gauge, lang)) if found.gauge else None,
        "paid": formats.money(found.paid, lang),
    }


def filled(gauge: Gauge, lang: str) -> Filled:
    """A gauge in words and percent."""
    name, used, allowance = usage_words.gauge(gauge.code, gauge.service, lang), gauge.used, gauge.allowance
    return Filled(*_level(gauge, lang), name, _quantity(used, gauge, lang), _quantity(allowance, gauge, lang))


def _ceiling(gauge: Gauge, prices: str, lang: str) -> Filled:
    with_tax = spending.includes_tax(spending.ceiling_of(gauge.code), prices)
    return replace(filled(gauge, lang), with_tax=with_tax)


def _level(gauge: Gauge, lang: str) -> tuple[int, str, str]:
    return min(gauge.percent, 100), _tone(gauge), formats.percent(Decimal(gauge.percent), lang)


def pools(found: Sequence[Pool], lang: str) -> list[dict[str, Any]]:
    """The bundles that lines share, each with the cost centre whose lines they are ("" = all)."""
    return [{"gauge": filled(one.gauge, lang), "centre": one.centre} for one in found]


def bands(found: Sequence[tuple[str, int]]) -> list[dict[str, Any]]:
    """The bands with their names."""
    names = band_names()
    return [{"code": band, "name": names[band], "count": count, "tone": TONES[band]} for band, count in found]


def band_names() -> dict[str, str]:
    """How full the bundles of a band are."""
    return {BELOW: _("under 80 %"), NEAR: _("80 to 100 %"), ABOVE: _("above 100 %")}


def plot(found: Sequence[tuple[str, int]]) -> dict[str, Any]:
    """The bands as parts of the whole fleet."""
    names = band_names()
    pieces = [charts.Piece(Decimal(count), str(count), names[band], _PARTS[band]) for band, count in found if count]
    return _drawn(pieces, ", ".join(f"{piece.label}: {piece.written}" for piece in pieces))


def shares(centres: Sequence[Centre], lang: str) -> dict[str, Any]:
    """What each cost centre costs of the whole; many small ones together."""
    dear = [one for one in centres if one.paid.amount > 0]
    first, rest = (dear, []) if len(dear) <= len(_TURNS) else (dear[:4], dear[4:])
    named = [(one.name or _("without cost centre"), one.paid) for one in first]
    if rest:
        named.append((_("all others"), sum((one.paid for one in rest[1:]), rest[0].paid)))
    pieces = [
        charts.Piece(paid.amount, formats.money(paid, lang), name, tone)
        for (name, paid), tone in zip(named, _TURNS, strict=False)
    ]
    return _drawn(pieces, ", ".join(f"{piece.label}: {piece.written}" for piece in pieces))


def line(found: LinePage, country: str, lang: str) -> dict[str, Any]:
    """Everything of one line that is written in words."""
    return {
        "number": formats.phone_on_page(found.row.number, country),
        "gauges": [filled(one, lang) for one in found.gauges],
        "ceilings": [_ceiling(one, found.prices, lang) for one in found.ceilings if one.allowance],
        "paid": [(usage_words.kind(one.category, lang), one.amount) for one in found.paid],
        "kinds": [_kind(one, lang) for one in found.kinds if one.records],
        "reached": [_reached(one, lang) for one in found.reached],
        "records": [
            {
                "at": one.at, "what": usage_words.kind(one.usage_type, lang), "other": one.other,
                "quantity": usage_words.quantity(one.billed, one.service, lang), "charged": one.charged,
            }
            for one in found.records
        ],
        "sharing": contributions.in_words(found.sharing.contribution, lang) if found.sharing else (),
        "waiting": contributions.in_words(found.waiting.contribution, lang) if found.waiting else (),
    }  # fmt: skip


def _kind(one: Used, lang: str) -> dict[str, Any]:
    service = "data" if one.category == "data" else "voice" if one.usage_type.startswith("voice") else ""
    beside = one.outside if one.amount else 0  # what is free lies beside no bundle
    inside, outside = (usage_words.about(value, service, lang) if value else "" for value in (one.inside, beside))
    return {
        "name": usage_words.kind(one.usage_type, lang), "records": one.records, "inside": inside, "outside": outside,
        "amount": one.amount.rounded(),
    }  # fmt: skip


def _reached(one: Reached, lang: str) -> dict[str, Any]:
    return {
        "at": one.event_at,
        "name": usage_words.gauge(one.counter, one.service, lang),
        "percent": formats.percent(Decimal(one.threshold), lang),
    }


def _tone(gauge: Gauge) -> str:
    if gauge.is_spend:
        return "stop" if gauge.used >= gauge.allowance else "warn" if gauge.percent >= 80 else ""
    return TONES[band_of(gauge)]


def _quantity(value: int, gauge: Gauge, lang: str) -> str:
    if gauge.is_spend:
        return formats.money(Money.from_micro(value).rounded_down(), lang)
    return usage_words.about(value, gauge.service, lang)


def _drawn(pieces: Sequence[charts.Piece], label: str) -> dict[str, Any]:
    return {"wide": charts.bar_wide(pieces), "narrow": charts.bar_narrow(pieces), "label": label}


def unpaid(found: Iterable[Escalated], country: str) -> list[dict[str, Any]]:
    """The private invoices that came to the employer, with their numbers as people write them (SPL-11)."""
    return [
        {"row": one, "numbers": ", ".join(formats.phone_on_page(line, country) for line in one.lines)} for one in found
    ]
