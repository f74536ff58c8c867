"""Pages of the server as `serve` starts it, loaded by many people at once, against an empty page of the same server.

Each person has a connection and asks for the next page as soon as the last one came. The pages take turns, round by
round, so that whatever else the machine does slows all of them alike.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from ligneclaire.interfaces.jobs.bench.people import Reader

TIMES = 4  # that each person loads a page in a round
SETTINGS = "ligneclaire.interfaces.jobs.bench.settings"


class WrongAnswer(Exception):
    """The server did not answer with the page."""


def measure(groups: Sequence[Sequence[Reader]], people: int, rounds: int) -> dict[str, Any]:
    """For each page: pages a second, and milliseconds of the middle one and of the slowest 5 of 100."""
    with _server() as port, ThreadPoolExecutor(1) as own:
        # a loop of its own: this thread may have one already, as tests with a browser do
        asked = _measure(port, groups, people, rounds)
        return own.submit(asyncio.run, asked).result()


@contextmanager
def _server() -> Iterator[int]:
    """`ligneclaire serve` on this database, on a free port. The worker stays away: it would send mails."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "ligneclaire.interfaces.jobs.main", "serve", "--no-worker"]
    env = {**os.environ, "PORT": str(port), "DJANGO_SETTINGS_MODULE": SETTINGS}
    server = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
    try:
        if not any(line.startswith("Stop with") for line in server.stdout or ()):
            raise WrongAnswer(f"the server ended with {server.wait()}")
        yield port
    finally:
        server.terminate()
        server.communicate(timeout=60)


async def _measure(port: int, groups: Sequence[Sequence[Reader]], people: int, rounds: int) -> dict[str, Any]:
    spent: dict[str, list[float]] = {}
    walls: dict[str, float] = {}
    for number in range(-1, rounds):  # the round before the first one warms the server up
        for group in groups:
            for page in group[0].pages:
                began = time.perf_counter()
                readers = [group[one % len(group)] for one in range(people)]
                found = await asyncio.gather(*(_visit(port, reader, page) for reader in readers))
                if number >= 0:
                    walls[page] = walls.get(page, 0.0) + time.perf_counter() - began
                    spent.setdefault(page, []).extend(seconds for one in found for seconds in one)
    return {page: _figures(times, walls[page]) for page, times in spent.items()}


def _figures(times: Sequence[float], wall: float) -> dict[str, float]:
    ordered = sorted(times)
    at = {share: ordered[min(len(ordered) * share // 100, len(ordered) - 1)] * 1000 for share in (50, 95)}
    return {"per_s": len(times) / wall, "p50_ms": at[50], "p95_ms": at[95], "pages": len(times)}


async def _visit(port: int, reader: Reader, page: str) -> list[float]:
    """One person loads a page some times over one connection; the seconds of each."""
    head = f"Host: {reader.host}:{port}\r\nCookie: sessionid={reader.session}"
    asked = f"GET {reader.pages[page]} HTTP/1.1\r\n{head}\r\n\r\n".encode()
    incoming, outgoing = await asyncio.open_connection("127.0.0.1", port)
    spent = []
    for _time in range(TIMES):
        began = time.perf_counter()
        outgoing.write(asked)
        status, body = await _answer(incoming)
        spent.append(time.perf_counter() - began)
        if status != 200 or not body.rstrip().endswith(b"</html>"):
            raise WrongAnswer(f"{reader.pages[page]}: {status}, {len(body)} bytes")
    outgoing.close()
    await outgoing.wait_closed()
    return spent


async def _answer(incoming: asyncio.StreamReader) -> tuple[int, bytes]:
    """Status and body of an answer of known length, or in chunks."""
    head = (await incoming.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    headers = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
    status = int(head.split()[1])
    if "content-length" in headers:
        return status, await incoming.readexactly(int(headers["content-length"]))
    body = b""
    while size := int((await incoming.readline()).split(b";")[0], 16):
        body += await incoming.readexactly(size)
        await incoming.readline()
    await incoming.readline()
    return status, body
