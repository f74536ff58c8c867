"""Why this month's lines come to another sum than last month's: one reason for every cent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ligneclaire.kernel.money import Money, zero

REASONS = ("joiners", "leavers", "changes", "price", "usage", "credits", "one-off", "aside")


@dataclass(frozen=True, slots=True)
class Figures:
    """The lines of some accounts that are alike, in the price mode: now, before, and the differences by sort of line.

    `was` and `is_now`: they had a document last month, they get one now; `monthly`: with a month in advance on it;
    `aside`: they were put aside, so that nothing is billed now that is due.
    """

    was: bool
    is_now: bool
    monthly: bool
    aside: bool
    now: Money
    before: Money
    credits: Money
    once: Money
    price: Money
    changed: Money
    usage: Money


def difference(figures: Figures) -> Mapping[str, Money]:
    """The difference by reason; the reasons sum to `now` less `before`.

    Who had nothing is a joiner, who gets no month any more a leaver; for all others it is said line by line: items that
    came or went, an item at another price, credits, what is charged once (activation, parts of a month, fees). Usage is
    a reason of its own for everybody but those who are put aside.
    """
    found = dict.fromkeys(REASONS, zero())
    if figures.aside:
        return found | {"aside": figures.now - figures.before}
    found["usage"], rest = figures.usage, figures.now - figures.before - figures.usage
    if not figures.was:
        found["joiners"] = rest
    elif not figures.monthly:
        found["leavers"] = rest
    else:
        found["credits"], found["one-off"], found["price"] = figures.credits, figures.once, figures.price
        found["changes"] = rest - figures.credits - figures.once - figures.price
    return found
