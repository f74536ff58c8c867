"""Acts on lines."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q

from ligneclaire.domains.accounts import operations as accounts
from ligneclaire.domains.accounts.models import Account
from ligneclaire.domains.audit import operations as audit
from ligneclaire.domains.customers import operations as customers
from ligneclaire.domains.customers.models import PartyRole, Person
from ligneclaire.domains.lines.models import Control, Line, LineUser, NoticeChoice
from ligneclaire.domains.lines.rules import controls, notices
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.operators.models import Operator
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.refusal import Refusal


class LineTaken(Refusal):
    """The network knows another line by this name."""

    code = "lines.refused.line-taken"


class WrongLine(Refusal):
    """A line needs a name of at most 128 characters, and a kind that the network knows."""

    code = "lines.refused.wrong-line"


class NotOfThisCustomer(Refusal):
    """The line of a customer is used by somebody who belongs to that customer."""

    code = "lines.refused.not-of-this-customer"


class UserInThePast(Refusal):
    """The line has a user from a later day on; what was used by whom stays."""

    code = "lines.refused.user-in-the-past"


class NotTheUser(Refusal):
    """Only who uses a line chooses its warnings."""

    code = "lines.refused.not-the-user"


class CannotSwitchOff(Refusal):
    """The law wants this warning to be sent."""

    code = "lines.refused.cannot-switch-off"


class WrongCap(Refusal):
    """A cap is an amount in euros and cents, not negative, and not beyond what anybody would set."""

    code = "lines.refused.wrong-cap"


class NoSuchControl(Refusal):
    """There is no such ceiling or block, or no such way of saying it."""

    code = "lines.refused.no-such-control"


class NoReasonSaid(Refusal):
    """What was not said on the customer's own pages is written down with its reason."""

    code = "lines.refused.no-reason-said"


def order_line(*, account: Account, kind: str, identifier: str, on: date, at: datetime, actor: str) -> Line:
    """A new line of an account, under the name by which the network will report it. Raises LineTaken, WrongLine."""
    identifier = identifier.strip()
    if kind not in ("internet", "voice", "mobile") or not identifier or len(identifier) > 128:
        raise WrongLine(kind=kind, identifier=identifier)
    with acting_for(account.operator_id):
        if Line.objects.filter(operator_id=account.operator_id, identifier=identifier).exists():
            raise LineTaken(identifier=identifier)
        line = Line.objects.create(
            operator_id=account.operator_id, account=account, kind=kind, identifier=identifier, ordered_on=on
        )
        customers.make_findable(party=account.party, words=(identifier,))
        _audit(line, "order_line", at, actor)
    return line


def give_line(*, line: Line, person: Person, on: date, at: datetime, actor: str) -> LineUser:
    """The person uses the line from a day on; whoever used it until then does no more. Saying it again changes nothing.

    The person has a role for the line's customer on that day. Raises NotOfThisCustomer, UserInThePast.
    """
    with acting_for(line.operator_id):
        locked = Line.objects.select_for_update(of=("self",)).select_related("account").get(pk=line.pk)
        check_user(line=locked, person=person, on=on)
        former = _last_user(locked, on)
        if former is not None and former.to_on is None and former.person_id == person.pk:
            return former
        _end_use(former, on)
        use = LineUser.objects.create(operator_id=locked.operator_id, line=locked, person=person, from_on=on)
        _audit(locked, "give_line", at, actor, person=person.public_id)
    return use


def check_user(*, line: Line, person: Person, on: date) -> None:
    """Whether a person may be given a line on a day. Raises NotOfThisCustomer."""
    with acting_for(line.operator_id):
        if not _belongs(person, line.account.party_id, on):
            raise NotOfThisCustomer(identifier=line.identifier)


def take_line(*, line: Line, on: date, at: datetime, actor: str) -> None:
    """Nobody uses the line any more from a day on: who had it left. Raises UserInThePast."""
    with acting_for(line.operator_id):
        locked = Line.objects.select_for_update().get(pk=line.pk)
        _end_use(_last_user(locked, on), on)
        _audit(locked, "take_line", at, actor)


