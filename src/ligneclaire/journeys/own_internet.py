"""What one's own internet line carried in a month, day by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ligneclaire.domains.customers.queries import NotFound
from ligneclaire.domains.usage.queries import volume, wall
from ligneclaire.domains.usage.queries.wall import Seen, Sight
from ligneclaire.journeys.own_line import Reading
from ligneclaire.kernel.periods import Period


@dataclass(frozen=True, slots=True)
class Day:
    """Octets of a day, to the customer and from him; `inside` and `outside` as a plot of days names them."""

    on: date
    down: int
    up: int

    @property
    def inside(self) -> int:
        """All of it: nothing of it costs more."""
        return self.down + self.up

    outside = 0


@dataclass(frozen=True, slots=True)
class InternetMonth:
    """A month of an internet line. `as_of` is None when nothing was reported yet; `others` are his other internet
    lines, `months` the other months with records."""

    line: Seen
    others: tuple[Seen, ...]
    month: date
    ends_on: date
    days: tuple[Day, ...]
    down: int
    up: int
    as_of: datetime | None
    months: tuple[date, ...]

    @property
    def octets(self) -> int:
        """Both ways."""
        return self.down + self.up


def internet_month(reader: Reading, month: date, public_id: str = "") -> InternetMonth:
    """A month of the line of that id, or of the first one. Raises NotFound."""
    lines = wall.lines_in(reader.scope, month, line_ids=reader.scope.line_ids or ())
    mine = [one for one in lines if one.kind == volume.INTERNET and one.sight is Sight.ALL]
    seen = next((one for one in mine if public_id in ("", one.public_id)), None)
    if seen is None:
        raise NotFound(public_id)
    found, period = volume.of_line(reader.operator.pk, seen, reader.zone), Period.month_of(month)
    carried = {one.on: one for one in found.days}
    days = (period.start + timedelta(days=count) for count in range(period.days))
    return InternetMonth(
        line=seen,
        others=tuple(one for one in mine if one.line_id != seen.line_id),
        month=period.start,
        ends_on=period.end - timedelta(days=1),
        days=tuple(Day(day, carried[day].down, carried[day].up) for day in days if day in carried),
        down=found.down,
        up=found.up,
        as_of=found.as_of,
        months=tuple(one for one in found.months if one != period.start),
    )
