"""Usage of a line as the desk sees it: what a month adds up to, its counters, and its records down to their steps.

Staff see amounts, quantities and zones. Whom a person called is cut to its first digits until a reason was given
(`usage.operations.disclosing`); that usage was opened at all is written down by the act that opens it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from ligneclaire.domains.customers.queries import NotFound
from ligneclaire.domains.lines.models import Line
from ligneclaire.domains.operators.models import Operator
from ligneclaire.domains.usage.models import Disclosure, IntakeFile
from ligneclaire.domains.usage.queries import disclosures, wall
from ligneclaire.domains.usage.queries.wall import Gauge, Seen, Sight
from ligneclaire.domains.usage.rules import spending
from ligneclaire.journeys import desk_staff, usage_explorer, usage_export
from ligneclaire.journeys.desk_documents import Because
from ligneclaire.journeys.usage_explorer import Explored, Lens
from ligneclaire.journeys.usage_export import Export
from ligneclaire.journeys.usage_record import UsedRecord, sentence, used_record
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.scope import Scope


@dataclass(frozen=True, slots=True)
class Opening:
    """By which way staff opened a line's month: for its user, or for who pays it; and the reason for which whole
    numbers are shown, if one holds. `scope` is that of staff."""

    operator: Operator
    scope: Scope
    line: str
    month: date
    for_user: bool
    lang: str
    disclosed: Disclosure | None = None

    @property
    def keep(self) -> tuple[tuple[str, str], ...]:
        """What stands in every address of it."""
        return (("for", "user"),) if self.for_user else ()


@dataclass(frozen=True, slots=True)
class UsagePage:
    """A month of a line: its records as they are asked for, whose it is (public id, name), its gauges without own
    caps, and who saw whole numbers of it, and why. `is_shared`: opened for an employer who shares the bill, so there
    are no records."""

    found: Explored
    customer: tuple[str, str]
    gauges: tuple[Gauge, ...]
    disclosures: tuple[tuple[Disclosure, str], ...]
    is_shared: bool


@dataclass(frozen=True, slots=True)
class RecordPage:
    """One record with its steps, its plan by name and what brought it (public id, name); `other` is hidden, unless a
    reason was given."""

    record: UsedRecord
    because: tuple[Because, ...]
    amount: Money
    other: str
    plan: str
    delivery: tuple[str, str]


def opened(scope: Scope, line: str, *, for_user: bool) -> Scope:
    """What staff see on a page of a line: of a company's line what the company sees, unless the page is opened for the
    line's user (FMP-11)."""
    if for_user:
        return scope
    lines = Line.objects.filter(operator_id=scope.operator_id, public_id=line, account__party__kind="company")
    found = lines.first()
    return scope if found is None else wall.as_employer(scope, [found.account_id])


def with_reason(opening: Opening, actor: str, given: Iterable[str], at: datetime) -> Opening:
    """The same with the reason that shows its numbers, if it is one of those that somebody gave in a session (public
    ids) and holds."""
    found = disclosures.open_for(opening.scope.operator_id, actor, given, at)
    if not found:
        return opening
    lines = Line.objects.filter(operator_id=opening.scope.operator_id, public_id=opening.line)
    ids = set(lines.values_list("pk", flat=True))
    reason = next((one for one in found if one.line_id in ids and one.month == opening.month), None)
    return replace(opening, disclosed=reason)


def usage_page(opening: Opening, wanted: Mapping[str, str]) -> UsagePage:
    """The month of a line. Raises NotFound, store.SegmentDamaged."""
    scope, seen = _seen(opening)
    asked = usage_explorer.asked(wanted, seen.month, opening.keep)
    table = wall.records_of(scope, seen, usage_explorer.EXPLORED)
    found = usage_explorer.explore(table, seen, asked, _lens(opening))
    told = disclosures.of_line(opening.scope, seen.line_id, seen.month)
    names = desk_staff.names_of(opening.scope, [one.actor for one in told]) if told else {}
    known = wall.gauges([seen]).get(seen.line_id, ())
    gauges = (one for one in known if not spending.number_of(one.code))  # own caps stand with the limits
    return UsagePage(
        found, _customer(seen), tuple(gauges),
        tuple((one, names.get(one.actor, "")) for one in told), seen.sight is Sight.EMPLOYER,
    )  # fmt: skip


def usage_file(opening: Opening, wanted: Mapping[str, str], heading: Sequence[str]) -> Export:
    """The same records as a file, numbers as the page has them. Raises NotFound, store.SegmentDamaged."""
    scope, seen = _seen(opening)
    table = wall.records_of(scope, seen)
    return usage_export.export(table, seen, usage_explorer.asked(wanted, seen.month), _lens(opening), heading)


def record_page(opening: Opening, name: str) -> RecordPage:
    """Why a record costs what it costs. Raises NotFound, store.SegmentDamaged."""
    lens, lang = _lens(opening), opening.lang
    scope, seen = _seen(opening)
    found = used_record(scope, lens.operator, seen, name, lang)
    file = IntakeFile.objects.filter(operator_id=scope.operator_id, pk=found.row["file"]).first()
    plan = found.product.names if found.product else {}
    return RecordPage(
        record=found,
        because=tuple(Because(sentence(found, one, lang), one.rule, "", None) for one in found.steps),
        amount=Money.from_micro(found.row["charged"]),
        other=usage_explorer.row_of(name, found.row, lens, found.names).other,
        plan=plan.get(lang) or next(iter(plan.values()), ""),
        delivery=(file.public_id, file.name) if file else ("", ""),
    )


def line_to_disclose(opening: Opening) -> Seen:
    """The line whose numbers may be shown for a reason: not to who sees it for an employer that shares the bill. Raises
    NotFound."""
    _scope, seen = _seen(opening)
    if seen.sight is Sight.EMPLOYER:
        raise NotFound(opening.line)
    return seen


def _seen(opening: Opening) -> tuple[Scope, Seen]:
    """The line, and the scope by which its records are read: that of staff when a reason shows numbers that the company
    does not see of a line that it pays whole."""
    scope = opened(opening.scope, opening.line, for_user=opening.for_user)
    seen = wall.line_in(scope, opening.month, opening.line)
    if opening.disclosed is None or seen.sight is not Sight.PAID:
        return scope, seen
    return opening.scope, wall.line_in(opening.scope, opening.month, opening.line)


def _lens(opening: Opening) -> Lens:
    return Lens(opening.operator, opening.lang, hides=opening.disclosed is None)


def _customer(seen: Seen) -> tuple[str, str]:
    line = Line.objects.select_related("account__party").get(pk=seen.line_id)
    return line.account.party.public_id, line.account.party.name
