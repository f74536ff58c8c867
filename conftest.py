"""Every test session starts its own PostgreSQL, migrates one template as the owner, and gives each worker a copy.

Tests commit for real, under the application's own role; what they wrote is deleted by the owner afterwards.
`DATABASE_URL` names another server to test against. Where they live is said in tests/environment.py.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest_plugins = ["tests.browser"]

ROOT = Path(__file__).parent
TEMPLATE = "lc_test_template"
# What operators' folders load stays over a session; everything else is emptied after each test that used the database.
REFERENCE = {"operator", "legal_entity", "policy_version", "product", "price_version",
             "rate_deck", "usage_terms", "django_migrations",
             "django_content_type", "auth_permission", "auth_group", "auth_group_permissions"}  # fmt: skip


def pytest_unconfigure(config: pytest.Config) -> None:
    if os.environ.get("LC_TEST_CONTROLLER") != str(os.getpid()):
        return
    from ligneclaire.adapters.postgres import roles

    if server := roles.embedded_server():
        server.stop()
    else:
        roles.drop(TEMPLATE)
    shutil.rmtree(os.environ.pop("LC_TEST_FOLDER"), ignore_errors=True)


@pytest.fixture(scope="session")
def template_database() -> str:
    """The migrated database with the demo operators, made once by whoever comes first."""
    import fcntl

    made = Path(os.environ["LC_TEST_FOLDER"]) / "template-made"
    with open(os.environ["LC_TEST_FOLDER"] + "/lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            from ligneclaire.adapters.postgres import roles

            roles.drop(TEMPLATE) if not roles.embedded_server() else None
            env = {**os.environ, "LIGNECLAIRE_DATABASE": TEMPLATE}
            env.pop("LIGNECLAIRE_OPERATORS", None)  # whoever comes first may try other policies: all copy this one
            prepare = [sys.executable, "-m", "tests.template"]
            done = subprocess.run(prepare, env=env, capture_output=True, text=True, cwd=ROOT, check=False)
            if done.returncode:
                pytest.exit(f"the test database could not be made:\n{done.stdout}{done.stderr}", 3)
            made.touch()
    return TEMPLATE


@pytest.fixture(scope="session")
def django_db_setup(template_database: str, django_db_blocker) -> Iterator[None]:
    from django.db import connections

    from ligneclaire.adapters.postgres import roles

    name = os.environ["LIGNECLAIRE_DATABASE"]
    roles.copy(template_database, name)
    with django_db_blocker.unblock():
        yield
        connections.close_all()
    roles.drop(name)


@pytest.fixture
def database(django_db_setup: None) -> Iterator[None]:
    """The real database with the three demo operators and no customers. Commits are real."""
    yield
    from django.db import connections

    connections["default"].close()
    _empty(connections["owner"])


def _empty(owner: Any) -> None:
    """What a test wrote goes, and numbers begin again. Rows are deleted, in one statement since keys are checked at
    its end: truncating every table costs fifteen times as much, and is left for those who wrote much."""
    with owner.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = sorted({name for (name,) in cursor.fetchall()} - REFERENCE)
        counts = "SELECT '{0}', count(*) FROM (SELECT 1 FROM \"{0}\" LIMIT 1001) AS few"
        cursor.execute(" UNION ALL ".join(counts.format(name) for name in tables))
        sizes = {name: rows for name, rows in cursor.fetchall() if rows}
        if max(sizes.values(), default=0) > 1000:
            # CASCADE is safe: no reference table points to any other table.
            cursor.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE")
            return
        if sizes:
            delete = '"{0} gone" AS (DELETE FROM "{0}")'
            cursor.execute(f"WITH {', '.join(delete.format(name) for name in sizes)} SELECT 1")
        cursor.execute("SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL")
        for (name,) in cursor.fetchall():
            if name.removesuffix("_id_seq") not in REFERENCE:
                cursor.execute("SELECT setval(%s::regclass, 1, false)", [f'"{name}"'])


@pytest.fixture
def own_database(template_database: str) -> Iterator[str]:
    """The name of a fresh copy, for a test that publishes policies, or that runs other processes to kill them."""
    from ligneclaire.adapters.postgres import roles

    name = f"{os.environ['LIGNECLAIRE_DATABASE']}_own"
    roles.copy(template_database, name)
    yield name
    roles.drop(name)
