"""Warnings of usage become messages: to the user of the line and to the company's managers, once each (USE-01, W-21).
Of what lines share only the managers hear.

Of a line with split bill a manager hears of the bundles, which the employer pays, and never of spending (FMP-11).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from ligneclaire.domains.contracts import queries as contracts
from ligneclaire.domains.customers import queries as customers
from ligneclaire.domains.customers.models import Person
from ligneclaire.domains.lines import queries as lines
from ligneclaire.domains.lines.rules import notices
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.operators.models import Operator
from ligneclaire.domains.outbox import operations as outbox
from ligneclaire.domains.outbox.operations import NewMessage
from ligneclaire.domains.usage.models import Alert
from ligneclaire.domains.usage.operations import notices as usage_notices
from ligneclaire.domains.usage.operations.notices import NOBODY, QUEUED, SWITCHED_OFF, Told
from ligneclaire.domains.usage.queries import controls as caps
from ligneclaire.domains.usage.queries import notices as alerts
from ligneclaire.domains.usage.rules import pools, spending
from ligneclaire.domains.usage.rules.spending import DOMESTIC, OWN, ROAMING, WORLD
from ligneclaire.journeys import formats
from ligneclaire.kernel import texts

BATCH = 500
SPENDING: Mapping[str, str] = {
    DOMESTIC: notices.BILL_SHOCK, OWN: notices.BILL_SHOCK, ROAMING: notices.ROAMING, WORLD: notices.ROAMING,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Known:
    """What the alerts of one batch need to know, read at once."""

    operator: Operator
    services: Mapping[alerts.Whose, str]
    centres: Mapping[int, str]
    split: frozenset[tuple[int, date]]
    users: Mapping[int, tuple[tuple[date, date | None, Person], ...]]
    choices: Mapping[tuple[int, int], Mapping[notices.Choice, bool]]
    managers: dict[int, tuple[tuple[date, date | None, Person], ...]]
    warning: frozenset[str]  # counters of own caps that stop nothing

    def at(self, alert: Alert) -> datetime:
        """The local moment at which the threshold was reached."""
        return alert.event_at.astimezone(ZoneInfo(self.operator.timezone)).replace(microsecond=0)

    def user(self, alert: Alert) -> Person | None:
        """Who used the line on that day."""
        on = self.at(alert).date()
        used = self.users.get(alert.line_id, ()) if alert.line_id else ()
        return next((person for start, end, person in used if start <= on and (end is None or on < end)), None)

    def managers_of(self, alert: Alert) -> tuple[Person, ...]:
        """Who manages the lines of the company on that day; read once for each company."""
        company, on = (alert.account or alert.line.account).party_id, self.at(alert).date()
        if company not in self.managers:
            self.managers[company] = customers.managers_ever(company)
        return tuple(one for start, end, one in self.managers[company] if start <= on and (end is None or on < end))


def warn(*, operator_id: int, at: datetime) -> int:
    """Queue the messages of all alerts that nobody was told of yet; how many alerts there were. Running it again, or
    twice at once, tells nobody twice."""
    many = 0
    while True:
        with acting_for(operator_id):
            found = alerts.untold(operator_id, BATCH)
            known = _known(operator_id, found)
            messages, told = _decide(found, known)
            outbox.queue_many(operator_id=operator_id, messages=messages, at=at)
            usage_notices.note_notices(operator_id=operator_id, told=told, at=at)
        many += len(found)
        if len(found) < BATCH:
            return many


def kind_of(counter: str, threshold: int) -> str:
    """Which kind of warning an alert is, as its reader can switch it: a bundle that is used up is the law's concern."""
    return SPENDING.get(spending.ceiling_of(counter)) or (notices.BILL_SHOCK if threshold >= 100 else notices.BUNDLE)


def _known(operator_id: int, found: list[Alert]) -> _Known:
    ids = {one.line_id for one in found if one.line_id}
    centres = {number for one in found if (number := pools.centre_of(one.counter))}
    split = frozenset(
        (line, month) for month in {one.month for one in found} for line in contracts.split_of_lines(ids, month)
    )
    operator = Operator.objects.get(pk=operator_id)
    return _Known(
        operator, alerts.services_of(found), customers.cost_centre_names(centres), split, lines.users_of(ids),
        lines.choices_on(ids), {}, caps.that_warn({one.counter for one in found}),
    )  # fmt: skip


