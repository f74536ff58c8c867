"""Bring a database to the current form, as the owner."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connections

from ligneclaire.adapters.postgres.server import APP_ROLE

READABLE = "operator, django_content_type, auth_permission, django_migrations"


def migrate() -> None:
    """Run the migrations as the owner and give the application its rights on the libraries' tables. One at a time."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext('ligneclaire migrates'))")
        try:
            call_command("migrate", database="owner", verbosity=0, interactive=False)
            cursor.execute(f"GRANT SELECT ON {READABLE} TO {APP_ROLE}")
            cursor.execute("SELECT tablename FROM pg_tables WHERE tablename LIKE 'procrastinate%'")
            for (table,) in cursor.fetchall():
                cursor.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{table}" TO {APP_ROLE}')
            cursor.execute("SELECT sequencename FROM pg_sequences WHERE sequencename LIKE 'procrastinate%'")
            for (sequence,) in cursor.fetchall():
                cursor.execute(f'GRANT USAGE ON SEQUENCE "{sequence}" TO {APP_ROLE}')
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtext('ligneclaire migrates'))")
