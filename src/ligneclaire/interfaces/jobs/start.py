"""How a command begins that works with the database: its server, where it is ours, and Django."""

from __future__ import annotations

import os


def start() -> None:
    """Start the database server and Django. Raises CannotStart and NoPostgres, which the dispatcher tells."""
    from ligneclaire.adapters.postgres import roles

    if server := roles.embedded_server():
        server.start()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ligneclaire.config.settings")
    import django

    django.setup()
