"""`ligneclaire work`: the worker that sends messages, makes bill runs and starts services."""

from __future__ import annotations

import argparse
import gc

from ligneclaire.interfaces.jobs.start import start

SUMMARY = "run the worker (mail, bill runs, what is due each day)"
# A job of a worker that was killed is found by its missing heartbeat; jobs under a lock move at the poll.
WORKER = {
    "concurrency": 2,
    "fetch_job_polling_interval": 0.5,
    "shutdown_graceful_timeout": 20.0,
    "update_heartbeat_interval": 5.0,
    "stalled_worker_timeout": 20.0,
    "delete_jobs": "successful",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Once, or until it is told to end."""
    parser.add_argument("--once", action="store_true", help="do what waits, then end")
    parser.add_argument("--attached", type=int, default=0, metavar="PID", help="end with this parent process")


def settle() -> None:
    """Import what rates usage, which takes half a second, and look for no garbage in what is imported: it stays."""
    from django.conf import settings
    from django.utils.module_loading import import_string

    import_string(settings.RATING_ENGINE)
    gc.freeze()


def run(args: argparse.Namespace) -> int:
    """Work until SIGTERM or Ctrl-C; a running job may finish."""
    if args.attached:
        from ligneclaire.interfaces.jobs.serve import end_with

        end_with(args.attached)
    start()
    settle()
    from procrastinate.contrib.django import app

    with app.replace_connector(app.connector.get_worker_connector()) as worker_app:  # type: ignore[attr-defined]
        worker_app.run_worker(wait=not args.once, **WORKER)
    return 0
