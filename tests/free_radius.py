"""A real FreeRADIUS for tests: a process of the test, in its own folder, at its own port, as whoever runs the test.

It writes a detail file, and fills a table radacct when it is told where. `radclient` speaks for the access server.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests import programs

SECRET = "between-the-test-and-its-server"
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


class FreeRadius(programs.Server):
    """The server. `database`: libpq parameters of the database that holds radacct."""

    NAME, READY = "FreeRADIUS", b"Ready to process requests"

    def __init__(self, folder: Path, *, database: Mapping[str, object] | None = None, zone: str = "UTC") -> None:
        module = {"rlm_sql_postgresql": Path("/usr/lib/freeradius/rlm_sql_postgresql.so")} if database else {}
        programs.need(("freeradius", "radclient"), module, "freeradius freeradius-utils freeradius-postgresql")
        super().__init__(folder)
        self.database, self.zone, self.detail = database, zone, folder / "detail"

    def configure(self) -> None:
        (self.port,) = programs.free_ports()
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

    def start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            ["freeradius", "-f", "-l", "stdout", "-d", str(self.folder), "-n", "radiusd"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=self.folder,
            env={"PATH": programs.path(), "TZ": self.zone, "LC_ALL": "C"},
        )  # fmt: skip

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
