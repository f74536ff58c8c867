"""`ligneclaire compile-messages`: make the .mo catalogues that Django reads from the .po files, without gettext."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

SUMMARY = "compile the translations of the pages"
PACKAGE = Path(__file__).resolve().parents[2]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to compile."""
    parser.add_argument("--all", action="store_true", help="compile also what is up to date")


def run(args: argparse.Namespace) -> int:
    """Compile what is newer than its catalogue; name every file that cannot be read. Fuzzy entries are left out."""
    faults = [fault for path in catalogues() if args.all or _is_stale(path) if (fault := compile_one(path))]
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


def catalogues() -> list[Path]:
    """Every .po file of the package."""
    return sorted(PACKAGE.glob("**/locale/*/LC_MESSAGES/*.po"))


def compile_one(path: Path) -> str:
    """Write the .mo beside a .po, whole or not at all. Returns what is wrong with the .po, or nothing."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import PoFileError, read_po

    try:
        with path.open("rb") as source:
            catalogue = read_po(source, locale=path.parts[-3], abort_invalid=True)
    except (PoFileError, ValueError) as fault:
        return f"{path}: {fault}"
    half = path.with_suffix(".mo.half")
    with half.open("wb") as target:
        write_mo(target, catalogue)
    half.replace(path.with_suffix(".mo"))
    return ""


def _is_stale(path: Path) -> bool:
    made = path.with_suffix(".mo")
    return not made.exists() or made.stat().st_mtime_ns < path.stat().st_mtime_ns
