"""What stands in addresses, read."""

from __future__ import annotations

from datetime import date

from ligneclaire.domains.customers.queries import NotFound
from ligneclaire.kernel.periods import Period


def first_day(month: str) -> date:
    """The first day of a month like 2026-05. Raises NotFound on anything else."""
    try:
        return Period.month(month).start
    except ValueError:
        raise NotFound(month) from None
