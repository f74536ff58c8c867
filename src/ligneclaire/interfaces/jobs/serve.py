"""`ligneclaire serve`: the web server, with a worker beside it."""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import threading

SUMMARY = "serve the pages (and run the worker)"
HOST = "127.0.0.1"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default=os.environ.get("LIGNECLAIRE_BIND", HOST), help="address to listen at")
    parser.add_argument("--workers", type=int, default=2, help="processes")
    parser.add_argument("--threads", type=int, default=8, help="requests at once in each process")
    parser.add_argument("--no-worker", action="store_true", help="the worker runs elsewhere: `ligneclaire work`")


def run(args: argparse.Namespace) -> int:
    """Prepare the database, print the addresses, serve until Ctrl-C or SIGTERM."""
    from ligneclaire.interfaces.jobs import database

    failed = database.run(argparse.Namespace(act="prepare", operators=False))
    if failed:
        return failed
    from django.conf import settings

    if not _is_free(args.host, settings.PORT):
        print(f"port {settings.PORT} is in use; choose another: PORT=8001 ligneclaire serve", file=sys.stderr)
        return 1
    _print_addresses(settings.PORT)
    worker = None if args.no_worker else Worker()
    try:
        _serve(args, settings.PORT)
    finally:
        if worker:
            worker.stop()
    return 0


def _serve(args: argparse.Namespace, port: int) -> None:
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    # An idle thread keeps its connection to the database: let it live long.
    Server(
        "ligneclaire.config.wsgi:application",
        address=args.host,
        port=port,
        interface=Interfaces.WSGI,
        workers=args.workers,
        blocking_threads=args.threads,
        blocking_threads_idle_timeout=600,
        workers_kill_timeout=10,
        respawn_failed_workers=True,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()


def _print_addresses(port: int) -> None:
    from django.db import connections

    from ligneclaire.domains.operators.models import Operator

    operators = list(Operator.objects.order_by("code"))
    connections.close_all()  # the server forks: no process may inherit a connection
    if not operators:
        print("No operator is loaded yet: type `ligneclaire operator load FOLDER`, or `make demo`.")
    for operator in operators:
        print(f"{operator.name:<24} http://{operator.host}:{port}/")
    print("Stop with Ctrl-C.", flush=True)


def _is_free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


class Worker:
    """The worker as a child: started again when it dies, ended with us (its standard input closes)."""

    def __init__(self) -> None:
        self._ending = threading.Event()
        self._child = self._start()
        self._watch = threading.Thread(target=self._keep_alive, daemon=True)
        self._watch.start()

    def stop(self) -> None:
        """Let it finish what it does, then end it."""
        self._ending.set()
        self._child.terminate()
        try:
            self._child.wait(timeout=25)
        except subprocess.TimeoutExpired:
            self._child.kill()

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "ligneclaire.interfaces.jobs.main", "work", "--attached"]
        return subprocess.Popen(command, stdin=subprocess.PIPE)

    def _keep_alive(self) -> None:
        while True:
            code = self._child.wait()
            if self._ending.wait(timeout=1):
                return
            print(f"the worker ended with {code} and is started again", file=sys.stderr)
            self._child = self._start()
