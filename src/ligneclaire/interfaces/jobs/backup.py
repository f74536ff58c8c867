"""`ligneclaire backup FOLDER`: the whole installation in a new folder: database, files, and what they must be."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

SUMMARY = "write database and files into a new folder"
MANIFEST, DATABASE, FILES, ERASURES = "manifest.json", "database.dump", "files", "erasures.jsonl"
USAGE = "usage"  # below the files: kept as the database lists them


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to."""
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="a folder that does not exist yet")


def run(args: argparse.Namespace) -> int:
    """Write the backup under another name first: a folder of that name is whole. Passwords and keys are not in it."""
    from ligneclaire.adapters.postgres import backup, roles
    from ligneclaire.adapters.postgres.server import state_folder

    target = args.folder.absolute()
    if target.exists():
        print(f"{target} exists already", file=sys.stderr)
        return 2
    if server := roles.embedded_server():
        server.start()
    half = target.with_name(f"{target.name}.half")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(parents=True, mode=0o700)
    try:
        version, tables, usage = backup.dump(half / DATABASE)
        files = _copy_files(roles.files_folder(), half / FILES)
        files |= _copy_usage(roles.files_folder() / USAGE, half / FILES / USAGE, usage)
        erasures = state_folder() / ERASURES
        shutil.copy2(erasures, half / ERASURES) if erasures.exists() else (half / ERASURES).touch()
        manifest = {
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "postgresql": version,
            "database": digest_of(half / DATABASE),
            "tables": tables,
            "files": files,
            "erasures": digest_of(half / ERASURES),
        }
        _write_through(half / MANIFEST, json.dumps(manifest, indent=1, sort_keys=True))
        half.rename(target)
    except (backup.BackupRefused, OSError) as refused:
        shutil.rmtree(half, ignore_errors=True)
        print(f"no backup was made: {refused}", file=sys.stderr)
        return 2
    print(f"{target}: {len(tables)} tables, {len(files)} files")
    return 0


def digest_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _copy_files(source: Path, target: Path) -> dict[str, str]:
    copied = {}
    for path in sorted(source.rglob("*")):
        if path.is_file() and path.relative_to(source).parts[0] != USAGE:
            name = str(path.relative_to(source))
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target / name)
            copied[name] = digest_of(target / name)
    return copied


def _copy_usage(source: Path, target: Path, listed: dict[str, str]) -> dict[str, str]:
    """Raises BackupRefused when a listed file is missing or is not what was written."""
    from ligneclaire.adapters.postgres.backup import BackupRefused

    for name, digest in sorted(listed.items()):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source / name, target / name)
        if digest_of(target / name) != digest:
            raise BackupRefused(f"{source / name} is not what was written: its digest differs")
    return {f"{USAGE}/{name}": digest for name, digest in listed.items()}


def _write_through(path: Path, text: str) -> None:
    with path.open("w") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
