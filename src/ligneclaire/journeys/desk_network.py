"""What the network delivered, as the desk sees it: counts that add up, and what waits with its reason."""

from __future__ import annotations

from dataclasses import dataclass

from ligneclaire.domains.customers.queries import NotFound
from ligneclaire.domains.usage import queries as usage
from ligneclaire.domains.usage.models import Suspended
from ligneclaire.domains.usage.queries import Delivery, Waiting
from ligneclaire.domains.usage.rules.suspense import RETRYABLE
from ligneclaire.kernel.scope import Scope


@dataclass(frozen=True, slots=True)
class NetworkPage:
    """Deliveries, newest first, and what waits in suspense: how many by reason, and the oldest of them."""

    deliveries: tuple[Delivery, ...]
    reasons: tuple[tuple[str, int], ...]
    waiting: tuple[Waiting, ...]
    chosen: str

    @property
    def count(self) -> int:
        """How many records wait."""
        return sum(number for _reason, number in self.reasons)

    @property
    def can_retry(self) -> bool:
        """Whether something waits that may fit by now, because a line was entered since."""
        return any(reason in {one.value for one in RETRYABLE} for reason, _number in self.reasons)


def network_page(scope: Scope, reason: str, limit: int = 50) -> NetworkPage:
    """What was delivered and what waits, of one reason or, with "", of all."""
    reasons = tuple(sorted(usage.suspense_by_reason(scope).items(), key=lambda one: -one[1]))
    chosen = reason if reason in dict(reasons) else ""
    waiting = usage.suspense(scope, chosen or None, limit)
    return NetworkPage(tuple(usage.deliveries(scope, 30)), reasons, tuple(waiting), chosen)


def waiting_record(scope: Scope, public_id: str) -> Waiting:
    """One record in suspense as it came. Raises NotFound when it is not there or settled already."""
    row = (
        Suspended.objects.filter(operator_id=scope.operator_id, public_id=public_id, settled_at=None)
        .select_related("file")
        .first()
    )
    if row is None:
        raise NotFound(public_id)
    return Waiting(
        row.public_id, row.file.source, row.file.name, row.file.received_at, row.place, row.reason, row.detail, row.raw
    )
