"""A backup restored into an empty cluster is the same installation; what is damaged is refused before any change."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import psycopg
import pytest
from tests import cast

from ligneclaire.adapters.postgres import backup, roles
from ligneclaire.adapters.postgres.server import APP_ROLE, OWNER_ROLE, PORT, EmbeddedServer, state_folder
from ligneclaire.domains.billing.tests.runs import JULY, bill, invoices
from ligneclaire.domains.customers import operations as customers
from ligneclaire.domains.usage import operations as usage
from ligneclaire.domains.usage.models import Group, Segment
from ligneclaire.domains.usage.tests import mobile, usage_files

pytestmark = pytest.mark.usefixtures("database")
FORCED = "select relname from pg_class where relrowsecurity and relforcerowsecurity order by 1"
RIGHTS = (
    "select table_name, privilege_type from information_schema.table_privileges "
    f"where grantee = '{APP_ROLE}' and table_schema = 'public' order by 1, 2"
)


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="lc-bk-"))
    made.chmod(0o711)
    yield made
    if (made / "new" / "pg").exists():
        EmbeddedServer(made / "new").stop()
    shutil.rmtree(made)


def ligneclaire(*arguments: object, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ligneclaire.interfaces.jobs.main", *map(str, arguments)]
    return subprocess.run(command, env={**os.environ, **env}, capture_output=True, text=True, check=False)


def elsewhere(folder: Path) -> dict[str, str]:
    """Another installation, whose cluster does not exist yet."""
    return {"LIGNECLAIRE_STATE": str(folder / "new"), "LIGNECLAIRE_DATABASE": "restored", "DATABASE_URL": ""}


def inside(folder: Path, role: str) -> psycopg.Connection[tuple[object, ...]]:
    socket = EmbeddedServer(folder / "new").socket
    return psycopg.connect(host=str(socket), port=PORT, user=role, dbname="restored", autocommit=True)


def test_a_restored_installation_is_the_same(folder: Path) -> None:
    anna, bora = cast.anna(), cast.bora()
    document = roles.files_folder() / "ab" / "document.pdf"
    document.parent.mkdir(parents=True, exist_ok=True)
    document.write_bytes(b"kept by hash")

    made = ligneclaire("backup", folder / "kept")
    assert (made.stderr, made.returncode) == ("", 0)
    restored = ligneclaire("restore", folder / "kept", **elsewhere(folder))
    assert (restored.stderr, restored.returncode) == ("", 0)

    with psycopg.connect(**roles.connection(OWNER_ROLE)) as here, inside(folder, OWNER_ROLE) as there:
        assert backup.digests(here) == backup.digests(there)  # type: ignore[arg-type]
        assert here.execute(FORCED).fetchall() == there.execute(FORCED).fetchall() != []
        assert here.execute(RIGHTS).fetchall() == there.execute(RIGHTS).fetchall() != []
    with inside(folder, APP_ROLE) as app:
        assert app.execute("select count(*) from party").fetchone() == (0,)
        for customer in (anna, bora):
            app.execute("select set_config('lc.operator', %s, false)", [str(customer.operator.pk)])
            assert app.execute("select public_id from party").fetchall() == [(customer.party.public_id,)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("update contract_event set kind = ''")
    assert (folder / "new" / "files-restored" / "ab" / "document.pdf").read_bytes() == b"kept by hash"
    assert not list((folder / "kept").glob("*password*"))


READ = """
import sys
import django
django.setup()
from django.test import Client
host, login, password, address = sys.argv[1:]
reader = Client(HTTP_HOST=host)
reader.post("/sign-in/", {"login": login, "password": password})
answer = reader.get(address)
print(answer.status_code, answer.content.decode())
"""


def test_an_invoice_opens_in_the_restored_installation(folder: Path) -> None:
    anna = cast.anna()
    with anna.acting():
        at = cast.moment(date(2026, 6, 3))
        customers.give_login(person=anna.person, password=cast.PASSWORD, at=at, actor=cast.ACTOR)
    bill(anna.operator, JULY)
    (invoice,) = invoices(anna.operator)
    assert ligneclaire("backup", folder / "kept").returncode == 0
    assert ligneclaire("restore", folder / "kept", **elsewhere(folder)).returncode == 0

    env = {**os.environ, **elsewhere(folder), "DJANGO_SETTINGS_MODULE": "ligneclaire.config.settings"}
    asked = [anna.operator.host, "anna@example.org", cast.PASSWORD, f"/invoices/{invoice.public_id}/"]
    read = subprocess.run([sys.executable, "-c", READ, *asked], env=env, capture_output=True, text=True, check=True)
    status, page = read.stdout.split(" ", 1)
    assert status == "200"
    assert invoice.number in page
    assert "87,84" in page


def test_nothing_is_restored_over_something(folder: Path) -> None:
    ligneclaire("backup", folder / "kept")
    again = ligneclaire("restore", folder / "kept")
    assert again.returncode == 2
    assert "is not empty: restore into a new one" in again.stderr


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda kept: (kept / "database.dump").write_bytes(b"x"), "database.dump is not what was backed up"),
        (lambda kept: (kept / "database.dump").unlink(), "database.dump is missing"),
        (lambda kept: (kept / "manifest.json").write_text("{"), "cannot be read"),
        (lambda kept: (kept / "manifest.json").unlink(), "there is no backup"),
    ],
)
def test_a_damaged_backup_is_refused_before_any_change(folder: Path, damage, said: str) -> None:  # type: ignore[no-untyped-def]
    ligneclaire("backup", folder / "kept")
    damage(folder / "kept")
    refused = ligneclaire("restore", folder / "kept", **elsewhere(folder))
    assert refused.returncode == 2
    assert said in refused.stderr
    assert not (folder / "new" / "pg").exists()


def test_a_backup_never_replaces_one_and_leaves_no_half(folder: Path) -> None:
    assert ligneclaire("backup", folder / "kept").returncode == 0
    again = ligneclaire("backup", folder / "kept")
    assert (again.returncode, "exists already" in again.stderr) == (2, True)
    failed = ligneclaire("backup", folder / "other", LIGNECLAIRE_DATABASE="there_is_none")
    assert failed.returncode == 2
    assert sorted(path.name for path in folder.iterdir()) == ["kept"]


def test_a_table_that_differs_after_the_restore_is_named(folder: Path) -> None:
    ligneclaire("backup", folder / "kept")
    manifest = folder / "kept" / "manifest.json"
    text = manifest.read_text()
    manifest.write_text(text.replace('"operator": "3:', '"operator": "4:'))
    wrong = ligneclaire("restore", folder / "kept", **elsewhere(folder))
    assert wrong.returncode == 2
    assert "these tables differ from the backup: operator" in wrong.stderr


def usage_in(folder: Path) -> tuple[mobile.Fleet, Path]:
    """Two calls that were taken in and billed, and the file that holds them."""
    fleet = mobile.fleet()
    path = usage_files.csv(folder, [usage_files.call(1), usage_files.call(2, line=mobile.NORA)])
    usage.take_in_usage_file(operator_id=fleet.operator_id, path=path, at=mobile.AT, actor=cast.ACTOR)
    with fleet.customer.acting():
        Group.objects.update(closed_at=mobile.AT)
        return fleet, roles.files_folder() / "usage" / Segment.objects.get().path


READ_USAGE = """
import sys
import django
django.setup()
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.usage import store
from ligneclaire.domains.usage.tests import mobile
operator, account = map(int, sys.argv[1:])
with acting_for(operator):
    print(mobile.keys(store.records(operator, account, mobile.MARCH)))