def _decide(found: Iterable[Alert], known: _Known) -> tuple[list[NewMessage], list[Told]]:
    messages: list[NewMessage] = []
    told: list[Told] = []
    for alert in found:
        before = len(told)
        for person, is_user in _readers(alert, known):
            for message, one in _ways(alert, person, known, is_user=is_user):
                messages += [message] if message else []
                told.append(one)
        if len(told) == before:
            told.append(Told(alert.pk, None, "", NOBODY))
    return messages, told


def _readers(alert: Alert, known: _Known) -> Iterator[tuple[Person, bool]]:
    """The user first, then the managers; somebody who is both is told once."""
    user = known.user(alert)
    if user is not None:
        yield user, True
    if spending.ceiling_of(alert.counter) and (alert.line_id, alert.month) in known.split:
        return
    for manager in known.managers_of(alert):
        if user is None or manager.pk != user.pk:
            yield manager, False


def _ways(alert: Alert, person: Person, known: _Known, *, is_user: bool) -> Iterator[tuple[NewMessage | None, Told]]:
    """Each way of reaching a person: a message, or the note that the person switched it off."""
    kind = kind_of(alert.counter, alert.threshold)
    choices = known.choices.get((alert.line_id, person.pk), {}) if alert.line_id else {}
    wanted = notices.channels_of(kind, choices, known.operator.country)
    for channel in notices.CHANNELS:
        address = person.email if channel == notices.MAIL else _phone(alert, person, is_user=is_user)
        if not address:
            continue
        if channel not in wanted:
            yield None, Told(alert.pk, person.pk, channel, SWITCHED_OFF)
            continue
        key = f"alert:{alert.pk}:{person.public_id}:{channel}"
        template, params = _words(alert, known, person.language, is_user=is_user)
        yield (
            NewMessage(key, address, person.language, template, params, channel),
            Told(alert.pk, person.pk, channel, QUEUED, key),
        )


def _phone(alert: Alert, person: Person, *, is_user: bool) -> str:
    """The SMS of a mobile line's user goes to that line itself."""
    if is_user and alert.line.kind == "mobile":
        return _e164(alert.line.identifier)
    return person.phone


def _e164(identifier: str) -> str:
    return identifier if identifier.startswith("+") else f"+{identifier}" if identifier.isdigit() else ""


def _words(alert: Alert, known: _Known, lang: str, *, is_user: bool) -> tuple[str, dict[str, str]]:
    state = {
        "line": _whose(alert, known, lang),
        "at": known.at(alert).isoformat(),
        "month": f"{alert.month:%Y-%m}",
    }
    if ceiling := spending.ceiling_of(alert.counter):
        amount = Decimal(alert.allowance) * alert.threshold / 100
        limits = {"amount": _euro(amount), "limit": _euro(alert.allowance), "page": _page(alert, is_user=is_user)}
        return "spend-alert", state | limits | {"kind": ceiling, "level": _level(alert, known)}
    service = known.services.get(alerts.whose(alert), "data")
    used = min(alert.used, alert.allowance)
    return "bundle-alert", state | {
        "service": service,
        "threshold": str(alert.threshold),
        "used": formats.quantity(used, service, lang),
        "allowance": formats.quantity(alert.allowance, service, lang),
    }


def _whose(alert: Alert, known: _Known, lang: str) -> str:
    """The number of the line; of what lines share whose it is."""
    if alert.line:
        return formats.phone(_e164(alert.line.identifier) or alert.line.identifier, known.operator.country)
    centre = known.centres.get(pools.centre_of(alert.counter) or 0, "")
    return texts.say("outbox.shared.centre" if centre else "outbox.shared.all", lang, {"centre": centre})


def _page(alert: Alert, *, is_user: bool) -> str:
    """Where the reader sees the limits of the line, and how to go on."""
    line = alert.line.public_id if alert.line else ""
    return f"/usage/{line}/limits/" if is_user else f"/fleet/lines/{line}/limits"


def _level(alert: Alert, known: _Known) -> str:
    """At home one warning; abroad one before the limit, one at it and one further on (L-EU-02); of a line's own cap one
    before it and one at it, which stops or warns alone."""
    if alert.counter == DOMESTIC or alert.threshold == 100:
        return "warns" if alert.counter in known.warning else "limit"
    return "warning" if alert.threshold < 100 else "reminder"


def _euro(micro: Decimal | int) -> str:
    return f"{Decimal(micro).scaleb(-6):.2f}"
