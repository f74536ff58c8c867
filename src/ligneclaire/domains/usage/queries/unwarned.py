"""What a line was charged after it had reached a ceiling of the law, of which nobody was warned (W-07)."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from ligneclaire.domains.lines.models import Line
from ligneclaire.domains.usage import store
from ligneclaire.domains.usage.models import Alert
from ligneclaire.domains.usage.queries import terms
from ligneclaire.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Beyond:
    """What was charged of one kind after a ceiling was reached, exact, in the price mode of the line's account."""

    category: str
    usage_type: str
    tax_code: str
    amount: Money


def charged_after(line: Line, alert: Alert) -> tuple[Beyond, ...]:
    """What the records that the ceiling of an alert concerns cost after the one that reached it: that one is charged,
    since nobody can be warned of it before. For jobs. Raises store.SegmentDamaged."""
    cap = next((one for one in terms.terms_of_line(line, alert.month).caps if one.code == alert.counter), None)
    if cap is None:
        return ()
    table = store.rated(alert.operator_id, line.account_id, alert.month)
    dear = pc.and_(pc.equal(table["line"], line.pk), pc.greater(table["charged"], 0))
    later = pc.greater(table["start"], pa.scalar(alert.event_at, table["start"].type))
    found = table.filter(pc.and_(dear, later))
    for column, wanted in (("zone", cap.zones), ("service", cap.services)):
        if wanted:
            found = found.filter(pc.is_in(found[column], value_set=pa.array(sorted(wanted))))
    sums = found.group_by(["category", "usage_type", "tax_code"]).aggregate([("charged", "sum")])
    return tuple(
        Beyond(one["category"], one["usage_type"], one["tax_code"], Money.from_micro(one["charged_sum"]))
        for one in sums.to_pylist()
    )
