"""For tests of decisions: ask one, and look at what it says."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from ligneclaire.domains.rulebook import door
from ligneclaire.domains.rulebook.places import operators
from ligneclaire.kernel.decision import Refused

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def ask(name: str, facts: dict[str, Any], operator: str | None = None, on: str | None = None, lang: str = "en") -> Any:
    """The answer of a decision. Asked at noon of 1 June 2026 unless `on` says otherwise."""
    return door.answer(name, facts, door.Asked(now=NOON, operator=operator, on=on, lang=lang), operators())


def steps(answer: dict[str, Any]) -> list[Any]:
    """The values of the steps, in order."""
    return [step["value"] for step in answer["because"]]


def faults(name: str, facts: object, operator: str | None = None, on: str | None = None) -> list[tuple[str, str]]:
    """What a decision refuses about these facts, as (code, fact)."""
    with pytest.raises(Refused) as refused:
        ask(name, facts, operator, on)  # type: ignore[arg-type]
    said = [fault.to_json("en") for fault in refused.value.faults]
    assert all(one["message"].startswith(one["fact"]) for one in said)
    return sorted((one["code"], one["fact"]) for one in said)
