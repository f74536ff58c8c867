"""The life of an embedded server: real servers, each in a folder of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from ligneclaire.adapters.postgres import server as postgres
from ligneclaire.adapters.postgres.server import PORT, CannotStart, EmbeddedServer, NoPostgres


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a short path that the server's user may pass through."""
    made = Path(tempfile.mkdtemp(prefix="lc-pg-"))
    made.chmod(0o711)
    yield made
    if (made / "pg").exists():
        EmbeddedServer(made).stop()
    shutil.rmtree(made)


def ask(server: EmbeddedServer, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(host=str(server.socket), port=PORT, user="postgres", dbname="postgres", autocommit=True) as c:
        cursor = c.execute(statement)  # type: ignore[call-overload]
        return cursor.fetchall() if cursor.description else []


def postmaster(server: EmbeddedServer) -> int:
    return int((server.data / "postmaster.pid").read_text().split()[0])


def test_started_twice_stopped_twice_and_started_again_it_keeps_its_rows(folder: Path) -> None:
    server = EmbeddedServer(folder)
    server.start()
    first = postmaster(server)
    server.start()
    assert postmaster(server) == first
    ask(server, "create table kept as select 17 as n")
    server.stop()
    server.stop()
    assert not (server.data / "postmaster.pid").exists()
    server.start()
    assert ask(server, "select n from kept") == [(17,)]
    assert ask(server, "show data_checksums") == [("on",)]
    assert ask(server, "show listen_addresses") == [("",)]


def test_only_its_own_user_reaches_it(folder: Path) -> None:
    server = EmbeddedServer(folder, durable=False)
    server.start()
    runs_as = pwd.getpwuid(Path(f"/proc/{postmaster(server)}").stat().st_uid).pw_name
    assert runs_as == (server.user or pwd.getpwuid(os.geteuid()).pw_name)
    assert runs_as != "root"
    assert [oct(path.stat().st_mode & 0o777) for path in (server.data, server.socket)] == ["0o700", "0o700"]


def test_after_kill_9_it_starts_with_what_was_committed(folder: Path) -> None:
    server = EmbeddedServer(folder)
    server.start()
    ask(server, "create table kept as select 17 as n")
    os.kill(postmaster(server), signal.SIGKILL)
    server.start()
    assert ask(server, "select n from kept") == [(17,)]


def test_a_stranger_with_the_number_of_the_dead_server_is_not_taken_for_it(folder: Path) -> None:
    server = EmbeddedServer(folder, durable=False)
    server.start()
    note = (server.data / "postmaster.pid").read_text()
    server.stop()
    (server.data / "postmaster.pid").write_text(note.replace(note.split()[0], str(os.getpid()), 1))
    server.start()
    assert ask(server, "select 1") == [(1,)]


def test_two_processes_that_start_it_at_once_share_one_server(folder: Path) -> None:
    code = f"""
from pathlib import Path
from ligneclaire.adapters.postgres.server import EmbeddedServer
EmbeddedServer(Path({str(folder)!r}), durable=False).start()
"""
    both = [subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True) for _ in range(2)]
    assert [(child.communicate()[1], child.returncode) for child in both] == [("", 0), ("", 0)]
    assert ask(EmbeddedServer(folder), "select 1") == [(1,)]


def test_an_initialisation_that_was_killed_is_begun_anew(folder: Path) -> None:
    (folder / "pg.new" / "base").mkdir(parents=True)
    (folder / "pg.new" / "PG_VERSION").write_text("15\n")
    server = EmbeddedServer(folder, durable=False)
    server.start()
    assert ask(server, "select 1") == [(1,)]
    assert not (folder / "pg.new").exists()


def test_data_of_another_major_version_are_refused_by_name(folder: Path) -> None:
    server = EmbeddedServer(folder, durable=False)
    server.start()
    server.stop()
    version = server.data / "PG_VERSION"
    right = version.read_text()
    version.write_text("9\n")
    with pytest.raises(NoPostgres, match=r"were made by PostgreSQL 9\. .*install PostgreSQL 9, or start over"):
        server.start()
    version.write_text(right)
    server.start()


def test_a_socket_path_that_is_too_long_is_refused_before_anything_is_made(folder: Path) -> None:
    deep = folder / ("x" * 100)
    with pytest.raises(CannotStart, match="too long: set LIGNECLAIRE_STATE to a shorter one"):
        EmbeddedServer(deep).start()
    assert not deep.exists()


def test_a_server_that_cannot_start_names_its_log(folder: Path) -> None:
    server = EmbeddedServer(folder, durable=False)
    server.start()
    server.stop()
    with (server.data / "postgresql.conf").open("a") as config:
        config.write("no_such_setting = 1\n")
    with pytest.raises(CannotStart, match=r"server\.log"):
        server.start()
    assert "no_such_setting" in (server.data / "server.log").read_text()


def test_an_unprivileged_user_runs_it_as_itself(folder: Path) -> None:
    def start() -> None:
        server = EmbeddedServer(folder, durable=False)
        server.start()
        assert server.user is None
        assert Path(f"/proc/{postmaster(server)}").stat().st_uid == os.geteuid()
        assert ask(server, "select 1") == [(1,)]
        server.stop()

    if os.geteuid() == 0:
        shutil.chown(folder, "nobody")
        _as_nobody(start)
        shutil.rmtree(folder / "pg")
    else:
        start()


def _as_nobody(act: Callable[[], None]) -> None:
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.setgroups([])
            os.setgid(pwd.getpwnam("nobody").pw_gid)
            os.setuid(pwd.getpwnam("nobody").pw_uid)
            act()
            code = 0
        except BaseException as fault:
            print(repr(fault), file=sys.stderr, flush=True)
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_the_wheel_is_enough_where_debian_has_none(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = [path for path in postgres._candidates() if path.parent.name == "pginstall"]
    assert len(wheel) == 1
    monkeypatch.setattr(postgres, "_candidates", lambda: wheel)
    server = EmbeddedServer(folder, durable=False)
    server.start()
    assert ask(server, "show server_version_num")[0][0].startswith("18")  # type: ignore[attr-defined]
    assert (server.data / "PG_VERSION").read_text() == "18\n"
    monkeypatch.undo()
    server.stop()
    server.start()  # the newest of Debian is another version: the one that made the data is found
    assert ask(server, "select 1") == [(1,)]


def test_programs_that_the_servers_user_cannot_read_are_copied(folder: Path) -> None:
    programs = folder / "closed" / "pginstall" / "bin"
    programs.mkdir(parents=True)
    (programs / "initdb").write_text("program")
    (folder / "closed").chmod(0o700)
    reached = EmbeddedServer(folder)._reachable(programs)
    assert (reached / "initdb").read_text() == "program"
    assert reached.is_relative_to(folder / "closed") == (os.geteuid() != 0)


def test_nothing_installed_is_said_with_what_to_type(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setattr(postgres, "_candidates", list)
    with pytest.raises(NoPostgres, match="apt-get install postgresql"):
        EmbeddedServer(folder).start()
    assert not (folder / "pg").exists()
