"""What a decision looks like from outside: its JSON Schema, and an example with its literal answer."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, time
from typing import Any

from ligneclaire.domains.rulebook import decode, door
from ligneclaire.kernel.decision import Decision, Facts
from ligneclaire.kernel.policy import declaration_of

STEP = {
    "type": "object",
    "required": ["step", "rule", "policy", "value"],
    "additionalProperties": False,
    "properties": {
        "step": {"type": "string"},
        "rule": {"type": "string"},
        "policy": {"type": ["string", "null"]},
        "value": {"type": ["string", "boolean", "null"]},
    },
}


def schema(found: Decision, operators: door.Operators) -> dict[str, Any]:
    """The JSON Schema of facts and answer, the policy keys that may be tried, and one literal example."""
    facts = found.facts.model_json_schema()
    facts["properties"]["policy"] = policy_schema(found)
    answer = found.answer.model_json_schema(mode="serialization")
    answer["properties"]["because"] = {"type": "array", "items": STEP}
    answer.setdefault("required", []).append("because")
    return {
        "name": found.name,
        "summary": found.summary,
        "rules": list(found.rules),
        "facts": {"$schema": "https://json-schema.org/draft/2020-12/schema", **facts},
        "answer": {"$schema": "https://json-schema.org/draft/2020-12/schema", **answer},
        "example": example(found, operators),
    }


def example(found: Decision, operators: door.Operators) -> dict[str, Any]:
    """One literal example: how it is asked, the facts, the answer."""
    on = found.example_on
    asked = door.Asked(
        now=datetime.combine(on, time(12), UTC), operator=found.example_operator, on=on.isoformat(), lang="en"
    )
    answered = door.answer(found.name, dict(found.example), asked, operators)
    return {
        "operator": found.example_operator,
        "on": on.isoformat(),
        "facts": dict(found.example),
        "answer": answered,
    }


def policy_schema(found: Decision) -> dict[str, Any]:
    """The single policy values that the facts may override, with their rule."""
    properties: dict[str, Any] = {}
    for cls in found.policies:
        declaration = declaration_of(cls)
        hints = decode.hints_of(cls)
        for field in fields(cls):
            kind = _json_type(hints[field.name])
            about = f"{declaration.key}, {declaration.rules[field.name]}, by the {declaration.anchor.value} date"
            properties[field.name] = {**kind, "description": about}
    return {"type": ["object", "null"], "additionalProperties": False, "properties": properties}


def _json_type(kind: Any) -> dict[str, Any]:
    name = getattr(kind, "__name__", str(kind))
    simple = {"int": "integer", "bool": "boolean", "str": "string", "Money": "string"}
    if name in simple:
        return {"type": simple[name]}
    return {"type": ["integer", "string"]} if name == "Decimal" else {"type": "array"} if "tuple" in str(kind) else {}


def facts_fields(model: type[Facts]) -> list[str]:
    """The names of the facts of one decision, optional ones with a question mark."""
    own = {name: field for name, field in model.model_fields.items() if name not in Facts.model_fields}
    return [name if field.is_required() else f"{name}?" for name, field in own.items()]
