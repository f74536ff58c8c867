"""What a closed month hands on: how far its counters and caps had got (RAT-13)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class LineState:
    """One line: what it took from bundles by code, what its gauges showed, what it spent by cap, the quantities by
    which tiers are known, and what it took from day passes by code and day (since 1970, as text)."""

    taken: Mapping[str, int] = field(default_factory=dict)
    used: Mapping[str, int] = field(default_factory=dict)
    spent: Mapping[str, int] = field(default_factory=dict)
    counted: Mapping[str, int] = field(default_factory=dict)
    days: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As a group keeps it; what is newer than others only where there is some."""
        kept: dict[str, Any] = {"taken": dict(self.taken), "used": dict(self.used), "spent": dict(self.spent)}
        newer = {"counted": dict(self.counted), "days": {code: dict(days) for code, days in self.days.items()}}
        return kept | {name: some for name, some in newer.items() if some}


@dataclass(frozen=True, slots=True)
class State:
    """All lines of a group."""

    lines: Mapping[int, LineState] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As a group keeps it."""
        return {str(line): state.to_json() for line, state in sorted(self.lines.items())}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> State:
        """The state that `to_json` wrote."""
        return cls({int(line): LineState(**state) for line, state in data.items()})


NOTHING = LineState()
