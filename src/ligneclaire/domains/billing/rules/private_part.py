"""What comes of the private part of an account in a run: a document, or a balance that waits (C12)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ligneclaire.domains.billing.rules.private_invoice import Since
from ligneclaire.kernel.money import Money, zero

SKIPPED, NO_STATEMENT = "private-skipped", "no-statement"  # why a draft has no document


@dataclass(frozen=True, slots=True)
class Holding:
    """A split bill of the account: the months in which it holds, half-open."""

    from_on: date
    to_on: date | None


@dataclass(frozen=True, slots=True)
class Past:
    """What a released run made of the account: a document (no reason), or why there was none."""

    month: date
    skip_reason: str
    carried: Money | None


@dataclass(frozen=True, slots=True)
class Private:
    """An account with a private part in a run. `leaves`: its split bill is over; `settled`: the last invoice came."""

    since: Since
    leaves: bool
    settled: bool


def private_part(holdings: Iterable[Holding], past: Iterable[Past], month: date) -> Private | None:
    """How the account stands before the run of `month`, which bills the months before it. None = no split bill yet.

    A run that continues a split bill with other terms from the month itself is not its end.
    """
    known = [one for one in holdings if one.from_on <= month]
    if not any(one.from_on < month for one in known):
        return None
    ends = [one.to_on for one in known if one.to_on is not None and one.to_on <= month]
    leaves = len(ends) == len(known)
    carried, skips, settled = zero(), 0, False
    for one in sorted(past, key=lambda one: one.month):
        if one.skip_reason == SKIPPED:
            carried, skips = one.carried or zero(), skips + 1
        else:
            carried, skips = zero(), 0
        settled = leaves and one.month >= max(ends)
    return Private(Since(carried, skips), leaves, settled)
