"""A step from facts to result: what a page, a PDF, the API and the command line show when asked why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an explanation.

    `code` is stable ("billing.pro-rata") and names the sentence in domains/<domain>/texts; `rule` is an id of the rule
    or law; `policy` is the policy's key and version ("billing.calendar@2015-01-01") or None; `value` is what the step
    found, as text ("true", "false" and "null" stand for themselves); `params` fill the sentence, as strings and
    integers.
    """

    code: str
    rule: str
    policy: str | None
    value: str
    params: Mapping[str, str | int] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The step as stored beside an invoice line."""
        return {
            "code": self.code,
            "rule": self.rule,
            "policy": self.policy,
            "value": self.value,
            "params": dict(self.params),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Step:
        """The step that `to_json` wrote. Raises KeyError when a part is missing."""
        return cls(data["code"], data["rule"], data["policy"], data["value"], dict(data["params"]))


def step(code: str, rule: str, value: object, policy: str | None = None, **params: object) -> Step:
    """A step, with everything written as text: dates ISO, money as "34.90"; integers stay integers."""
    written = {key: value if isinstance(value, int) else str(value) for key, value in params.items()}
    return Step(code, rule, policy, str(value), written)
