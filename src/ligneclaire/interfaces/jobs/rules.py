"""`ligneclaire rules`: which rules of the specification are proven by a test, read from the marks of all tests."""

from __future__ import annotations

import argparse
import ast
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from ligneclaire.domains.rulebook.places import CHECKOUT

SUMMARY = "print which rules are proven by a test"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Only the open ones, or the tests of each."""
    parser.add_argument("--open", action="store_true", help="only the rules without a test")
    parser.add_argument("--tests", action="store_true", help="name the tests of each rule")


def run(args: argparse.Namespace) -> int:
    """Exit status 2 when a test names an id that docs/rules.toml does not know."""
    known, proven = known_rules(), proofs()
    for section, rules in known.items():
        shown = {rule: text for rule, text in rules.items() if not (args.open and rule in proven)}
        if shown:
            done = sum(rule in proven for rule in rules)
            print(f"\n{section}: {done} of {len(rules)} proven")
        for rule, text in shown.items():
            tests = proven.get(rule, [])
            print(f"  {rule:<8} {f'{len(tests):>3} tests' if tests else '    open '}  {text}")
            if args.tests:
                print("".join(f"{'':>22}{test}\n" for test in tests), end="")
    ids = {rule for rules in known.values() for rule in rules}
    strangers = sorted(set(proven) - ids)
    for rule in strangers:
        print(f"{rule}: not in docs/rules.toml, named by {', '.join(proven[rule])}", file=sys.stderr)
    print(f"\n{len(ids & set(proven))} of {len(ids)} rules are proven")
    return 2 if strangers else 0


def known_rules() -> Mapping[str, Mapping[str, str]]:
    """The ids of docs/rules.toml with our wording, by section."""
    return tomllib.loads((CHECKOUT / "docs" / "rules.toml").read_text(encoding="utf-8"))


def proofs(root: Path = CHECKOUT) -> Mapping[str, list[str]]:
    """The tests that name each rule, as "path::test"."""
    found: dict[str, list[str]] = defaultdict(list)
    for folder in ("src", "tests"):
        for path in sorted((root / folder).rglob("test_*.py")):
            for test, rule in _marks(path):
                found[rule].append(f"{path.relative_to(root)}::{test}")
    return found


def _marks(path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.FunctionDef | ast.ClassDef):
            continue
        for mark in node.decorator_list:
            if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.rule":
                yield from ((node.name, str(arg.value)) for arg in mark.args if isinstance(arg, ast.Constant))
