"""What a caller may see. Every query takes one: there is no unscoped read outside jobs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """One operator, and inside it the parties, accounts, cost centres and lines that may be seen.

    None means all of the operator (its staff); an empty set means nothing at all. `private_part` says whether the
    employee's part of a split bill may be seen, of the lines in `line_ids` alone: never for a manager (FMP-11).
    `person_id` is who uses these lines: of a company's line that person sees the days of his own use.
    """

    operator_id: int
    party_ids: frozenset[int] | None = None
    account_ids: frozenset[int] | None = None
    cost_centre_ids: frozenset[int] | None = None
    line_ids: frozenset[int] | None = None
    private_part: bool = False
    person_id: int | None = None

    @classmethod
    def staff(cls, operator_id: int) -> Scope:
        """Everything of one operator, as its own staff sees it."""
        return cls(operator_id, private_part=True)

    def sees_all_of(self, line_id: int) -> bool:
        """Whether the private part of a line may be seen: by its user, and by staff on a page that is not opened for
        the employer."""
        return self.private_part and (self.line_ids is None or line_id in self.line_ids)
