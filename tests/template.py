"""Make the migrated database that the tests copy: `python -m tests.template`.

Rendering all migrations takes a quarter of a minute, so what they make of an empty database is kept in `.venv`, under a
digest of all that decides it: the migrations and what they import, the wall, what prepares a database, the versions of
libraries and server.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path

import django

from ligneclaire.adapters.postgres import backup, roles
from ligneclaire.adapters.postgres.server import binaries

ROOT = Path(__file__).parents[1]
KEPT = 4  # of several branches
SOURCES = ("requirements.lock", "src/ligneclaire/adapters/postgres/*.py", "src/ligneclaire/config/*.py",
           "src/ligneclaire/**/migrations/*.py", "src/ligneclaire/domains/operators/secure.py",
           "src/ligneclaire/domains/operators/models.py", "src/ligneclaire/domains/rulebook/models.py")  # fmt: skip


def main() -> int:
    """Prepare the database that the environment names, by its migrations or from what was kept of them, and load the
    operators."""
    roles.prepare()
    django.setup()
    known = ROOT / ".venv" / f"migrated-{_digest()}.json"
    if known.exists() and roles.embedded_server():
        backup.restore(known.with_suffix(".dump"), **json.loads(known.read_text()))
    else:
        from ligneclaire.adapters.postgres.migrate import migrate

        migrate()
        if roles.embedded_server():
            _keep(known)
    from ligneclaire.interfaces.jobs import operator

    return operator.load_all()


def _digest() -> str:
    found = hashlib.sha256(str(binaries()).encode())
    for path in sorted(path for pattern in SOURCES for path in ROOT.glob(pattern)):
        found.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:16]


def _keep(known: Path) -> None:
    """Keep the migrated database, whole or not at all, and the last few before it."""
    fresh = known.with_suffix(f".{os.getpid()}")
    version, expected, _ = backup.dump(fresh)
    before = sorted(known.parent.glob("migrated-*.json"), key=lambda path: path.stat().st_mtime)
    for path in before[: 1 - KEPT]:
        path.unlink(missing_ok=True)
        path.with_suffix(".dump").unlink(missing_ok=True)
    fresh.rename(known.with_suffix(".dump"))
    fresh.write_text(json.dumps({"version": version, "expected": expected}))
    fresh.rename(known)


if __name__ == "__main__":
    sys.exit(main())
