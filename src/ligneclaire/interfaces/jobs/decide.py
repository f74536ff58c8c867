"""`ligneclaire decide`: the rules that compute money and dates, from the command line."""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ligneclaire.domains.rulebook import door
from ligneclaire.domains.rulebook.places import FolderOperators, folders_root
from ligneclaire.kernel import decision
from ligneclaire.kernel.decision import Refused, refuse

LINE_ENDS = ("\x85", "\u2028", "\u2029")  # JSON allows them; readers of lines stumble
SUMMARY = "decide by a rule: facts in, the answer with its reasons out"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options, as docs/decisions.md describes them."""
    parser.add_argument("name", nargs="?", help="the decision; see --list")
    parser.add_argument("--list", action="store_true", help="all decisions, one line each, with the rules they enforce")
    parser.add_argument(
        "--schema", action="store_true", help="JSON Schema of the facts and the answer, with an example"
    )
    parser.add_argument("--facts", metavar="FILE|-", help="JSON, or JSON Lines for many; - is standard input")
    parser.add_argument("--operator", metavar="CODE", help="whose policies apply")
    parser.add_argument("--on", metavar="DATE", help="the day of asking; default: today in the operator's zone")
    parser.add_argument("--lang", metavar="LANG", help="fr, nl or en; default: the operator's first language")


def run(args: argparse.Namespace) -> int:
    """Exit status 0, or 2 when anything is wrong with the facts: then each fault is a line on standard error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # JSON is UTF-8, whatever the terminal
    try:
        if args.list:
            return _list()
        if not args.name:
            raise refuse("rulebook.fault.missing", "name")
        found = door.decision_of(args.name)
        if args.schema:
            from ligneclaire.domains.rulebook import schema

            print(json.dumps(schema.schema(found, _operators()), indent=2, ensure_ascii=False))
            return 0
        if not args.facts:
            raise refuse("rulebook.fault.missing", "--facts")
        return _answer_all(args, _cases(_read(args.facts)))
    except Refused as refused:
        _complain(refused, _lang(args))
        return 2


def _operators() -> door.Operators:
    """The database's operators when it answers, else those of the folders: told when `DATABASE_URL` names one."""
    folders = FolderOperators(folders_root())
    import psycopg

    from ligneclaire.adapters.postgres import roles
    from ligneclaire.adapters.postgres.server import APP_ROLE
    from ligneclaire.domains.rulebook.stored import StoredOperators

    try:
        connection = psycopg.connect(**{**roles.connection(APP_ROLE), "connect_timeout": 2})
        connection.execute("select 1 from policy_version limit 1")
    except (psycopg.Error, OSError) as error:
        if os.environ.get("DATABASE_URL"):
            is_address = type(error) is not psycopg.ProgrammingError  # its text would repeat what may hold a password
            reason = str(error).strip().partition("\n")[0] if is_address else "not an address of a database"
            print(f"DATABASE_URL: {reason}; the operators' folders decide instead", file=sys.stderr)
        return folders
    return StoredOperators(connection.cursor, folders)


def _answer_all(args: argparse.Namespace, cases: Iterator[Any | Refused]) -> int:
    now = datetime.now(UTC)
    asked = door.Asked(now=now, operator=args.operator, on=args.on, lang=args.lang)
    known, status = _operators(), 0
    for case in cases:
        try:
            if isinstance(case, Refused):
                raise case
            _print(door.answer(args.name, case, asked, known))
        except Refused as refused:
            lang = _lang(args)
            _print({"error": [fault.to_json(lang) for fault in refused.faults]})
            _complain(refused, lang)
            status = 2
    return status


def _cases(text: str) -> Iterator[Any | Refused]:
    """One object, however many lines it takes; else one case on each line."""
    try:
        whole = door.parse_json(text)
    except Refused as refused:
        lines = [line for line in text.split("\n") if line.strip()]
        if len(lines) < 2 or not _one_per_line(lines):
            yield refused
            return
        for line in lines:
            try:
                yield door.parse_json(line)
            except Refused as wrong:
                yield wrong
        return
    yield whole


def _one_per_line(lines: list[str]) -> bool:
    """Whether this is JSON Lines: every line begins an object, or some line is a whole object of its own."""
    return all(line.lstrip().startswith("{") for line in lines) or any(_is_object(line) for line in lines)


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _read(name: str) -> str:
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return data.decode("utf-8-sig")
    except OSError as error:
        raise refuse("rulebook.fault.not-readable", "--facts", reason=error.strerror or "") from None
    except UnicodeDecodeError:
        raise refuse("rulebook.fault.not-json", "facts", reason="UTF-8") from None


def _list() -> int:
    for name, found in decision.decisions().items():
        print(f"{name:<22} {found.summary} ({', '.join(found.rules)})")
    return 0


def _lang(args: argparse.Namespace) -> str:
    return args.lang if args.lang in ("fr", "nl") else "en"


def _complain(refused: Refused, lang: str) -> None:
    for fault in refused.faults:
        print(" ".join(fault.message(lang).splitlines()), file=sys.stderr)


def _print(answer: dict[str, Any]) -> None:
    text = json.dumps(answer, ensure_ascii=False)
    for end in LINE_ENDS:
        text = text.replace(end, f"\\u{ord(end):04x}")
    sys.stdout.write(text + "\n")
