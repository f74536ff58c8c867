"""When a promise counts as kept, late or still open."""

from __future__ import annotations

from datetime import date

# Steps that end a promise. Each is written by the operation that did what was promised, never clicked.
ENDING = frozenset({"answered", "credited", "refused", "paid", "done", "withdrawn"})


def ends(code: str) -> bool:
    """Whether a step of that code ends a promise."""
    return code in ENDING


def days_left(due_on: date, held_on: date | None, on: date) -> int:
    """Days until a promise is late; 0 is the last day still in time, negative is late (C4). A hold stops the clock."""
    return (due_on - (held_on if held_on is not None else on)).days
