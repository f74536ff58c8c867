"""Holding the spending of a line: a cap of its own, going on above a ceiling, blocks (W-22, W-23, W-32).

Whoever acts has a say of the line on that day (`queries/limits.say_of`): through his own pages, the company's, or at
the desk, where the reason is written down. It counts within one rating pass, for usage after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from ligneclaire.domains.accounts import operations as accounts
from ligneclaire.domains.lines import operations as lines
from ligneclaire.domains.lines import queries as line_queries
from ligneclaire.domains.lines.models import Control, Line
from ligneclaire.domains.lines.rules.controls import AGREEMENT, BLOCK, CAP, OWN, PORTAL, USER
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.usage import writing
from ligneclaire.domains.usage.models import Group
from ligneclaire.domains.usage.queries import limits
from ligneclaire.domains.usage.queries.limits import Say
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.refusal import Refusal
from ligneclaire.kernel.scope import Scope


class NotYoursToSay(Refusal):
    """Somebody else pays for it, and decides."""

    code = "usage.refused.not-yours-to-say"


class NothingStops(Refusal):
    """The line has no such ceiling that stops it."""

    code = "usage.refused.nothing-stops"


@dataclass(frozen=True, slots=True)
class Way:
    """How it came in: on the customer's own pages, or by another `channel` with the reason that staff wrote down."""

    channel: str = PORTAL
    why: str = ""


PORTAL_WAY = Way()


def set_cap(
    *, scope: Scope, line: str, amount: Money, stops: bool, on: date, at: datetime, actor: str, way: Way = PORTAL_WAY
) -> Control:
    """From now on a line (public id) has this cap a month on what is charged beside its bundles at home, tax included:
    it `stops` usage, or only warns. Raises NotFound, NotYoursToSay, lines.WrongCap, lines.NoReasonSaid."""
    with acting_for(scope.operator_id):
        say = _decides(scope, line, on)
        return _note(say, CAP, OWN, _By(on, at, actor, way), amount=amount, stops=stops)


def lift_cap(*, scope: Scope, line: str, on: date, at: datetime, actor: str, way: Way = PORTAL_WAY) -> Control:
    """From now on a line has no cap of its own. Raises as `set_cap` does."""
    with acting_for(scope.operator_id):
        return _note(_decides(scope, line, on), CAP, OWN, _By(on, at, actor, way), given=False)


def agree(
    *,
    scope: Scope,
    line: str,
    ceiling: str,
    this_month: bool,
    on: date,
    at: datetime,
    actor: str,
    way: Way = PORTAL_WAY,
) -> Control:
    """Go on above a ceiling that stops: in this month alone, or until it is taken back. Raises NotFound, NotYoursToSay,
    NothingStops, lines.NoReasonSaid."""
    with acting_for(scope.operator_id):
        say = _decides(scope, line, on)
        found = limits.limits_of(scope, line, on, at).ceilings
        if not any(one.name == ceiling and one.may_stop for one in found):
            raise NothingStops()
        return _note(say, AGREEMENT, ceiling, _By(on, at, actor, way), month=on if this_month else None)


def take_back(
    *, scope: Scope, line: str, ceiling: str, on: date, at: datetime, actor: str, way: Way = PORTAL_WAY
) -> Control:
    """A ceiling stops again from now on. Raises NotFound, NotYoursToSay, lines.NoReasonSaid, lines.NoSuchControl."""
    with acting_for(scope.operator_id):
        return _note(_decides(scope, line, on), AGREEMENT, ceiling, _By(on, at, actor, way), given=False)


def block(*, scope: Scope, line: str, what: str, on: date, at: datetime, actor: str, way: Way = PORTAL_WAY) -> Control:
    """From now on a line, or a kind of usage, is blocked: what arrives all the same is charged to nobody (RAT-16).
    Raises NotFound, NotYoursToSay, lines.NoReasonSaid, lines.NoSuchControl."""
    with acting_for(scope.operator_id):
        return _note(_blocks(scope, line, on), BLOCK, what, _By(on, at, actor, way))


def unblock(
    *, scope: Scope, line: str, what: str, on: date, at: datetime, actor: str, way: Way = PORTAL_WAY
) -> Control:
    """The reader's block ends now; one that the other side asked for stays. Raises as `block` does."""
    with acting_for(scope.operator_id):
        return _note(_blocks(scope, line, on), BLOCK, what, _By(on, at, actor, way), given=False)


@dataclass(frozen=True, slots=True)
class _By:
    """On which day and when it was said, by whom, and how it came in."""

    on: date
    at: datetime
    actor: str
    way: Way


def _say(scope: Scope, line: str, on: date) -> Say:
    """Who has a say, decided while the account is locked: by a bill run as well it is locked before its months."""
    accounts.lock(limits.say_of(scope, line, on).line.account)
    return limits.say_of(scope, line, on)


def _decides(scope: Scope, line: str, on: date) -> tuple[Line, str]:
    say = _say(scope, line, on)
    if say.side is None:
        raise NotYoursToSay()
    return say.line, say.side


def _blocks(scope: Scope, line: str, on: date) -> tuple[Line, str]:
    say = _say(scope, line, on)
    if say.blocks is None:
        raise NotYoursToSay()
    return say.line, say.blocks


def _note(
    said: tuple[Line, str], kind: str, subject: str, by: _By, *, given: bool = True, amount: Money | None = None,
    stops: bool = False, month: date | None = None,
) -> Control:  # fmt: skip
    """A word of a side, and the month to be rated again by it: a pass that runs is waited for. The word of a
    company line's user is his own, and ends with his use of the line."""
    line, side = said
    writing.mark_stale(Group.objects.filter(account_id=line.account_id, month__gte=by.on.replace(day=1)), by.at)
    his = side == USER and line.account.party.kind != "household"
    return lines.note_control(
        line=line, kind=kind, subject=subject, on=given, side=side,
        person=line_queries.user_on(line.pk, by.on) if his else None, channel=by.way.channel, why=by.way.why,
        amount=amount, stops=stops, month=month, at=by.at, actor=by.actor,
    )  # fmt: skip
