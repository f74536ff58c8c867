"""Write down an act, in the transaction of the act."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ligneclaire.domains.audit.models import AuditEntry


def record(
    *,
    operator_id: int,
    at: datetime,
    actor: str,
    act: str,
    subject: str,
    detail: Mapping[str, Any] | None = None,
    using: str = "default",
) -> None:
    """Keep that `actor` did `act` to `subject` ("type:public_id"). `detail` takes ids and codes, no personal data.

    `using` is the connection of the act; only loading an operator uses another than the application's own.
    """
    AuditEntry.objects.using(using).create(
        operator_id=operator_id, at=at, actor=actor, act=act, subject=subject, detail=dict(detail or {})
    )
