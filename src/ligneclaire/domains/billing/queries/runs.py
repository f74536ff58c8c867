"""Why a bill run stands still."""

from __future__ import annotations

from ligneclaire.domains.audit.models import AuditEntry
from ligneclaire.domains.billing.models import BillRun
from ligneclaire.kernel import texts


def refusal_of(run: BillRun, lang: str) -> str:
    """Why the worker could not go on, in one language; "" when it was not refused or something was done since."""
    written = AuditEntry.objects.filter(operator_id=run.operator_id, subject=f"bill-run:{run.public_id}")
    last = written.order_by("pk").last()
    return texts.say(last.detail["code"], lang, last.detail["params"]) if last and last.act == "refused" else ""
