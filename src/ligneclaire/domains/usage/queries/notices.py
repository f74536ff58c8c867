"""Alerts that nobody was told of yet, and the proof of those that were told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q

from ligneclaire.domains.outbox.models import Message
from ligneclaire.domains.usage.models import Alert, Counter, Notice
from ligneclaire.domains.usage.rules import spending


@dataclass(frozen=True, slots=True)
class Warned:
    """That a person was warned: of what, by which way, and when the message was taken over (None = waits still)."""

    line_id: int
    month: date
    counter: str
    threshold: int
    used: int
    allowance: int
    event_at: datetime
    person_id: int | None
    channel: str
    outcome: str
    queued_at: datetime | None
    sent_at: datetime | None


def untold(operator_id: int, limit: int) -> list[Alert]:
    """Alerts without any notice, in the order in which they are told: by line, then as their thresholds were reached;
    last those of what lines of an account share.

    For jobs: it sees the whole operator.
    """
    told = Notice.objects.filter(operator_id=operator_id, alert_id=OuterRef("pk"))
    found = Alert.objects.filter(operator_id=operator_id).exclude(Exists(told))
    order = ("line_id", "account_id", "event_at", "counter", "epoch", "threshold")
    return list(found.select_related("line__account__party", "account__party").order_by(*order)[:limit])


Whose = tuple[int | None, int | None, date, str]  # line or account, month, counter


def whose(alert: Alert) -> Whose:
    """What an alert is of."""
    return alert.line_id, alert.account_id, alert.month, alert.counter


def services_of(alerts: Iterable[Alert]) -> dict[Whose, str]:
    """The service that each counter of these alerts counts."""
    alerts = list(alerts)
    lines, months = {one.line_id for one in alerts if one.line_id}, {one.month for one in alerts}
    accounts = {one.account_id for one in alerts if one.account_id}
    found = Counter.objects.filter(
        Q(line_id__in=lines) | Q(line_id=None, group__account_id__in=accounts), group__month__in=months
    )
    named = found.values_list("line_id", "group__account_id", "group__month", "code", "service")
    return {(line, None if line else account, month, code): service for line, account, month, code, service in named}


def sent(line_ids: Iterable[int], months: Iterable[date], until: datetime) -> list[tuple[Alert, datetime]]:
    """For the invoice (W-07): the alerts of these lines and months of which a message had left by an instant, each with
    the moment at which the first one left, in order."""
    notices = Notice.objects.filter(alert__line_id__in=list(line_ids), alert__month__in=list(months))
    keys: dict[str, int] = dict(notices.exclude(message_key="").values_list("message_key", "alert_id"))
    left = Message.objects.filter(dedupe_key__in=list(keys), sent_at__lte=until).order_by("-sent_at")
    first = {keys[key]: at for key, at in left.values_list("dedupe_key", "sent_at") if at}
    found = Alert.objects.filter(pk__in=first).order_by("line_id", "event_at", "counter", "epoch", "threshold")
    return [(one, first[one.pk]) for one in found]


def never_sent(operator_id: int, since: date, until: datetime) -> list[Alert]:
    """Alerts of the ceiling of the law at home that nobody was sent a message of (W-07): of months from that day on,
    raised before an instant. What its readers switched off, as the law lets them, counts as sent. Above a ceiling that
    stops, as abroad, only an agreement lets usage through.

    For jobs: it sees the whole operator.
    """
    left = Message.objects.filter(dedupe_key=OuterRef("message_key"), sent_at__isnull=False)
    told = Notice.objects.filter(alert_id=OuterRef("pk")).exclude(message_key="")
    wanted = Notice.objects.filter(alert_id=OuterRef("pk")).exclude(outcome="switched-off")
    refused = Notice.objects.filter(alert_id=OuterRef("pk"), outcome="switched-off")
    found = Alert.objects.filter(
        operator_id=operator_id, counter=spending.DOMESTIC, threshold=100, month__gte=since, raised_at__lt=until
    )
    found = found.exclude(Exists(told.filter(Exists(left)))).exclude(Exists(refused), ~Exists(wanted))
    return list(found.select_related("line__account__legal_entity").order_by("pk"))


def warned(line_ids: Iterable[int], months: Iterable[date]) -> tuple[Warned, ...]:
    """Who was warned of what on these lines in these months, in the order of the warnings: for the user's page."""
    notices = Notice.objects.filter(alert__line_id__in=list(line_ids), alert__month__in=list(months))
    found = list(notices.select_related("alert").order_by("alert__event_at", "alert__threshold", "pk"))
    keys = [one.message_key for one in found if one.message_key]
    sent = {
        key: (queued, at)
        for key, queued, at in Message.objects.filter(dedupe_key__in=keys).values_list(
            "dedupe_key", "queued_at", "sent_at"
        )
    }
    return tuple(_warned(one, *sent.get(one.message_key, (None, None))) for one in found)


def _warned(notice: Notice, queued_at: datetime | None, sent_at: datetime | None) -> Warned:
    alert = notice.alert
    return Warned(
        alert.line_id, alert.month, alert.counter, alert.threshold, alert.used, alert.allowance, alert.event_at,
        notice.person_id, notice.channel, notice.outcome, queued_at, sent_at,
    )  # fmt: skip
