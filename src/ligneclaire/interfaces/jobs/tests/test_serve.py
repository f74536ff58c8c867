"""The server and its worker as a person starts them: they answer, send mail, and end together."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connections
from tests.postbox import Postbox, open_postbox

from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.operators.models import Operator
from ligneclaire.domains.outbox import operations as outbox
from ligneclaire.domains.outbox.tests.test_rules import READY

pytestmark = pytest.mark.usefixtures("database")
MAIN = [sys.executable, "-m", "ligneclaire.interfaces.jobs.main"]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@contextmanager
def serving(port: int, **env: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """`ligneclaire serve` and the lines that it printed, once it answers."""
    server = subprocess.Popen(
        [*MAIN, "serve"], env={**os.environ, "PORT": str(port), **env}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert server.stdout
    lines = []
    for line in server.stdout:
        lines.append(line.rstrip())
        if line.startswith("Stop with"):
            break
    try:
        yield server, lines
    finally:
        if server.poll() is None:
            server.terminate()
        server.communicate(timeout=60)


def get(port: int, host: str, path: str) -> tuple[int, str]:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": f"{host}:{port}"})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def descendants(pid: int) -> list[int]:
    children = [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return children + [grandchild for child in children for grandchild in descendants(child)]


def wait_for_end(watched: list[int]) -> list[int]:
    """Of these process descriptors, those whose process does not end within half a minute."""
    late = []
    for descriptor in watched:
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        late += [descriptor] if not poll.poll(30_000) else []
        os.close(descriptor)
    return late


def test_it_prints_an_address_for_each_operator_and_answers_there() -> None:
    port = free_port()
    with serving(port) as (server, lines):
        for operator in Operator.objects.all():
            assert f"{operator.name:<24} http://{operator.host}:{port}/" in lines
            status, page = get(port, operator.host, "/sign-in/")
            assert (status, operator.name in page) == (200, True)
        assert get(port, "nobody.localhost", "/")[0] == 404
        assert get(port, "nobody.localhost", "/health") == (200, "ok\n")
        watched = [os.pidfd_open(pid) for pid in descendants(server.pid)]
        server.send_signal(signal.SIGINT)
        _, complaints = server.communicate(timeout=60)
        assert (server.returncode, "Traceback" in complaints) == (0, False)
        assert wait_for_end(watched) == []


def test_its_worker_sends_the_mail_that_waits() -> None:
    with open_postbox(Postbox()) as (postbox, smtp), serving(free_port(), SMTP_URL=smtp):
        rural, now = Operator.objects.get(code="rural"), datetime.now(UTC)
        with acting_for(rural.pk):
            outbox.queue(
                operator_id=rural.pk, dedupe_key="invoice-ready:aB3", channel="mail", recipient="anna@example.org",
                language="nl", template="invoice-ready", params=READY, at=now,
            )  # fmt: skip
        assert postbox.arrived.wait(timeout=60)
        assert postbox.taken[0]["Subject"].replace("\u00a0", " ") == "Uw factuur van juli 2026: € 87,84"
        connections.close_all()


def test_nothing_outlives_a_server_that_was_killed() -> None:
    with serving(free_port()) as (server, _):
        watched = [os.pidfd_open(pid) for pid in descendants(server.pid)]
        assert len(watched) == 4  # the web server, its two processes, the worker
        server.kill()
        assert wait_for_end(watched) == []


def test_a_port_in_use_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [*MAIN, "serve"], env={**os.environ, "PORT": str(port)}, capture_output=True, text=True, check=False
        )
    assert (done.returncode, done.stderr) == (
        1,
        f"port {port} is in use; choose another: PORT=8001 ligneclaire serve\n",
    )
