"""`ligneclaire serve`: the web server, with a worker beside it."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
from types import FrameType

SUMMARY = "serve the pages (and run the worker)"
HOST = "127.0.0.1"
MAIN = [sys.executable, "-m", "ligneclaire.interfaces.jobs.main"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen and how much at once."""
    parser.add_argument("--host", default=os.environ.get("LIGNECLAIRE_BIND", HOST), help="address to listen at")
    parser.add_argument("--processes", type=int, default=2, help="processes that answer requests")
    parser.add_argument("--threads", type=int, default=4, help="requests at once in each process")
    parser.add_argument("--no-worker", action="store_true", help="the worker runs elsewhere: `ligneclaire work`")
    parser.add_argument("--attached", type=int, default=0, metavar="PID", help="end with this parent process")


def run(args: argparse.Namespace) -> int:
    """Prepare the database, print the addresses, serve until Ctrl-C or SIGTERM."""
    if args.attached:
        end_with(args.attached)
        _serve(args.host, args.processes, args.threads)
        return 0
    from ligneclaire.interfaces.jobs import database

    if failed := database.run(argparse.Namespace(act="prepare", operators=False)):
        return failed
    from django.conf import settings

    if not _is_free(args.host, settings.PORT):
        print(f"port {settings.PORT} is in use; choose another: PORT=8001 ligneclaire serve", file=sys.stderr)
        return 1
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    attached = f"--attached={os.getpid()}"
    web = ["serve", attached, f"--host={args.host}", f"--processes={args.processes}", f"--threads={args.threads}"]
    return _keep(web, None if args.no_worker else ["work", attached], (args.host, settings.PORT))


def end_with(parent: int) -> None:
    """Have the kernel end this process with SIGTERM when its parent is gone, even by kill -9 (Linux)."""
    import ctypes

    ctypes.CDLL(None).prctl(1, signal.SIGTERM)
    if os.getppid() != parent:  # it was gone already
        os.kill(os.getpid(), signal.SIGTERM)


def _keep(web: list[str], work: list[str] | None, place: tuple[str, int]) -> int:
    """Run both as children until one of us is told to stop; a worker that dies is started again."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _interrupt)
    server = subprocess.Popen([*MAIN, *web])
    worker = subprocess.Popen([*MAIN, *work]) if work else None
    try:
        while server.poll() is None and not _answers(place):
            time.sleep(0.1)
        _print_addresses(place[1])
        while server.poll() is None:
            if work and worker and worker.poll() is not None:
                print(f"the worker ended with {worker.returncode} and is started again", file=sys.stderr)
                worker = subprocess.Popen([*MAIN, *work])
            time.sleep(1)
        return server.returncode
    except KeyboardInterrupt:
        return 0
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not leave a child behind
        children = [child for child in (server, worker) if child]
        for child in children:
            child.terminate()
        for child in children:
            _wait(child)


def _wait(child: subprocess.Popen[bytes]) -> None:
    try:
        child.wait(timeout=25)
    except subprocess.TimeoutExpired:
        child.kill()


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _serve(host: str, processes: int, threads: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ligneclaire.config.settings")
    from django.conf import settings
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    Server(
        "ligneclaire.config.wsgi:application",
        address=host,
        port=settings.PORT,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=threads,
        blocking_threads_idle_timeout=600,  # an idle thread keeps its connection to the database: let it live long
        workers_kill_timeout=10,
        respawn_failed_workers=True,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()


def _print_addresses(port: int) -> None:
    from django.db import connections

    from ligneclaire.domains.operators.models import Operator

    operators = list(Operator.objects.order_by("code"))
    connections.close_all()
    if not operators:
        print("No operator is loaded yet: type `ligneclaire operator load FOLDER`, or `make demo`.")
    for operator in operators:
        print(f"{operator.name:<24} http://{operator.host}:{port}/")
    print("Stop with Ctrl-C.", flush=True)


def _answers(place: tuple[str, int]) -> bool:
    try:
        socket.create_connection(place, timeout=1).close()
    except OSError:
        return False
    return True


def _is_free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
