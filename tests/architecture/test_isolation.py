"""One operator never sees or touches another's rows: asked over the very connection that the server uses."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime

import psycopg
import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import DatabaseError, connection, transaction

from ligneclaire.adapters.postgres.server import APP_ROLE
from ligneclaire.domains.audit import operations as audit
from ligneclaire.domains.customers.models import Party, Site
from ligneclaire.domains.operators.acting import OtherOperator, acting_for
from ligneclaire.domains.operators.models import LegalEntity, Operator
from ligneclaire.domains.outbox.models import Message
from tests.architecture.test_wall import FACTS, walled

pytestmark = pytest.mark.usefixtures("database")
AT = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def rural() -> int:
    return Operator.objects.get(code="rural").pk


@pytest.fixture
def fleet() -> int:
    return Operator.objects.get(code="fleet").pk


def ask(statement: str, *values: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return list(cursor.fetchall()) if cursor.description else []


def state_of(act: Callable[[], object]) -> str | None:
    """The SQLSTATE with which the database refuses an act, or None when it lets it pass. Nothing stays of it."""
    try:
        with transaction.atomic():
            act()
            transaction.set_rollback(True)
    except (DatabaseError, psycopg.Error) as refused:
        cause = refused if isinstance(refused, psycopg.Error) else refused.__cause__
        return getattr(cause, "sqlstate", None) or type(refused).__name__
    return None


def some_rows(operator_id: int, name: str) -> Party:
    with acting_for(operator_id):
        audit.record(operator_id=operator_id, at=AT, actor="command:test", act="register", subject=f"party:{name}")
        return Party.objects.create(
            operator_id=operator_id,
            number="100",
            kind="household",
            name=name,
            segment="consumer",
            language="fr",
            since=date(2026, 1, 1),
        )


def test_this_is_the_connection_of_the_server() -> None:
    assert ask("select current_user, session_user") == [(APP_ROLE, APP_ROLE)]


def test_the_same_question_gives_each_its_own_rows(rural: int, fleet: int) -> None:
    for operator_id, name in ((rural, "Anna"), (fleet, "Bora")):
        some_rows(operator_id, name)
    tables = ("party", "audit_entry", "legal_entity", "policy_version", "product", "price_version")
    for operator_id, name in ((rural, "Anna"), (fleet, "Bora")):
        with acting_for(operator_id):
            assert ask("select name from party") == [(name,)]
            assert ask("select name from party where operator_id <> %s", operator_id) == []
            for table in tables:
                assert ask(f'select distinct operator_id from "{table}"') == [(operator_id,)], table


def test_without_an_operator_there_are_no_rows_and_none_can_be_added(rural: int) -> None:
    some_rows(rural, "Anna")
    for table in sorted(walled()):
        assert ask(f'select count(*) from "{table}"') == [(0,)], table
        assert state_of(lambda t=table: ask(f'insert into "{t}" (operator_id) values (%s)', rural)) == "42501", table


def test_rows_for_another_operator_are_refused_in_every_table(rural: int, fleet: int) -> None:
    with acting_for(rural):
        states = {
            table: state_of(lambda table=table: ask(f'insert into "{table}" (operator_id) values (%s)', fleet))
            for table in walled()
        }
    assert states == dict.fromkeys(walled(), "42501")


def test_a_row_cannot_be_given_to_another_operator(rural: int, fleet: int) -> None:
    anna = some_rows(rural, "Anna")
    with acting_for(rural):
        assert state_of(lambda: Party.objects.filter(pk=anna.pk).update(operator_id=fleet)) == "42501"
        assert Party.objects.get(pk=anna.pk).operator_id == rural


def test_a_row_of_another_operator_is_neither_changed_nor_deleted(rural: int, fleet: int) -> None:
    anna = some_rows(rural, "Anna")
    with acting_for(fleet):
        assert Party.objects.filter(pk=anna.pk).update(name="X") == 0
        assert Party.objects.filter(pk=anna.pk).delete()[0] == 0
        assert LegalEntity.objects.filter(operator_id=rural).update(iban="X") == 0
    with acting_for(rural):
        assert Party.objects.get(pk=anna.pk).name == "Anna"


def test_facts_are_never_changed_nor_deleted(rural: int) -> None:
    some_rows(rural, "Anna")
    with acting_for(rural):
        for table in sorted(FACTS):
            assert state_of(lambda t=table: ask(f'update "{t}" set operator_id = operator_id')) == "42501", table
            assert state_of(lambda t=table: ask(f'delete from "{t}"')) == "42501", table


def test_a_key_to_a_row_of_another_operator_is_refused(rural: int, fleet: int) -> None:
    some_rows(fleet, "Bora")
    anna = some_rows(rural, "Anna")

    def site_of_anna(operator_id: int) -> Site:
        return Site.objects.create(
            operator_id=operator_id, party_id=anna.pk, street="1 rue", postcode="23500", city="Felletin", country="FR"
        )

    with acting_for(fleet):
        assert state_of(lambda: site_of_anna(fleet)) == "23503"
    with acting_for(rural):
        assert state_of(lambda: site_of_anna(rural)) is None


def test_copy_and_truncate_are_refused_in_every_table(rural: int) -> None:
    def copy_into(table: str) -> None:
        with connection.cursor() as cursor, cursor.copy(f'copy "{table}" from stdin') as copy:  # type: ignore[attr-defined]
            copy.write_row([1])

    with acting_for(rural):
        for table in sorted(walled()):
            assert state_of(lambda t=table: copy_into(t)) == "0A000", table
            assert state_of(lambda t=table: ask(f'truncate "{t}"')) == "42501", table


def test_the_wall_cannot_be_switched_off(rural: int, fleet: int) -> None:
    some_rows(rural, "Anna")

    def without_wall() -> None:
        ask("set local row_security = off")
        ask("select * from party")

    with acting_for(fleet):
        assert state_of(without_wall) == "42501"
        assert state_of(lambda: ask("alter table party disable row level security")) == "42501"
        assert state_of(lambda: ask("set role lc_owner")) == "42501"


def test_one_transaction_acts_for_one_operator(rural: int, fleet: int) -> None:
    some_rows(rural, "Anna")
    with acting_for(rural):
        with pytest.raises(OtherOperator), acting_for(fleet):
            pass
        with acting_for(rural):
            assert [party.name for party in Party.objects.all()] == ["Anna"]
        assert [party.name for party in Party.objects.all()] == ["Anna"]
    assert list(Party.objects.all()) == []


def test_sessions_are_walled_too(rural: int, fleet: int) -> None:
    with acting_for(rural):
        session = SessionStore()
        session["who"] = "Anna"
        session.save()
    key = str(session.session_key)
    with acting_for(fleet):
        assert not SessionStore().exists(key)
        assert SessionStore(key).get("who") is None
        assert ask("select count(*) from django_session") == [(0,)]
    with acting_for(rural):
        assert SessionStore(key)["who"] == "Anna"


def test_a_job_carries_ids_alone(rural: int) -> None:
    """The queue is an open table: what is in it says nothing about anybody."""
    from ligneclaire.interfaces.jobs import tasks

    with acting_for(rural):
        tasks.draft_bill_run.defer(operator_id=rural, run_id=7, actor="aB3")
    ((arguments,),) = ask("select args from procrastinate_jobs")
    assert json.loads(str(arguments)) == {"operator_id": rural, "run_id": 7, "actor": "aB3"}
    assert Message.objects.count() == 0
