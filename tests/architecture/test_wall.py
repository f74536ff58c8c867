"""The wall between operators, as the database has it: forced on every table or excused by name."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connections

from ligneclaire.adapters.postgres.server import APP_ROLE
from ligneclaire.domains.operators.models import Key
from ligneclaire.domains.operators.secure import OPEN_TABLES

pytestmark = pytest.mark.usefixtures("database")

# Rows that are only ever inserted: an issued, posted, signed or reported thing is corrected by another row.
FACTS = {
    "audit_entry", "charge", "consent", "contract_event", "dispute", "dispute_answer", "invoice", "invoice_line",
    "invoice_tax", "ledger_entry", "line_control", "notice_choice", "payment", "posting", "private_reminder",
    "promise_step", "server_restart", "session_record", "signed_policy", "termination", "usage_alert",
    "usage_disclosure", "usage_notice",
}  # fmt: skip


IDENTIFY = ["operator_id", "public_id", "user_id", "key"]  # columns that no two operators can share


def ask(statement: str, *values: object) -> list[tuple[object, ...]]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement, values or None)
        return list(cursor.fetchall())


def column(statement: str, *values: object) -> list[object]:
    return [row[0] for row in ask(statement, *values)]


def walled() -> set[str]:
    return set(column("select tablename from pg_tables where schemaname = 'public'")) - OPEN_TABLES.keys()  # type: ignore[arg-type]


def rights(table: str) -> set[object]:
    return set(
        column(
            "select privilege_type from information_schema.table_privileges where grantee = %s and table_name = %s",
            APP_ROLE,
            table,
        )
    )


def test_every_table_is_forced_or_on_the_list() -> None:
    forced = column(
        "select c.relname from pg_class c join pg_policy p on p.polrelid = c.oid "
        "where c.relrowsecurity and c.relforcerowsecurity and p.polname = 'operator_wall' and p.polcmd = '*' "
        "and p.polqual is not null and p.polwithcheck is not null and p.polroles = '{0}'"
    )
    assert set(forced) == walled()
    assert len(forced) > 30


def test_there_is_one_policy_per_table_and_no_view_around_it() -> None:
    assert ask("select polrelid::regclass from pg_policy group by 1 having count(*) > 1") == []
    assert ask("select viewname from pg_views where schemaname = 'public'") == []
    security_definers = "select proname from pg_proc where prosecdef and pronamespace = 'public'::regnamespace"
    assert ask(security_definers) == []


def test_the_list_excuses_only_tables_that_exist() -> None:
    assert OPEN_TABLES.keys() - set(column("select tablename from pg_tables where schemaname = 'public'")) == set()


def test_the_application_has_no_power_beyond_its_rights() -> None:
    powers = "rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication"
    assert ask(f"select {powers} from pg_roles where rolname = %s", APP_ROLE) == [(False,) * 5]
    assert ask("select tablename from pg_tables where tableowner = %s", APP_ROLE) == []
    assert ask("select 1 from pg_auth_members where member = %s::regrole", APP_ROLE) == []
    assert column("select has_schema_privilege(%s, 'public', 'create')", APP_ROLE) == [False]


def test_facts_can_only_be_read_and_added() -> None:
    facts = {table: {"SELECT", "INSERT"} for table in FACTS}
    others = {table: {"SELECT", "INSERT", "UPDATE", "DELETE"} for table in walled() - FACTS}
    assert {table: rights(table) for table in walled()} == facts | others
    assert walled() >= FACTS


def test_open_tables_are_read_only_but_for_the_queue_of_jobs() -> None:
    writable = {t for t in OPEN_TABLES if not t.startswith("procrastinate") and rights(t) - {"SELECT"}}
    assert writable == set()


def test_every_key_is_a_key_of_the_same_operator() -> None:
    """A plain foreign key ignores row security: each must be (operator_id, x) -> (operator_id, id), also where a
    library made it."""
    made = keys_in_the_database()
    declared = {
        (model._meta.db_table, field.remote_field.model._meta.db_table, ("operator_id", field.column))
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, Key)
    }
    plain = {
        (source, target, ("operator_id", columns[0]))
        for source, target, columns in made
        if len(columns) == 1 and {source, target} <= walled()
    }
    assert len(declared) > 40
    assert (declared | plain) - made == set()


def keys_in_the_database() -> set[tuple[str, str, tuple[str, ...]]]:
    """Every foreign key that holds, as (table, table it points to, columns)."""
    return {
        (str(source), str(target), tuple(columns))  # type: ignore[arg-type]
        for source, target, columns in ask(
            "select c.conrelid::regclass::text, c.confrelid::regclass::text, "
            "array(select attname::text from unnest(c.conkey) with ordinality k(n, o) join pg_attribute a "
            "on a.attrelid = c.conrelid and a.attnum = k.n order by o) "
            "from pg_constraint c where contype = 'f' and c.convalidated"
        )
    }


def test_unique_keys_name_the_operator() -> None:
    """Otherwise one operator's rows could refuse, and so betray, another's. Random ids and primary keys may stand, and
    what hangs on a login, which has one operator."""
    loose = ask(
        "select i.indrelid::regclass::text, i.indexrelid::regclass::text from pg_index i "
        "join pg_class c on c.oid = i.indrelid and c.relrowsecurity "
        "where i.indisunique and not i.indisprimary and not exists ("
        "  select 1 from unnest(i.indkey::int[]) k join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k "
        "  where a.attname = any(%s))",
        IDENTIFY,
    )
    assert loose == []
