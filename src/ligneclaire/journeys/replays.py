"""Trying plans on months of real usage: what the command and the page of the desk both need, and the same as a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from ligneclaire.domains.billing.rules.replayed import Cost, LineMonth, LineReplay, Replay
from ligneclaire.domains.catalogue import queries as catalogue
from ligneclaire.domains.catalogue.queries import UnknownProduct
from ligneclaire.domains.catalogue.rules import offered
from ligneclaire.domains.catalogue.rules.offered import Offered
from ligneclaire.domains.rulebook import folders
from ligneclaire.journeys import spreadsheet
from ligneclaire.kernel.facts import six_decimals
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.periods import month_label

BILLED = "billed"
COLUMNS = (
    "account",
    "line",
    "month",
    "own plan",
    "plan",
    "subscription",
    "options",
    "usage",
    "total",
    "unpriced records",
)


def plans_of(
    operator_id: int, codes: Sequence[str] | None, *, folder: Path | None = None, on: date | None = None
) -> tuple[Offered, ...]:
    """The offers of these codes, or all that price usage: of the published catalogue, or of a folder that nobody loaded
    yet. `on`: as they are on that day, for all months; of a folder without a day, its newest versions.

    Raises UnknownProduct, NoUsageTerms, folders.FolderRefused. Call it inside `acting_for`.
    """
    if folder is None:
        found = catalogue.offered(operator_id, codes)
        return tuple(one.as_on(on) for one in found) if on else found
    read = folders.read(folder)
    drafts = {one.code: one for one in offered.drafted(read.products, read.decks)}
    for code in codes or ():
        if code not in drafts:
            raise UnknownProduct(kind="offer", product=code)
    chosen = [drafts[code] for code in codes] if codes is not None else list(drafts.values())
    return tuple(one.as_on(on) if on else one.newest() for one in chosen)


def in_force(plans: Sequence[Offered], months: Sequence[date]) -> tuple[Offered, ...]:
    """Those of the plans that had a price and usage prices when each of the months (first days) began."""
    return tuple(
        one for one in plans if all(one.price_on(day) and one.usage_in(day, day + timedelta(days=1)) for day in months)
    )


def without_rollover(plans: Sequence[Offered]) -> tuple[Offered, ...]:
    """Those of the plans that carry nothing to the next month: the others can't be tried."""
    return tuple(
        one for one in plans if not any(bundle.rollover for each in one.usage for bundle in each.terms.bundles)
    )


def as_csv(found: Replay, lang: str, heading: Sequence[str] = COLUMNS, billed: str = BILLED) -> bytes:
    """A row for each line and month as it was billed, and one for each plan; `heading` names COLUMNS."""
    rows = (row for line in found.lines for month in line.months for row in _rows(found, line, month, billed))
    return spreadsheet.as_csv(heading, rows, lang)


def _rows(found: Replay, line: LineReplay, month: LineMonth, billed: str) -> Iterator[tuple[str | int | Money, ...]]:
    names = [billed, *(one.code for one in found.plans)]
    for name, cost in zip(names, (month.billed, *month.tried), strict=True):
        parts = (Money.from_cents(cents) for cents in (cost.monthly, cost.options, cost.usage, cost.total))
        own = " + ".join(month.offers)
        yield line.account, line.identifier, month_label(month.month), own, name, *parts, cost.unrated


def as_json(found: Replay) -> dict[str, Any]:
    """All of it: amounts are text, those of usage exact to six decimals where they may be told so."""
    codes = [one.code for one in found.plans]
    return {
        "months": [month_label(one) for one in found.months],
        "plans": [{"code": one.code, "names": dict(one.names)} for one in found.plans],
        "billed": str(found.billed),
        "tried": {code: _sum(one) for code, one in zip(codes, found.tried, strict=True)},
        "best": None if found.best is None else codes[found.best],
        "saving_by_line": str(found.saving),
        "left_out": found.hidden,
        "lines": [_line(one, codes) for one in found.lines],
    }


def _sum(one: Any) -> dict[str, Any]:
    return {"total": str(one.money), "unpriced_records": one.unrated}


def _line(line: LineReplay, codes: Sequence[str]) -> dict[str, Any]:
    return {
        "line": line.identifier,
        "account": line.account,
        "own": list(line.offers),
        "billed": str(line.billed),
        "tried": {code: _sum(one) for code, one in zip(codes, line.tried, strict=True)},
        "best": None if line.best is None else codes[line.best],
        "saving": str(line.saving),
        "months": [
            {
                "month": month_label(one.month),
                "own": list(one.offers),
                "billed": _cost(one.billed),
                "tried": {code: _cost(cost) for code, cost in zip(codes, one.tried, strict=True)},
            }
            for one in line.months
        ],
    }


def _cost(cost: Cost) -> dict[str, Any]:
    named = {"subscription": cost.monthly, "options": cost.options, "usage": cost.usage, "total": cost.total}
    found: dict[str, Any] = {name: str(Money.from_cents(cents)) for name, cents in named.items()}
    if cost.exact is not None:
        found["usage_exact"] = six_decimals(Money.from_micro(cost.exact))
    return found | {"unpriced_records": cost.unrated}
