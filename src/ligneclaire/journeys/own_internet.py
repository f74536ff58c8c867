"""What one's own internet line carried in a month, day by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from ligneclaire.domains.customers.queries import NotFound
from ligneclaire.domains.usage.queries import volume, wall
from ligneclaire.domains.usage.queries.own import Day
from ligneclaire.domains.usage.queries.volume import Carried
from ligneclaire.domains.usage.queries.wall import Seen, Sight
from ligneclaire.journeys.own_line import Reading
from ligneclaire.kernel.periods import Period


@dataclass(frozen=True, slots=True)
class InternetMonth:
    """A month of an internet line. `others` are the reader's other internet lines, `months` the other months with
    records; `has_begun`: there are records of some month."""

    line: Seen
    others: tuple[Seen, ...]
    month: date
    ends_on: date
    carried: Carried
    months: tuple[date, ...]
    has_begun: bool = False

    @property
    def octets(self) -> int:
        """Both ways."""
        return self.carried.down + self.carried.up

    @property
    def bars(self) -> tuple[Day, ...]:
        """The days as they are drawn: nothing of them costs more."""
        return tuple(Day(one.on, one.octets, 0) for one in self.carried.days)


def internet_month(reader: Reading, month: date, public_id: str = "") -> InternetMonth:
    """A month of the line of that id, or of the first one. Raises NotFound."""
    lines = wall.lines_in(reader.scope, month, line_ids=reader.scope.line_ids or ())
    mine = [one for one in lines if one.kind == volume.INTERNET and one.sight is Sight.ALL]
    seen = next((one for one in mine if public_id in ("", one.public_id)), None)
    if seen is None:
        raise NotFound(public_id)
    found, period = volume.of_line(reader.operator.pk, seen, reader.zone), Period.month_of(month)
    return InternetMonth(
        line=seen,
        others=tuple(one for one in mine if one.line_id != seen.line_id),
        month=period.start,
        ends_on=period.end - timedelta(days=1),
        carried=found,
        months=tuple(one for one in found.months if one != period.start),
        has_begun=bool(found.months),
    )
