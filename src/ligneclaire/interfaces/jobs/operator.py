"""`ligneclaire operator check|load|diff FOLDER`: operators as folders of TOML."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ligneclaire.domains.rulebook import folders, places
from ligneclaire.interfaces.jobs.start import start

SUMMARY = "check an operator's folder, load it, or show what loading would change"
ACTOR = "command:operator"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The act and the folder."""
    parser.add_argument("act", choices=["check", "load", "diff"])
    parser.add_argument("folder", type=Path, metavar="FOLDER")


def run(args: argparse.Namespace) -> int:
    """Exit status 0, or 2 with every fault of the folder as a line on standard error."""
    folder = args.folder.resolve()
    try:
        if args.act == "check":
            found = folders.read(folder)
            counts = f"{len(found.versions)} policies, {len(found.products)} products, {len(found.decks)} rate decks"
            print(f"{found.profile.code}: {counts}, no faults")
            return 0
        start()
        return _load(folder, keep=args.act == "load")
    except folders.FolderRefused as refused:
        for fault in refused.faults:
            print(fault, file=sys.stderr)
        return 2


def load_all() -> int:
    """Load every folder of operators of this installation; 0, or 2 when one has faults."""
    status = 0
    for folder in sorted(path.parent for path in places.folders_root().glob("*/profile.toml")):
        status = max(status, run(argparse.Namespace(act="load", folder=folder)))
    return status


def _load(folder: Path, *, keep: bool) -> int:
    from django.utils import timezone

    from ligneclaire.journeys import load_operator

    changes = load_operator.load(folder, at=timezone.now(), actor=ACTOR, keep=keep)
    for one in changes:
        print(f"{'new' if one.is_new else 'changed'}: {one.what}{_columns(one.columns) if not one.is_new else ''}")
    print(f"{folder.name}: {len(changes)} {'changes' if keep else 'changes to load'}")
    return 0


def _columns(names: tuple[str, ...]) -> str:
    return f" ({', '.join(names)})"
