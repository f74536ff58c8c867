"""A real FreeRADIUS for tests: a process of the test, in its own folder, at its own port, as whoever runs the test.

It writes a detail file, and fills a table radacct when it is told where. `radclient` speaks for the access server.
"""

from __future__ import annotations

import os
import select
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

import pytest

from tests import programs

SECRET = "between-the-test-and-its-server"
ATTEMPTS = 3  # another program may take the port before FreeRADIUS does
PATIENCE = 20  # seconds until it is ready
TEXTS = {"User-Name", "Acct-Session-Id", "NAS-Identifier", "Connect-Info"}

CONFIGURATION = """
prefix = /usr
name = radiusd
libdir = /usr/lib/freeradius
logdir = {folder}
run_dir = {folder}
hostname_lookups = no
log {{ destination = stdout }}
security {{ allow_vulnerable_openssl = yes }}
thread pool {{ start_servers = 1, max_servers = 2, min_spare_servers = 1, max_spare_servers = 2 }}
client test {{
  ipaddr = 127.0.0.1
  secret = {secret}
}}
modules {{
  detail {{
    filename = {folder}/detail
    permissions = 0600
  }}
  {sql}
}}
server default {{
  listen {{ type = acct, ipaddr = 127.0.0.1, port = {port} }}
  preacct {{ }}
  accounting {{
    detail
    {use_sql}
  }}
}}
"""

# What Debian's queries do to the columns that are read, for the records that a test sends.
SQL = """
  sql {{
    driver = rlm_sql_postgresql
    dialect = postgresql
    radius_db = "{conninfo}"
    event = "to_timestamp(%{{%{{integer:Event-Timestamp}}:-%l}})"
    unique = "%{{NAS-IP-Address}}/%{{Acct-Session-Id}}"
    input = "(%{{%{{Acct-Input-Gigawords}}:-0}}::bigint << 32) + %{{%{{Acct-Input-Octets}}:-0}}::bigint"
    output = "(%{{%{{Acct-Output-Gigawords}}:-0}}::bigint << 32) + %{{%{{Acct-Output-Octets}}:-0}}::bigint"
    pool {{ start = 1, min = 1, max = 2, spare = 1, uses = 0, lifetime = 0, idle_timeout = 60 }}
    accounting {{
      reference = "type.%{{Acct-Status-Type}}.query"
      type {{
        Start {{ query = "INSERT INTO radacct (acctsessionid, acctuniqueid, username, nasipaddress, acctstarttime, \\
acctupdatetime, acctsessiontime, acctinputoctets, acctoutputoctets) VALUES ('%{{Acct-Session-Id}}', \\
'${{....unique}}', '%{{User-Name}}', '%{{NAS-IP-Address}}', ${{....event}}, ${{....event}}, 0, 0, 0)" }}
        Interim-Update {{ query = "UPDATE radacct SET acctupdatetime = ${{....event}}, \\
acctsessiontime = %{{Acct-Session-Time}}, acctinputoctets = ${{....input}}, acctoutputoctets = ${{....output}} \\
WHERE acctuniqueid = '${{....unique}}'" }}
        Stop {{ query = "UPDATE radacct SET acctupdatetime = ${{....event}}, acctstoptime = ${{....event}}, \\
acctsessiontime = %{{Acct-Session-Time}}, acctinputoctets = ${{....input}}, acctoutputoctets = ${{....output}} \\
WHERE acctuniqueid = '${{....unique}}'" }}
      }}
    }}
  }}
"""


class FreeRadius:
    """The server, running inside `with`. `database`: libpq parameters of the database that holds radacct."""

    def __init__(self, folder: Path, *, database: Mapping[str, object] | None = None, zone: str = "UTC") -> None:
        missing = [name for name in ("freeradius", "radclient") if shutil.which(name, path=programs.path()) is None]
        if database and not Path("/usr/lib/freeradius/rlm_sql_postgresql.so").exists():
            missing.append("rlm_sql_postgresql")
        if missing:
            packages = "freeradius freeradius-utils freeradius-postgresql"
            pytest.fail(f"{' and '.join(missing)} missing, type:  sudo apt-get install {packages}", pytrace=False)
        self.folder, self.database, self.zone = folder, database, zone
        self.detail = folder / "detail"

    def __enter__(self) -> FreeRadius:
        self.folder.mkdir(mode=0o700, exist_ok=True)
        for attempt in range(ATTEMPTS):
            (self.port,) = programs.free_ports()
            self._write_configuration()
            self.process = subprocess.Popen(
                ["freeradius", "-f", "-l", "stdout", "-d", str(self.folder), "-n", "radiusd"],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=self.folder,
                env={"PATH": programs.path(), "TZ": self.zone, "LC_ALL": "C"},
            )  # fmt: skip
            said = self._wait_until_ready()
            if self.process.poll() is None:
                return self
            if "in use" not in said or attempt == ATTEMPTS - 1:
                pytest.fail(f"FreeRADIUS does not start:\n{said}", pytrace=False)
        raise AssertionError("unreachable")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.terminate()
        self.process.communicate(timeout=PATIENCE)

    def send(self, *records: Mapping[str, object]) -> None:
        """Send accounting, one record after the other, and wait for each answer. Integers for Event-Timestamp."""
        texts = [
            ", ".join(f'{name} = "{value}"' if name in TEXTS else f"{name} = {value}" for name, value in record.items())
            for record in records
        ]
        command = ["radclient", "-r", "5", "-t", "2", "-p", "1", f"127.0.0.1:{self.port}", "acct", SECRET]
        done = subprocess.run(
            command, input="\n\n".join(texts) + "\n", capture_output=True, text=True, check=False,
            env={"PATH": programs.path(), "TZ": "UTC", "LC_ALL": "C.UTF-8"},
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout.count("Received Accounting-Response") == len(records)
        assert self.process.poll() is None

    def is_ours(self) -> bool:
        """Whether the process that the test started still runs, in the test's own folder."""
        told = Path(f"/proc/{self.process.pid}/cmdline").read_bytes().split(b"\0")
        return self.process.poll() is None and str(self.folder).encode() in told

    def _write_configuration(self) -> None:
        conninfo = " ".join(
            f"{name}={value}" for name, value in (self.database or {}).items() if value not in (None, "")
        )
        text = CONFIGURATION.format(
            folder=self.folder, secret=SECRET, port=self.port,
            sql=SQL.format(conninfo=conninfo) if self.database else "", use_sql="sql" if self.database else "",
        )  # fmt: skip
        path = self.folder / "radiusd.conf"
        path.write_text(text)
        path.chmod(0o600)

    def _wait_until_ready(self) -> str:
        assert self.process.stdout is not None
        said = b""
        while b"Ready to process requests" not in said:
            ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
            piece = os.read(self.process.stdout.fileno(), 4096) if ready else b""
            if not piece:
                self.process.kill() if not ready else None
                self.process.wait(timeout=PATIENCE)
                break
            said += piece
        return said.decode(errors="replace")
