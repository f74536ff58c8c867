"""The states of a bill run, as pairs, and the reasons for which an account gets no document."""

from __future__ import annotations

from datetime import date

from ligneclaire.domains.billing.rules.values import Agreed
from ligneclaire.kernel.states import StateTable

PUT_ASIDE = "no-tax-rate"  # nobody decided that nothing is due: the account waits for somebody, and for the next run

RUN = StateTable(
    "bill run",
    [
        ("drafting", "ready"),
        ("drafting", "discarded"),
        ("ready", "releasing"),
        ("ready", "drafting"),
        ("ready", "discarded"),
        ("releasing", "released"),
        ("releasing", "drafting"),
    ],
)


def skip_reason(contracts: tuple[Agreed, ...], month_start: date) -> str:
    """Why there is nothing to invoice (W-15): no service yet, all ended before the month, or nothing is due."""
    if not contracts:
        return "no-service"
    if all(one.last_day is not None and one.last_day < month_start for one in contracts):
        return "ended"
    return "nothing-due"
