"""Rating a closed month anew after a mistake: what each line was charged and is charged now, and what stays."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from ligneclaire.domains.usage.rules.columns import with_revision
from ligneclaire.domains.usage.rules.state import State


class Corrected(NamedTuple):
    """A line and what it was and is charged for the month, in millionths of a euro."""

    line: int
    before: int
    after: int


class Month(NamedTuple):
    """A rated month: what its close had rated, what came later, and how far counters had got at the close."""

    closed: pa.Table
    late: pa.Table
    state: State


def corrected(before: Month, after: Month) -> tuple[Corrected, ...]:
    """The lines that are charged something else now, by line."""
    old, new = _charged(before), _charged(after)
    lines = sorted(old.keys() | new.keys())
    found = (Corrected(line, old.get(line, 0), new.get(line, 0)) for line in lines)
    return tuple(one for one in found if one.before != one.after)


def without(before: Month, after: Month, lines: Collection[int]) -> Month:
    """The month anew, but for some lines, which keep what they were charged."""
    kept = pa.array(sorted(lines), pa.int64())

    def mixed(old: pa.Table, new: pa.Table) -> pa.Table:
        stay, go = (pc.is_in(table["line"], value_set=kept) for table in (old, new))
        return pa.concat_tables([old.filter(stay), new.filter(pc.invert(go))])

    states = {**after.state.lines, **{line: one for line, one in before.state.lines.items() if line in lines}}
    return Month(mixed(before.closed, after.closed), mixed(before.late, after.late), State(states))


def table_of(month: Month, revision: int) -> pa.Table:
    """All rated records: those of the close as this revision, those that came later as the next."""
    return pa.concat_tables([with_revision(month.closed, revision), with_revision(month.late, revision + 1)])


def _charged(month: Month) -> Mapping[int, int]:
    both = pa.concat_tables([month.closed.select(["line", "charged"]), month.late.select(["line", "charged"])])
    sums = both.group_by("line").aggregate([("charged", "sum")])
    return dict(zip(sums["line"].to_pylist(), sums["charged_sum"].to_pylist(), strict=True))
