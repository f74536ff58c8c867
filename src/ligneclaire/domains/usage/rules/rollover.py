"""What is left of a bundle at the end of a month, and what of it adds to the next one (RAT-05, RAT-11).

Of one code everything counts in one counter: what was left over is used first, the oldest of it before all; then what
does not roll over; the month's own rolling bundle last. So what is left at the end is the youngest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ligneclaire.domains.usage.rules.plans import Month
from ligneclaire.domains.usage.rules.state import NOTHING, State
from ligneclaire.domains.usage.rules.terms import Allowance, GroupTerms

Left = Mapping[str, Sequence[int]]  # bundle code -> what is left: of this month, of the month before, ...


def left_of_group(terms: GroupTerms, state: State, month: Month) -> dict[str, dict[str, list[int]]]:
    """What is left of the bundles that roll over, by line and code, as a group keeps it; `state` at the month's end."""
    found = {}
    for line_id, line in terms.lines.items():
        left = left_of(line.allowances, state.lines.get(line_id, NOTHING).taken, month.to_us)
        if left:
            found[str(line_id)] = left
    return found


def left_of(allowances: Sequence[Allowance], taken: Mapping[str, int], end_us: int) -> dict[str, list[int]]:
    """What is left of the bundles that roll over and are held to the end of the month, when so much was taken."""
    held = [one for one in allowances if one.to_us >= end_us]
    found: dict[str, list[int]] = {}
    for code in sorted({one.bundle.code for one in held if one.bundle.rollover and not one.age}):
        own = [one for one in held if one.bundle.code == code]
        months = max(one.bundle.rollover for one in own)
        rest = max(0, sum(one.bundle.size for one in own) - taken.get(code, 0))
        left = []
        for age in range(months):
            part = min(rest, sum(one.bundle.size for one in own if one.age == age and one.bundle.rollover))
            rest -= part
            left.append(part)
        found[code] = left
    return found


def with_left(allowances: tuple[Allowance, ...], left: Left, month: Month) -> tuple[Allowance, ...]:
    """The allowances of a month with what was left of the month before: where a bundle of the same code rolls over from
    the month's first instant on, at most its size, the youngest first."""
    added = []
    for code, amounts in sorted(left.items()):
        own = [one for one in allowances if one.bundle.code == code and one.bundle.rollover]
        first = [one for one in own if one.from_us <= month.from_us]
        most = sum(one.bundle.size for one in first)
        months = max((one.bundle.rollover for one in first), default=0)
        for age, amount in enumerate(amounts[:months], 1):
            size = min(amount, most)
            most -= size
            if size:
                ends = max(one.to_us for one in own)
                added.append(Allowance(replace(first[0].bundle, size=size), month.from_us, ends, age))
    return (*allowances, *added)
