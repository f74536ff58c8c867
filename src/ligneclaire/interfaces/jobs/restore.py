"""`ligneclaire restore FOLDER`: a backup into an installation that holds nothing yet."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ligneclaire.interfaces.jobs.backup import DATABASE, ERASURES, FILES, MANIFEST, digest_of

SUMMARY = "restore a backup into an empty installation"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where from."""
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="what `ligneclaire backup` wrote")
    parser.add_argument(
        "--erasures", type=Path, metavar="FILE", help=f"a later {ERASURES}: what it names is erased again"
    )


def run(args: argparse.Namespace) -> int:
    """Check every digest of the backup, fill the empty database, compare each table, put the files back, migrate, and
    erase again what was erased since."""
    from ligneclaire.adapters.postgres import backup, roles
    from ligneclaire.adapters.postgres.migrate import migrate

    folder = args.folder.absolute()
    try:
        manifest = _checked(folder)
        journal = _journal(folder / ERASURES, args.erasures)
        roles.prepare()
        backup.restore(folder / DATABASE, manifest["postgresql"], manifest["tables"])
        for name in manifest["files"]:
            place = roles.files_folder() / name
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(folder / FILES / name, place)
    except (backup.BackupRefused, OSError) as refused:
        print(f"not restored: {refused}", file=sys.stderr)
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ligneclaire.config.settings")
    import django

    django.setup()
    migrate()
    tables, files = len(manifest["tables"]), len(manifest["files"])
    print(f"restored: {tables} tables as they were on {manifest['made_at']}, {files} files")
    return _erase_again(journal)


def _journal(kept: Path, given: Path | None) -> list[str]:
    """The erasures that are known here, in the backup and in the file that was given."""
    from ligneclaire.adapters.postgres.server import state_folder

    places = [state_folder() / ERASURES, kept]
    found = [path.read_text() for path in places if path.exists()] + ([given.read_text()] if given else [])
    return "".join(found).splitlines()


def _erase_again(journal: list[str]) -> int:
    from ligneclaire.domains.usage import operations as usage
    from ligneclaire.kernel.refusal import Refusal

    try:
        gone = usage.replay(journal, at=datetime.now(UTC), actor="command:restore")
    except Refusal as refused:
        print(f"not all is erased again, {ERASURES} keeps what is left: {refused}", file=sys.stderr)
        return 2
    if gone:
        print(f"{gone} usage records were erased again")
    return 0


def _checked(folder: Path) -> dict[str, Any]:
    """The manifest of a backup of which every file is as it was written. Raises `BackupRefused` before any change."""
    from ligneclaire.adapters.postgres.backup import BackupRefused

    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
    except FileNotFoundError:
        raise BackupRefused(f"there is no backup in {folder}") from None
    except ValueError:
        raise BackupRefused(f"{folder / MANIFEST} cannot be read") from None
    wanted = {DATABASE: manifest["database"], **{f"{FILES}/{name}": d for name, d in manifest["files"].items()}}
    if "erasures" in manifest:
        wanted[ERASURES] = manifest["erasures"]
    for name, digest in wanted.items():
        if not (folder / name).is_file():
            raise BackupRefused(f"{name} is missing from the backup")
        if digest_of(folder / name) != digest:
            raise BackupRefused(f"{name} is not what was backed up: its digest differs")
    return manifest
