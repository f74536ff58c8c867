"""Programs of others that tests start: where they are, which ports are free, and servers that run while a test does."""

from __future__ import annotations

import os
import select
import shutil
import socket
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

import pytest

ATTEMPTS = 3  # another program may take a port before ours does
PATIENCE = 20  # seconds


def path() -> str:
    """Debian puts servers where only root looks."""
    return os.environ.get("PATH", "/usr/bin:/bin") + ":/usr/sbin:/sbin"


def free_ports(count: int = 1) -> list[int]:
    """Different ports of UDP that nobody uses now."""
    probes = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def need(programs: Sequence[str], files: Mapping[str, Path], packages: str) -> None:
    """Fail with the line to type when one of them is not installed."""
    missing = [name for name in programs if shutil.which(name, path=path()) is None]
    missing += [name for name, file in files.items() if not file.exists()]
    if missing:
        pytest.fail(f"{' and '.join(missing)} missing, type:  sudo apt-get install {packages}", pytrace=False)


class Server:
    """A server of others, running inside `with`: a process of the test, in its own folder, at ports of its own, as
    whoever runs the test. What it says goes into `log`."""

    NAME: ClassVar[str]
    READY: ClassVar[bytes]  # what it says before it serves
    TIMES: ClassVar[int] = 1  # how often it says that

    def __init__(self, folder: Path) -> None:
        self.folder, self.log = folder, folder / "said.log"

    def configure(self) -> None:
        """Take ports and write the configuration into the folder."""
        raise NotImplementedError

    def start(self) -> subprocess.Popen[bytes]:
        """Start the process; one of its outputs is a pipe."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        self.folder.mkdir(mode=0o700, exist_ok=True)
        for attempt in range(ATTEMPTS):
            self.configure()
            self.process = self.start()
            said = self.read_until(self.READY, self.TIMES)
            if self.process.poll() is None:
                return self
            if "in use" not in said or attempt == ATTEMPTS - 1:
                pytest.fail(f"{self.NAME} does not start:\n{said}", pytrace=False)
        raise AssertionError("unreachable")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.terminate()
        self.process.communicate(timeout=PATIENCE)

    def is_ours(self) -> bool:
        """Whether the process that the test started still runs, in the test's own folder."""
        told = Path(f"/proc/{self.process.pid}/cmdline").read_bytes().split(b"\0")
        return self.process.poll() is None and any(one.startswith(str(self.folder).encode()) for one in told)

    def read_until(self, wanted: bytes, times: int) -> str:
        """What it says, up to so many of the wanted words."""
        pipe = self.process.stdout or self.process.stderr
        assert pipe is not None
        said = b""
        with self.log.open("ab") as log:
            while said.count(wanted) < times or not said.endswith(b"\n"):
                ready, _, _ = select.select([pipe], [], [], PATIENCE)
                piece = os.read(pipe.fileno(), 4096) if ready else b""
                if not piece:
                    self.process.kill() if not ready else None
                    self.process.wait(timeout=PATIENCE)
                    break
                log.write(piece)
                said += piece
        return said.decode(errors="replace")
