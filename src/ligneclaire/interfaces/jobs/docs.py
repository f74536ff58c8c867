"""`ligneclaire docs`: write docs/policies.md and docs/decisions.md out of what the program knows."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ligneclaire.domains.rulebook import decode, folders, law, policy_tables, schema
from ligneclaire.domains.rulebook.places import CHECKOUT, FolderOperators
from ligneclaire.domains.rulebook.versions import Version
from ligneclaire.kernel.decision import Decision, decisions
from ligneclaire.kernel.policy import Declaration, declared, field_names

SUMMARY = "write the pages of docs/ that are made by the program"
MADE = "<!-- Made by `ligneclaire docs`: change the program or the operators' folders, not this page. -->\n"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Write, or only say whether the pages are current."""
    parser.add_argument("--check", action="store_true", help="write nothing; exit status 1 when a page is not current")


def run(args: argparse.Namespace) -> int:
    """Write the pages, or compare them."""
    status = 0
    for path, text in pages().items():
        if args.check:
            if not path.is_file() or path.read_text(encoding="utf-8") != text:
                print(f"docs/{path.name} is not current: type `ligneclaire docs`", file=sys.stderr)
                status = 1
        else:
            path.write_text(text, encoding="utf-8")
            print(f"docs/{path.name}")
    return status


def pages() -> Mapping[Path, str]:
    """Each made page with its text."""
    folder = CHECKOUT / "docs"
    return {folder / "policies.md": policies_page(), folder / "decisions.md": decisions_page()}


def policies_page() -> str:
    """Every policy value of every operator, with anchor and rule; then the law that bounds them."""
    lines = [
        "# Policies",
        MADE,
        "A policy is a number that an operator may change, from a date. `common` is what every operator inherits; an "
        "operator's own version is found first. The anchor is the moment whose version counts. The keys of the second "
        "column can be tried under `policy` in the facts of a decision.",
        "",
    ]
    versions = [("common", version) for version in policy_tables.common()]
    for path in sorted((CHECKOUT / "operators").iterdir()):
        if (path / "profile.toml").is_file():
            versions += [(path.name, version) for version in folders.read(path).versions]
    for key, found in declared().items():
        lines += _policy(key, found, [(who, one) for who, one in versions if one.key == key])
    lines += [
        "## Law that bounds a policy",
        "",
        "| Law | Country | From | Until | Bounds | Source |",
        "|---|---|---|---|---|---|",
    ]
    for entry in law.entries():
        bounds = ", ".join(_bound(one) for one in entry.bounds)
        if bounds:
            row = (entry.id, entry.country, entry.effective_from, entry.effective_until or "–", bounds, entry.source)
            lines.append(_row(row))
    return "\n".join(lines) + "\n"


def _policy(key: str, found: Declaration, versions: list[tuple[str, Version]]) -> list[str]:
    lines = [f"## {key}", "", found.summary.replace("`", "`"), ""]
    lines += ["| Operator | Key | Value | Anchor | Rule | From | Until |", "|---|---|---|---|---|---|---|"]
    for who, version in versions:
        plain = decode.to_plain(version.value)
        scope = f"{who} ({version.scope} {version.scope_value})" if version.scope_value else who
        for field, rule in found.rules.items():
            value = f"`{json.dumps(plain[field], ensure_ascii=False)}`"
            until = version.effective_until or "–"
            lines.append(_row((scope, f"`{field}`", value, found.anchor.value, rule, version.effective_from, until)))
    return [*lines, ""]


def decisions_page() -> str:
    """Every decision with its rules, facts, policies and one literal example."""
    operators = FolderOperators(CHECKOUT / "operators")
    lines = [
        "# Decisions",
        MADE,
        "A decision is a rule with an outside door: `ligneclaire decide NAME --facts FILE|- [--operator CODE] "
        "[--on DATE] [--lang LANG]`, or `POST /api/decisions/NAME?operator=CODE&on=DATE&lang=LANG` with one object or "
        "an array. `--schema` prints the JSON Schema of facts and answer. A fact with a question mark is optional; "
        "`operator`, `country` and `policy` are known to every decision. Over HTTP the operator of the host name is "
        "asked when nothing else names one. `because` explains the answer from facts to result; its sentences are in "
        "the language asked for. What is wrong with the facts is listed as "
        '`{"error": [{"code", "fact", "message"}]}`, with exit status 2 or HTTP status 422.',
        "",
        "| Name | What it decides | Rules |",
        "|---|---|---|",
    ]
    known = decisions()
    lines += [_row((f"[`{name}`](#{name})", one.summary, ", ".join(one.rules))) for name, one in known.items()]
    for one in known.values():
        lines += _decision(one, schema.example(one, operators))
    return "\n".join(lines) + "\n"


def _decision(found: Decision, example: dict[str, Any]) -> list[str]:
    keys = field_names(found.policies)
    policy = f"Policies that can be tried: {', '.join(f'`{key}`' for key in keys)}." if keys else "No policies."
    facts = ", ".join(f"`{name}`" for name in schema.facts_fields(found.facts))
    answer = ", ".join(f"`{name}`" for name in found.answer.model_fields)
    command = (
        f"ligneclaire decide {found.name} --operator {example['operator']} --on {example['on']} --lang en --facts -"
    )
    return [
        "",
        f"## {found.name}",
        "",
        f"{found.summary}. Facts: {facts}. Answer: {answer}, `because`. {policy}",
        "",
        "```",
        command,
        json.dumps(example["facts"], ensure_ascii=False),
        "```",
        "```json",
        _answer(example["answer"]),
        "```",
    ]


def _answer(answer: dict[str, Any]) -> str:
    """The answer on several lines: one for each field, one for each step."""
    lines = [
        f"  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}"
        for key, value in answer.items()
        if key != "because"
    ]
    steps = ",\n".join(f"    {json.dumps(step, ensure_ascii=False)}" for step in answer["because"])
    return "{\n" + ",\n".join([*lines, f'  "because": [\n{steps}\n  ]']) + "\n}"


def _bound(bound: law.Bound) -> str:
    least = f" at least {bound.least}" if bound.least is not None else ""
    most = f" at most {bound.most}" if bound.most is not None else ""
    return f"`{bound.field}`{least}{most}"


def _row(cells: Iterable[object]) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"
