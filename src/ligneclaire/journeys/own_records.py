"""An amount down to its records: the list of a month of one's own line, and why one record costs what it costs (W-24).

The steps are those of the rating engine (`usage.rules.explain`), said in words for the user of the line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ligneclaire.domains.catalogue.models import Product
from ligneclaire.domains.usage.queries import wall
from ligneclaire.domains.usage.queries.wall import Seen
from ligneclaire.journeys import own_line, usage_explorer, usage_export, usage_record
from ligneclaire.journeys.invoice_view import Reason
from ligneclaire.journeys.own_line import Reading
from ligneclaire.journeys.usage_explorer import Explored, Lens, Row
from ligneclaire.journeys.usage_export import Export
from ligneclaire.kernel import texts

PRICED = frozenset({"RAT-04", "RAT-05", "RAT-07", "RAT-10"})  # rules whose figures stand in the price list of a plan


@dataclass(frozen=True, slots=True)
class Why:
    """One record, explained step by step; `plan` is the price list, in force `plan_from`."""

    line: Seen
    number: str
    row: Row
    category: str
    usage_type: str
    plan: Mapping[str, str]
    plan_from: date | None
    arrived_at: datetime
    steps: tuple[Reason, ...]


def records_of(reader: Reading, month: date, public_id: str, wanted: Mapping[str, str]) -> Explored:
    """The records of a line in a month, as `wanted` asks for them (`usage_explorer.asked`). Raises NotFound,
    store.SegmentDamaged."""
    seen = own_line.seen_in(reader, month, public_id)
    table = wall.records_of(reader.scope, seen, usage_explorer.EXPLORED)
    return usage_explorer.explore(table, seen, usage_explorer.asked(wanted, month), _lens(reader))


def file_of(reader: Reading, month: date, public_id: str, wanted: Mapping[str, str], heading: Sequence[str]) -> Export:
    """The same as a file, all pages of it. Raises NotFound, store.SegmentDamaged."""
    seen = own_line.seen_in(reader, month, public_id)
    table = wall.records_of(reader.scope, seen)
    return usage_export.export(table, seen, usage_explorer.asked(wanted, month), _lens(reader), heading)


def why(reader: Reading, month: date, public_id: str, name: str) -> Why:
    """Why a record costs what it costs. Raises NotFound."""
    seen = own_line.seen_in(reader, month, public_id)
    found = usage_record.used_record(reader.scope, reader.operator, seen, name, reader.lang)
    source = _source(found.product, found.plan_from, reader.lang)
    return Why(
        line=seen,
        number=usage_explorer.number_of(seen, reader.operator),
        row=usage_explorer.row_of(name, found.row, _lens(reader), found.names),
        category=found.row["category"],
        usage_type=found.row["usage_type"],
        plan=found.product.names if found.product else {},
        plan_from=found.plan_from,
        arrived_at=found.row["arrived"],
        steps=tuple(
            Reason(usage_record.sentence(found, one, reader.lang), one.rule, source if one.rule in PRICED else "")
            for one in found.steps
        ),
    )


def _lens(reader: Reading) -> Lens:
    return Lens(reader.operator, reader.lang)


def _source(product: Product | None, since: date | None, lang: str) -> str:
    if product is None or since is None:
        return ""
    name = product.names.get(lang) or next(iter(product.names.values()))
    return texts.say("usage.why.source", lang, {"plan": name, "since": since.isoformat()})
