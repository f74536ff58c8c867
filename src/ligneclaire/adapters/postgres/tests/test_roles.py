"""Roles and databases: prepared by several at once, and on a server of somebody else's."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from ligneclaire.adapters.postgres import roles
from ligneclaire.adapters.postgres.server import APP_ROLE, OWNER_ROLE, PORT, EmbeddedServer

PREPARE = [sys.executable, "-m", "ligneclaire.interfaces.jobs.main", "database", "prepare"]

ASK_DJANGO = """
import django
django.setup()
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("select current_user, current_setting('application_name')")
    print(cursor.fetchone())
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="lc-pg-"))
    made.chmod(0o711)
    yield made
    for cluster in (*made.glob("*/pg"), *made.glob("*/*/pg")):
        EmbeddedServer(cluster.parent).stop()
    shutil.rmtree(made)


@pytest.mark.parametrize(
    ("name", "url", "kept_in"),
    [
        ("", "", "files"),
        ("ligneclaire", "", "files"),
        ("trial", "", "files-trial"),
        ("", "postgresql://boss@db.example/ligneclaire", "files"),
        ("", "postgresql://boss@db.example/telecom", "files-telecom"),
        ("trial", "postgresql://boss@db.example/telecom", "files-trial"),
    ],
)
def test_each_database_has_files_of_its_own(monkeypatch: pytest.MonkeyPatch, name: str, url: str, kept_in: str) -> None:
    for variable, value in (("LIGNECLAIRE_DATABASE", name), ("DATABASE_URL", url), ("LIGNECLAIRE_STATE", "/srv/lc")):
        monkeypatch.setenv(variable, value)
    assert roles.files_folder() == Path("/srv/lc") / kept_in


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LIGNECLAIRE_", "DATABASE_"))}
    return {**kept, "LIGNECLAIRE_DURABLE": "0", **more}


def test_two_that_prepare_at_once_both_succeed_and_again(folder: Path) -> None:
    """Also under a umask that would shut the server's user out."""
    state = folder / "deep" / "state"
    env = environment(LIGNECLAIRE_STATE=str(state))
    both = [subprocess.Popen(PREPARE, env=env, umask=0o077, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    assert [(child.communicate()[1], child.returncode) for child in both] == [("", 0), ("", 0)]
    again = subprocess.run(PREPARE, env=env, capture_output=True, text=True, check=False)
    assert (again.stderr, again.returncode) == ("", 0)
    server = EmbeddedServer(state)
    with psycopg.connect(host=str(server.socket), port=PORT, user=APP_ROLE, dbname="ligneclaire") as app:
        assert app.execute("select count(*) from operator").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("truncate operator")


@pytest.mark.soak
def test_another_server_by_its_address_with_passwords(folder: Path) -> None:
    """DATABASE_URL names an administrator of a server that asks for passwords; the rest is made there."""
    server = EmbeddedServer(folder / "theirs", durable=False)
    (folder / "theirs").mkdir(mode=0o711)
    server.start()
    place = {"host": str(server.socket), "port": PORT}
    with psycopg.connect(**place, user="postgres", dbname="postgres", autocommit=True) as admin:
        admin.execute(sql.SQL("create role boss login superuser password {}").format(sql.Literal("s3cret?&")))
        (server.data / "pg_hba.conf").write_text("local all postgres trust\nlocal all all scram-sha-256\n")
        admin.execute("select pg_reload_conf()")
    url = f"postgresql://boss:s3cret%3F%26@/telecom?host={server.socket}&port={PORT}&application_name=lc-test"
    env = environment(LIGNECLAIRE_STATE=str(folder / "state"), DATABASE_URL=url)
    done = subprocess.run(PREPARE, env=env, capture_output=True, text=True, check=False)
    assert (done.stderr, done.returncode) == ("", 0)
    assert not (folder / "state" / "pg").exists()
    for role in (APP_ROLE, OWNER_ROLE):
        secret = folder / "state" / f"{role}.password"
        assert oct(secret.stat().st_mode & 0o777) == "0o600"
        with psycopg.connect(**place, user=role, password=secret.read_text(), dbname="telecom") as known:
            assert known.execute("select count(*) from operator").fetchone() == (0,)
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(**place, user=role, password="wrong", dbname="telecom")
    env["DJANGO_SETTINGS_MODULE"] = "ligneclaire.config.settings"
    asked = subprocess.run([sys.executable, "-c", ASK_DJANGO], env=env, capture_output=True, text=True, check=True)
    assert asked.stdout == f"('{APP_ROLE}', 'lc-test')\n"
