"""Split bills: which holds when, and which waits for its employee."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from ligneclaire.domains.contracts.models import Contract, SplitBill
from ligneclaire.domains.operators.among import among


def split_of_lines(line_ids: Iterable[int], month: date) -> Mapping[int, SplitBill]:
    """The split bill of each line that holds in the month of a day (whole months at a time)."""
    first = month.replace(day=1)
    of_these = among("contract__line_id", line_ids)
    found = SplitBill.objects.filter(of_these, from_on__lte=first).exclude(to_on__lte=first)
    return {one.contract.line_id: one for one in found.select_related("account", "contract") if one.contract.line_id}


def waiting_for(account_ids: Iterable[int]) -> SplitBill | None:
    """The offer that waits for the holder of these accounts, the last one made."""
    found = SplitBill.objects.filter(account_id__in=list(account_ids), accepted_at=None).select_related(
        "contract__account__party", "contract__line", "account__party", "account__legal_entity"
    )
    return found.order_by("-offered_at", "-pk").first()


def offered_of(contract: Contract) -> SplitBill | None:
    """The offer of a contract that waits for its employee."""
    found = SplitBill.objects.filter(contract=contract, accepted_at=None).select_related("account")
    return found.first()


def split_waits_or_holds(line_id: int, on: date) -> bool:
    """Whether the bill of a line is shared on a day or later, or waits for its employee."""
    found = SplitBill.objects.filter(contract__line_id=line_id)
    return any(one.to_on is None or (one.from_on != one.to_on and one.to_on > on) for one in found)