def choose_notice(
    *, line: Line, person: Person, kind: str, channel: str, wanted: bool, on: date, at: datetime, actor: str
) -> NoticeChoice:
    """Switch a kind of warning on or off for one way of sending (USE-03). Raises NotTheUser, CannotSwitchOff."""
    with acting_for(line.operator_id):
        mine = LineUser.objects.filter(line=line, person=person, from_on__lte=on).exclude(to_on__lte=on)
        if not mine.exists():
            raise NotTheUser(identifier=line.identifier)
        country = Operator.objects.get(pk=line.operator_id).country
        if kind not in notices.KINDS or channel not in notices.CHANNELS:
            raise CannotSwitchOff(kind=kind)
        if not wanted and not notices.may_switch_off(kind, channel, country):
            raise CannotSwitchOff(kind=kind)
        choice = NoticeChoice.objects.create(
            operator_id=line.operator_id, line=line, person=person, kind=kind, channel=channel, wanted=wanted, at=at
        )
        _audit(line, "choose_notice", at, actor, kind=kind, channel=channel, wanted="yes" if wanted else "no")
    return choice


def note_control(
    *,
    line: Line,
    kind: str,
    subject: str,
    on: bool,
    side: str,
    person: Person | None,
    channel: str,
    why: str = "",
    amount: Money | None = None,
    stops: bool = False,
    month: date | None = None,
    at: datetime,
    actor: str,
) -> Control:
    """Write down what was said of a line's spending, from now on: a cap of its own (`amount`, tax included; whether it
    `stops`), an agreement to go on above a ceiling (for the `month` of a day alone, or until it is taken back), or a
    block. `side`: whose word it is; the caller has asked whether that side has a say.

    Raises WrongCap, NoSuchControl, NoReasonSaid.
    """
    known = {controls.CAP: (controls.OWN,), controls.AGREEMENT: controls.CEILINGS, controls.BLOCK: controls.BLOCKS}
    if subject not in known.get(kind, ()) or channel not in controls.CHANNELS:
        raise NoSuchControl()
    if channel != controls.PORTAL and not 3 <= len(why.strip()) <= 200:
        raise NoReasonSaid()
    sets = kind == controls.CAP and on
    if sets and (amount is None or not amount.is_whole_cents or not 0 <= amount.amount <= controls.MOST):
        raise WrongCap(most=Money.of(controls.MOST))
    with acting_for(line.operator_id):
        accounts.lock(line.account)
        made = Control.objects.create(
            operator_id=line.operator_id, line=line, kind=kind, subject=subject, on=on, side=side, person=person,
            channel=channel, why=why.strip()[:200], amount=amount.amount if sets and amount is not None else None,
            stops=sets and stops, month=month.replace(day=1) if month and on else None, at=at, actor=actor,
        )  # fmt: skip
        said = {"kind": kind, "subject": subject, "on": "yes" if on else "no", "side": side, "channel": channel}
        _audit(line, "note_control", at, actor, **said)
    return made


def _belongs(person: Person, party_id: int, on: date) -> bool:
    roles = PartyRole.objects.filter(party_id=party_id, person=person, from_on__lte=on)
    return roles.filter(Q(to_on=None) | Q(to_on__gt=on)).exists()


def _last_user(line: Line, on: date) -> LineUser | None:
    last = LineUser.objects.filter(line=line).order_by("-from_on", "-pk").first()
    if last is not None and last.from_on > on:
        raise UserInThePast(identifier=line.identifier, on=last.from_on)
    return last


def _end_use(former: LineUser | None, on: date) -> None:
    if former is None or (former.to_on is not None and former.to_on <= on):
        return
    former.to_on = on
    former.save(update_fields=["to_on"])


def _audit(line: Line, act: str, at: datetime, actor: str, **detail: str) -> None:
    subject = f"line:{line.public_id}"
    audit.record(operator_id=line.operator_id, at=at, actor=actor, act=act, subject=subject, detail=detail)
