"""States as pairs: a table of the transitions that may happen, everything else is refused by name."""

from __future__ import annotations

from collections.abc import Iterable


class TransitionRefused(Exception):
    """A state cannot follow the other one. Carries the subject and both states."""

    def __init__(self, subject: str, before: str, after: str) -> None:
        super().__init__(f"{subject}: {after!r} cannot follow {before!r}")
        self.subject, self.before, self.after = subject, before, after


class StateTable:
    """The allowed transitions of one subject, as pairs (before, after)."""

    def __init__(self, subject: str, pairs: Iterable[tuple[str, str]]) -> None:
        self.subject = subject
        self.pairs = frozenset(pairs)
        self.states = frozenset(state for pair in self.pairs for state in pair)

    def allows(self, before: str, after: str) -> bool:
        """Whether `after` may follow `before`."""
        return (before, after) in self.pairs

    def check(self, before: str, after: str) -> None:
        """Raises TransitionRefused unless `after` may follow `before`."""
        if not self.allows(before, after):
            raise TransitionRefused(self.subject, before, after)

    def following(self, before: str) -> frozenset[str]:
        """The states that may follow."""
        return frozenset(after for start, after in self.pairs if start == before)
