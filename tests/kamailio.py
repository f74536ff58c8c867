"""A real Kamailio for tests, and telephones at both ends of it (sipp): processes of the test, in its own folder, at its
own ports, as whoever runs the test.

Calls go through Kamailio, whose module acc logs each answer and each end, and writes them into the table `acc`.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests import programs
from tests.programs import PATIENCE

SCHEMA = Path("/usr/share/kamailio/postgres")  # Debian's own tables

CONFIGURATION = """#!KAMAILIO
debug=2
log_stderror=yes
fork=no
children=1
disable_tcp=yes
auto_aliases=no
listen=udp:127.0.0.1:{port}
{modules}
modparam("rr", "append_fromtag", 1)
modparam("acc", "log_flag", 1)
modparam("acc", "log_extra", "{extra}")
modparam("acc", "db_flag", 1)
modparam("acc", "db_extra", "{extra}")
modparam("acc", "db_url", "postgres://{user}@/{database}")
request_route {{
  if (is_method("INVITE|BYE")) setflag(1);
  if (has_totag()) {{
    if (loose_route() || is_method("ACK")) t_relay();
    exit;
  }}
  record_route();
  $du = "sip:127.0.0.1:{called}";
  t_relay();
}}
"""
MODULES = ("db_postgres", "tm", "sl", "rr", "pv", "textops", "siputils", "acc")
EXTRA = "src_user=$fU;dst_user=$rU;src_ip=$si"

CALLED = """<?xml version="1.0" encoding="UTF-8" ?>
<scenario name="answers, or is busy when its number ends with 0">
  <recv request="INVITE">
    <action><ereg regexp="0@" search_in="hdr" header="To:" assign_to="busy"/></action>
  </recv>
  <nop next="busy" test="busy"></nop>
  <send retrans="500"><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_Record-Route:]
[last_From:]
[last_To:];tag=[pid]called[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:[local_ip]:[local_port];transport=[transport]>
Content-Length: 0

]]></send>
  <recv request="ACK"></recv>
  <recv request="BYE"></recv>
  <send next="end"><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>
  <label id="busy"/>
  <send retrans="500"><![CDATA[
SIP/2.0 486 Busy Here
[last_Via:]
[last_From:]
[last_To:];tag=[pid]called[call_number]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>
  <recv request="ACK"></recv>
  <label id="end"/>
</scenario>
"""
_HEAD = """Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:[field0]@[local_ip]:[local_port]>;tag=[pid]caller[call_number]
To: <sip:[field1]@[remote_ip]:[remote_port]>{to_tag}
Call-ID: [call_id]
CSeq: {number} {method}
Contact: <sip:[field0]@[local_ip]:[local_port]>
Max-Forwards: 70
Content-Length: 0

]]></send>
"""


def _request(method: str, number: int, *, within: bool, retrans: bool) -> str:
    target = "[next_url]" if within else "sip:[field1]@[remote_ip]:[remote_port]"
    opening = '<send retrans="500"><![CDATA[\n' if retrans else "<send><![CDATA[\n"
    routes = "[routes]\n" if within else ""
    head = _HEAD.format(method=method, number=number, to_tag="[peer_tag_param]" if within else "")
    return f"{opening}{method} {target} SIP/2.0\n{routes}{head}"


CALLER = (
    '<?xml version="1.0" encoding="UTF-8" ?>\n<scenario name="calls, speaks and hangs up">\n'
    + _request("INVITE", 1, within=False, retrans=True)
    + '<recv response="100" optional="true"></recv>\n<recv response="486" optional="true" next="busy"></recv>\n'
    + '<recv response="200" rrs="true"></recv>\n'
    + _request("ACK", 1, within=True, retrans=False)
    + '<pause milliseconds="1100"/>\n'
    + _request("BYE", 2, within=True, retrans=True).replace(
        "</send>", '</send>\n<recv response="200" next="end"></recv>'
    )
    + '<label id="busy"/>\n'
    + _request("ACK", 1, within=False, retrans=False).replace(
        "To: <sip:[field1]@[remote_ip]:[remote_port]>", "[last_To:]"
    )
    + '<label id="end"/>\n</scenario>\n'
)


class Kamailio(programs.Server):
    """The server. `database`: libpq parameters of the database that holds `acc`."""

    NAME, READY, TIMES = "Kamailio", b"udp_server.c", 2  # the last lines that it says before it serves

    def __init__(self, folder: Path, *, database: Mapping[str, object], zone: str) -> None:
        packages = "kamailio kamailio-postgres-modules sip-tester"
        programs.need(("kamailio", "sipp"), {"db_postgres": SCHEMA}, packages)
        super().__init__(folder)
        self.database, self.zone, self.log = database, zone, folder / "acc.log"

    def configure(self) -> None:
        self.port, self.called = programs.free_ports(2)
        modules = "\n".join(f'loadmodule "{name}.so"' for name in MODULES)
        text = CONFIGURATION.format(
            port=self.port, called=self.called, modules=modules, extra=EXTRA,
            user=self.database["user"], database=self.database["dbname"],
        )  # fmt: skip
        path = self.folder / "kamailio.cfg"
        path.write_text(text)
        path.chmod(0o600)

    def start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            ["kamailio", "-f", str(self.folder / "kamailio.cfg"), "-DD", "-E", "-m", "32", "-M", "8",
             "-Y", str(self.folder)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=self.folder,
            env={"PATH": programs.path(), "TZ": self.zone, "LC_ALL": "C", "PGHOST": str(self.database["host"]),
                 "PGPORT": str(self.database["port"]), "PGPASSWORD": str(self.database["password"] or "")},
        )  # fmt: skip

    def call(self, *calls: Sequence[str]) -> None:
        """Let telephones call, all at once: (who calls, who is called). Numbers that end with 0 are busy."""
        for name, text in (("caller.xml", CALLER), ("called.xml", CALLED)):
            (self.folder / name).write_text(text)
        users = self.folder / "users.csv"
        users.write_text("SEQUENTIAL\n" + "".join(";".join(call) + "\n" for call in calls))
        (port,) = programs.free_ports(1)
        how = ["-i", "127.0.0.1", "-nostdin", "-m", str(len(calls)), "-timeout", str(PATIENCE), "-timeout_error"]
        called = self._sipp("called.xml", *how, "-p", str(self.called))
        caller = self._sipp(
            "caller.xml", *how, "-p", str(port), "-inf", str(users), "-r", str(len(calls)), f"127.0.0.1:{self.port}"
        )
        for telephone in (caller, called):
            said, _ = telephone.communicate(timeout=2 * PATIENCE)
            assert telephone.returncode == 0, said[-3000:]
        self.read_until(b"method=BYE", sum(not call[1].endswith("0") for call in calls))

    def _sipp(self, scenario: str, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            ["sipp", "-sf", str(self.folder / scenario), *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=self.folder,
            env={"PATH": programs.path(), "LC_ALL": "C", "TERM": "dumb"},
        )  # fmt: skip
