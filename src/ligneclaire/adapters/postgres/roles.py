"""Two roles and one database: an owner that migrates, truncates and backs up, and the application's own role."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from ligneclaire.adapters.postgres.server import APP_ROLE, OWNER_ROLE, PORT, EmbeddedServer, secret, state_folder

RIGHTS = {OWNER_ROLE: "LOGIN BYPASSRLS CREATEDB", APP_ROLE: "LOGIN NOBYPASSRLS NOCREATEDB"}
_URL_OF = {OWNER_ROLE: "DATABASE_OWNER_URL", APP_ROLE: "DATABASE_APP_URL"}


DATABASE = "ligneclaire"  # where nothing names another one


def database_name() -> str:
    """The database of this installation: `LIGNECLAIRE_DATABASE`, else the one that `DATABASE_URL` names."""
    return os.environ.get("LIGNECLAIRE_DATABASE") or str(_administrator().get("dbname") or DATABASE)


def files_folder() -> Path:
    """The files of this database. Two databases of one installation share none: what a database does not list is
    deleted."""
    name = database_name()
    return state_folder() / ("files" if name == DATABASE else f"files-{name}")


def embedded_server() -> EmbeddedServer | None:
    """This checkout's own server, or None when `DATABASE_URL` names another."""
    if os.environ.get("DATABASE_URL"):
        return None
    return EmbeddedServer(state_folder(), durable=os.environ.get("LIGNECLAIRE_DURABLE", "1") == "1")


def connection(role: str) -> dict[str, Any]:
    """Connection parameters (libpq names) of one of the two roles."""
    if embedded_server():
        return {"host": str(_embedded_socket()), "port": PORT, "user": role, "password": "", "dbname": database_name()}
    given = os.environ.get(_URL_OF[role])
    if given:
        return {**conninfo_to_dict(given), "dbname": database_name()}
    return {**_administrator(), "user": role, "password": secret(f"{role}.password"), "dbname": database_name()}


def prepare(name: str | None = None) -> None:
    """Start the embedded server if it is ours; make the two roles and the database where they are missing.

    Several processes may prepare at once: they take turns. A role whose own URL is set in the environment is somebody
    else's to make.
    """
    server = embedded_server()
    if server:
        server.start()
    name = name or database_name()
    with psycopg.connect(**{**_administrator(), "dbname": "postgres"}, autocommit=True) as admin:
        admin.execute("select pg_advisory_lock(hashtext('ligneclaire prepares'))")
        for role, rights in RIGHTS.items():
            if server or not os.environ.get(_URL_OF[role]):
                _make_role(admin, role, rights, with_password=server is None)
        if not admin.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
            admin.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'").format(
                    sql.Identifier(name), sql.Identifier(OWNER_ROLE)
                )
            )
        with psycopg.connect(**{**_administrator(), "dbname": name}, autocommit=True) as inside:
            inside.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")


def drop(name: str) -> None:
    """Drop a database with whoever is connected to it."""
    with psycopg.connect(**{**_administrator(), "dbname": "postgres"}, autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def copy(template: str, name: str) -> None:
    """Make the database `name` as a copy of `template`."""
    drop(name)
    with psycopg.connect(**{**_administrator(), "dbname": "postgres"}, autocommit=True) as admin:
        admin.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(OWNER_ROLE), sql.Identifier(template)
            )
        )


def _embedded_socket() -> str:
    server = embedded_server()
    return str(server.socket) if server else ""


def _administrator() -> dict[str, Any]:
    url = os.environ.get("DATABASE_URL")
    if url:
        return dict(conninfo_to_dict(url))
    return {"host": _embedded_socket(), "port": PORT, "user": "postgres"}


def _make_role(admin: psycopg.Connection[Any], role: str, rights: str, *, with_password: bool) -> None:
    if not admin.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone():
        admin.execute(sql.SQL("CREATE ROLE {} " + rights).format(sql.Identifier(role)))
    if with_password:
        password = sql.Literal(secret(f"{role}.password"))
        admin.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), password))
