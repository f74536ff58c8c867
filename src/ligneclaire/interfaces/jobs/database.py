"""`ligneclaire database prepare|stop|reset`: the database of this installation."""

from __future__ import annotations

import argparse
import os
import shutil

SUMMARY = "prepare, stop or reset the database"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("act", choices=["prepare", "stop", "reset"])
    parser.add_argument("--operators", action="store_true", help="load the operators' folders too")


def run(args: argparse.Namespace) -> int:
    """Prepare: start, make roles and database, migrate. Stop: the embedded server. Reset: drop everything made here."""
    from ligneclaire.adapters.postgres import roles

    if args.act == "stop":
        server = roles.embedded_server()
        if server:
            server.stop()
        return 0
    prepare(anew=args.act == "reset")
    if args.operators:
        from ligneclaire.interfaces.jobs import operator

        return int(operator.load_all())
    return 0


def prepare(*, anew: bool = False) -> None:
    """Start the server, make roles and database, set Django up and migrate. `anew`: what the database held is dropped
    first, and its files of usage."""
    from ligneclaire.adapters.postgres import roles

    roles.prepare()
    if anew:
        roles.drop(roles.database_name())
        roles.prepare()
        shutil.rmtree(roles.files_folder(), ignore_errors=True)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ligneclaire.config.settings")
    import django

    django.setup()
    from ligneclaire.adapters.postgres.migrate import migrate

    migrate()
