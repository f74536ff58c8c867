"""Queueing, taking and noting, under the application's own role."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections

from ligneclaire.domains.audit.models import AuditEntry
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.operators.models import Operator
from ligneclaire.domains.outbox import operations as outbox
from ligneclaire.domains.outbox import queries, rules
from ligneclaire.domains.outbox.models import Message
from ligneclaire.domains.outbox.tests.test_rules import READY
from ligneclaire.kernel.scope import Scope

pytestmark = pytest.mark.usefixtures("database")
AT = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def rural() -> int:
    return Operator.objects.get(code="rural").pk


def queue(operator_id: int, key: str = "invoice-ready:aB3", recipient: str = "anna@example.org") -> Message:
    return outbox.queue(
        operator_id=operator_id, dedupe_key=key, channel="mail", recipient=recipient, language="fr",
        template="invoice-ready", params=READY, at=AT,
    )  # fmt: skip


def test_a_second_with_the_same_key_returns_the_first(rural: int) -> None:
    with acting_for(rural):
        first = queue(rural)
    with acting_for(rural):
        again = queue(rural, recipient="other@example.org")
        assert (again.pk, again.recipient) == (first.pk, "anna@example.org")
        assert Message.objects.count() == 1


def test_bulk_leaves_known_keys_alone(rural: int) -> None:
    new = [outbox.NewMessage(f"invoice-ready:{n}", "anna@example.org", "nl", "invoice-ready", READY) for n in range(5)]
    with acting_for(rural):
        outbox.queue_many(operator_id=rural, messages=new[:2], at=AT)
        outbox.queue_many(operator_id=rural, messages=new, at=AT + timedelta(days=1))
        assert (
            list(Message.objects.order_by("id").values_list("queued_at", flat=True))
            == [AT] * 2 + [AT + timedelta(days=1)] * 3
        )


def test_bulk_with_one_wrong_queues_none(rural: int) -> None:
    wrong = outbox.NewMessage("k", "anna@example.org", "nl", "invoice-ready", {"total": "1.00"})
    good = outbox.NewMessage("g", "anna@example.org", "nl", "invoice-ready", READY)
    with acting_for(rural):
        with pytest.raises(outbox.UnknownMessage):
            outbox.queue_many(operator_id=rural, messages=[good, wrong], at=AT)
        assert Message.objects.count() == 0


def test_mails_about_rows_are_queued_in_one_statement(rural: int) -> None:
    values = {name: "'7.00'" if name == "due" else "n" for name in READY}
    letter = outbox.Letter("invoice-ready", "n", "'anna@example.org'", "'nl'", values, "generate_series(3, %(last)s) n")
    with acting_for(rural):
        queue(rural, key="invoice-ready:4")
        outbox.queue_selected(operator_id=rural, letter=letter, known={"last": 5}, at=AT + timedelta(days=1))
        _known, *new = Message.objects.order_by("queued_at", "dedupe_key")
        assert [one.dedupe_key for one in new] == ["invoice-ready:3", "invoice-ready:5"]
        assert new[0].params == {name: "7.00" if name == "due" else "3" for name in READY}
        assert (new[0].recipient, new[0].language, new[0].due_at) == ("anna@example.org", "nl", AT + timedelta(days=1))
        with pytest.raises(outbox.UnknownMessage):
            outbox.queue_selected(operator_id=rural, letter=replace(letter, values={}), known={"last": 5}, at=AT)


def test_what_another_worker_holds_is_skipped(rural: int) -> None:
    with acting_for(rural):
        for n in range(4):
            queue(rural, key=f"invoice-ready:{n}")
    holds, go_on, other = threading.Event(), threading.Event(), []

    def second_worker() -> None:
        with acting_for(rural):
            other.extend(m.dedupe_key for m in outbox.take_due(operator_id=rural, channel="mail", at=AT, limit=2))
            holds.set()
            go_on.wait(timeout=30)
        connections.close_all()

    thread = threading.Thread(target=second_worker)
    thread.start()
    assert holds.wait(timeout=30)
    with acting_for(rural):
        mine = [m.dedupe_key for m in outbox.take_due(operator_id=rural, channel="mail", at=AT, limit=10)]
    go_on.set()
    thread.join()
    assert other == ["invoice-ready:0", "invoice-ready:1"]
    assert mine == ["invoice-ready:2", "invoice-ready:3"]


def test_a_taken_message_is_due_again_only_after_its_lease(rural: int) -> None:
    with acting_for(rural):
        queue(rural)
        assert len(outbox.take_due(operator_id=rural, channel="mail", at=AT, limit=10)) == 1
    with acting_for(rural):
        assert outbox.take_due(operator_id=rural, channel="mail", at=AT + timedelta(minutes=9), limit=10) == []
        assert len(outbox.take_due(operator_id=rural, channel="mail", at=AT + rules.LEASE, limit=10)) == 1


def test_after_the_last_attempt_it_is_given_up_and_shown(rural: int) -> None:
    now = AT
    with acting_for(rural):
        queue(rural)
        for _ in range(rules.MOST_ATTEMPTS):
            (message,) = outbox.take_due(operator_id=rural, channel="mail", at=now, limit=10)
            outbox.mark_failed(message=message, at=now, fault="refused 550")
            now += timedelta(days=2)
        assert outbox.take_due(operator_id=rural, channel="mail", at=now, limit=10) == []
        assert queries.tally(Scope.staff(rural)) == queries.Tally(waiting=0, sent=0, given_up=1)
        assert [m.last_fault for m in queries.given_up(Scope.staff(rural))] == ["refused 550"]
        assert outbox.try_again(operator_id=rural, at=now, actor="command:test") == 1
        assert len(outbox.take_due(operator_id=rural, channel="mail", at=now, limit=10)) == 1
        assert AuditEntry.objects.get(act="try_messages_again").detail == {"messages": 1}


def test_a_message_of_another_operator_is_not_seen(rural: int) -> None:
    fleet = Operator.objects.get(code="fleet").pk
    with acting_for(rural):
        queue(rural)
    with acting_for(fleet):
        assert outbox.take_due(operator_id=fleet, channel="mail", at=AT, limit=10) == []
        assert outbox.take_due(operator_id=rural, channel="mail", at=AT, limit=10) == []
