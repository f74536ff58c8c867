"""The records of a line that its company pays whole, as the manager looks into a month: other parties are cut to their
first digits. Of a line whose bill is shared there is no such page (FMP-11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from ligneclaire.domains.customers.queries import NotFound
from ligneclaire.domains.usage.queries import wall
from ligneclaire.domains.usage.queries.wall import Seen, Sight
from ligneclaire.journeys import usage_explorer, usage_export
from ligneclaire.journeys.usage_explorer import Explored, Lens
from ligneclaire.journeys.usage_export import Export
from ligneclaire.kernel.scope import Scope


def month_of(scope: Scope, month: date, public_id: str, wanted: Mapping[str, str], lens: Lens) -> Explored:
    """The month of a line, as `wanted` asks for it (`usage_explorer.asked`). Raises NotFound, store.SegmentDamaged."""
    seen = _whole(scope, month, public_id)
    asked = usage_explorer.asked(wanted, seen.month, (("month", f"{seen.month:%Y-%m}"),))
    return usage_explorer.explore(wall.records_of(scope, seen, usage_explorer.EXPLORED), seen, asked, lens)


def file_of(
    scope: Scope, month: date, public_id: str, wanted: Mapping[str, str], lens: Lens, *, heading: Sequence[str]
) -> Export:
    """The same as a file. Raises NotFound, store.SegmentDamaged."""
    seen = _whole(scope, month, public_id)
    asked = usage_explorer.asked(wanted, seen.month)
    return usage_export.export(wall.records_of(scope, seen), seen, asked, lens, heading)


def _whole(scope: Scope, month: date, public_id: str) -> Seen:
    seen = wall.line_in(scope, month, public_id)
    if seen.sight is Sight.EMPLOYER:
        raise NotFound(public_id)
    return seen