"""


def test_usage_files_are_kept_as_listed_and_what_was_erased_since_stays_erased(folder: Path) -> None:
    fleet, listed = usage_in(folder)
    stray = listed.with_name("stray.parquet")
    stray.write_bytes(b"nobody lists it")
    assert ligneclaire("backup", folder / "kept").returncode == 0
    copy = folder / "kept" / "files" / "usage" / listed.relative_to(listed.parents[2])
    assert copy.read_bytes() == listed.read_bytes()
    assert not list((folder / "kept").rglob("stray.parquet"))
    stray.unlink()

    days = {"from_on": date(2026, 3, 1), "to_on": date(2026, 4, 1)}
    asked = {"operator_id": fleet.operator_id, "line_id": fleet.bram.pk, "actor": "eva"}
    assert usage.erase_line(**asked, **days, at=mobile.AT + timedelta(days=200)) == 1
    journal = state_folder() / "erasures.jsonl"
    restored = ligneclaire("restore", folder / "kept", "--erasures", journal, **elsewhere(folder))
    assert (restored.stderr, restored.returncode) == ("", 0)
    assert "1 usage records were erased again" in restored.stdout
    env = {**os.environ, **elsewhere(folder), "DJANGO_SETTINGS_MODULE": "ligneclaire.config.settings"}
    asked_of = [sys.executable, "-c", READ_USAGE, str(fleet.operator_id), str(fleet.account_id)]
    read = subprocess.run(asked_of, env=env, capture_output=True, text=True, check=True)
    assert read.stdout == "['msc1/2 2026-03-04 12:00:00']\n"


def test_a_restore_says_what_it_could_not_erase_again(folder: Path) -> None:
    fleet, _listed = usage_in(folder)
    with fleet.customer.acting():
        Group.objects.create(operator_id=fleet.operator_id, account_id=fleet.account_id, month=date(2026, 4, 1))
    assert ligneclaire("backup", folder / "kept").returncode == 0
    early = {"operator": "rural", "line": fleet.nora.public_id, "from": "2026-04-02", "to": "2026-04-03"}
    journal = folder / "later.jsonl"
    journal.write_text(json.dumps(early) + "\n")
    restored = ligneclaire("restore", folder / "kept", "--erasures", journal, **elsewhere(folder))
    assert restored.returncode == 2
    assert restored.stderr.count("\n") == 1
    assert "2026-04" in restored.stderr
    assert "restored: " in restored.stdout
    assert json.loads((folder / "new" / "erasures.jsonl").read_text()) == early


@pytest.mark.parametrize("damage", ["gone", "changed"])
def test_a_damaged_usage_file_is_found_by_the_backup(folder: Path, damage: str) -> None:
    _fleet, listed = usage_in(folder)
    listed.unlink() if damage == "gone" else listed.write_bytes(listed.read_bytes()[:-1])
    made = ligneclaire("backup", folder / "kept")
    assert made.returncode == 2
    assert listed.name in made.stderr
    assert not (folder / "kept").exists()
