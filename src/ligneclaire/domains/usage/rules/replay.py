"""A line as if it had another plan: that plan's terms hold in the stretches of time in which it had an offer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ligneclaire.domains.catalogue.rules.offered import Offered
from ligneclaire.domains.usage.rules.plans import Held, Month

Stretch = tuple[int, int]  # from an instant to an instant, half-open


def stretches(offers: Iterable[Held]) -> tuple[Stretch, ...]:
    """When a line had an offer, whichever: what follows each other at once is one stretch."""
    found: list[Stretch] = []
    for begins, ends in sorted((one.from_us, one.to_us) for one in offers):
        if found and begins <= found[-1][1]:
            found[-1] = found[-1][0], max(ends, found[-1][1])
        else:
            found.append((begins, ends))
    return tuple(found)


def as_if(when: Sequence[Stretch], plan: Offered, month: Month) -> tuple[Held, ...] | None:
    """The plan on those stretches; None when it has no terms on the first day of one of them."""
    found = []
    for begins, ends in when:
        terms = plan.usage_in(month.day(max(begins, month.from_us)), month.period.end)
        if not terms:
            return None
        found.append(Held(begins, ends, terms))
    return tuple(found)
