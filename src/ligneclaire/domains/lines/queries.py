"""Lines by what the network calls them, who uses them, and what a login may see of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Q

from ligneclaire.domains.access.models import Login
from ligneclaire.domains.accounts import queries as accounts
from ligneclaire.domains.customers.models import PartyRole, Person
from ligneclaire.domains.customers.queries import NotFound
from ligneclaire.domains.lines.models import Line, LineUser, NoticeChoice
from ligneclaire.domains.lines.rules import notices
from ligneclaire.domains.operators.models import Operator
from ligneclaire.kernel.scope import Scope

USED = ("mobile", "voice")  # kinds of lines whose use is rated


@dataclass(frozen=True, slots=True)
class Use:
    """That a person uses a line, from a day to a day (half-open)."""

    line_id: int
    line_public_id: str
    identifier: str
    kind: str
    account_id: int
    from_on: date
    to_on: date | None


def lines_by_identifier(operator_id: int, identifiers: Iterable[str]) -> Mapping[str, int]:
    """The ids of the lines that the network reports under these names. For intake jobs: it sees the whole operator."""
    found = Line.objects.filter(operator_id=operator_id, identifier__in=list(identifiers))
    return dict(found.values_list("identifier", "id"))


def scope_of(login: Login, on: date | None = None) -> Scope:
    """What a login may see: `accounts.scope_of`, and in `line_ids` the lines of which it may see all (FMP-11).

    These are the lines that the person uses on the day, whoever pays them, and those of the households that the person
    holds. `private_part` is true for them alone: ask `Scope.sees_all_of`.
    """
    scope = accounts.scope_of(login, on)
    if scope.party_ids is None:
        return scope
    on_day = Q(to_on=None) if on is None else Q(from_on__lte=on) & (Q(to_on=None) | Q(to_on__gt=on))
    uses = dict(LineUser.objects.filter(on_day, person__login=login).values_list("line_id", "person_id"))
    held = PartyRole.objects.filter(on_day, person__login=login, role="holder", party__kind="household")
    lines = Line.objects.filter(
        Q(pk__in=uses) | Q(account__party_id__in=held.values("party_id")), operator_id=login.operator_id
    )
    mine = frozenset(lines.values_list("pk", flat=True))
    return replace(scope, line_ids=mine, private_part=bool(mine), person_id=next(iter(uses.values()), None))


def uses_of(person: Person, on: date | None = None) -> tuple[Use, ...]:
    """The lines that a person uses on a day, by their names; without a day, those without an end."""
    found = LineUser.objects.filter(operator_id=person.operator_id, person=person)
    found = found.filter(to_on=None) if on is None else found.filter(from_on__lte=on).exclude(to_on__lte=on)
    return tuple(_use(one) for one in found.select_related("line").order_by("line__identifier"))


def with_history(scope: Scope, person: Person) -> Scope:
    """The scope with the lines that the person used before; the wall of usage keeps to the days of each (UPO-08)."""
    used = frozenset(LineUser.objects.filter(person=person).values_list("line_id", flat=True))
    mine = (scope.line_ids or frozenset()) | used
    return replace(scope, line_ids=mine, private_part=bool(mine), person_id=person.pk)


def own_public_ids(scope: Scope, person: Person) -> frozenset[str]:
    """The lines that are or were the person's own, by their public ids: whose records may be asked for."""
    used = LineUser.objects.filter(person=person).values("line_id")
    mine = Q(pk__in=used) | Q(pk__in=scope.line_ids or ())
    rows = Line.objects.filter(mine, operator_id=scope.operator_id)
    return frozenset(rows.values_list("public_id", flat=True))


def own_kinds(person: Person) -> frozenset[str]:
    """Of which kinds lines are or were the person's own."""
    used = LineUser.objects.filter(person=person).values("line_id")
    held = PartyRole.objects.filter(to_on=None, person=person, role="holder", party__kind="household")
    mine = Q(pk__in=used) | Q(account__party_id__in=held.values("party_id"))
    return frozenset(
        Line.objects.filter(mine, operator_id=person.operator_id).values_list("kind", flat=True).distinct()
    )


def has_own_line(person: Person) -> bool:
    """Whether a line with usage is or was the person's own."""
    return not own_kinds(person).isdisjoint(USED)


def user_on(line_id: int, on: date) -> Person | None:
    """Who uses a line on a day."""
    found = LineUser.objects.filter(line_id=line_id, from_on__lte=on).exclude(to_on__lte=on)
    use = found.select_related("person").first()
    return use.person if use else None


def users_of(line_ids: Iterable[int]) -> Mapping[int, tuple[tuple[date, date | None, Person], ...]]:
    """Who used each of these lines, from a day to a day (half-open), oldest first."""
    found: dict[int, tuple[tuple[date, date | None, Person], ...]] = {}
    for use in LineUser.objects.filter(line_id__in=list(line_ids)).select_related("person").order_by("from_on", "pk"):
        found[use.line_id] = (*found.get(use.line_id, ()), (use.from_on, use.to_on, use.person))
    return found


def own_line(scope: Scope, public_id: str) -> Line:
    """A line of which the scope may see all. Raises NotFound."""
    found = Line.objects.filter(operator_id=scope.operator_id, public_id=public_id).select_related("account").first()
    if found is None or not scope.sees_all_of(found.pk):
        raise NotFound(public_id)
    return found


def switches_of(line: Line, person: Person) -> tuple[notices.Switch, ...]:
    """Which warnings of a line go to a person, and which of them that person may switch."""
    choices = choices_on([line.pk]).get((line.pk, person.pk), {})
    return notices.switches(choices, Operator.objects.get(pk=line.operator_id).country)


def choices_on(line_ids: Iterable[int]) -> Mapping[tuple[int, int], Mapping[notices.Choice, bool]]:
    """What each person last said about each kind and channel of these lines' warnings, by (line, person)."""
    said = NoticeChoice.objects.filter(line_id__in=list(line_ids)).order_by("at", "pk")
    found: dict[tuple[int, int], dict[notices.Choice, bool]] = {}
    for one in said:
        found.setdefault((one.line_id, one.person_id), {})[one.kind, one.channel] = one.wanted
    return found


def _use(one: LineUser) -> Use:
    line = one.line
    return Use(line.pk, line.public_id, line.identifier, line.kind, line.account_id, one.from_on, one.to_on)
