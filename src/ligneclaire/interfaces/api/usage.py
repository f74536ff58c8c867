"""`POST /api/usage/records`: records of usage in batches, from another program of the operator or from its desk."""

from __future__ import annotations

import json
from http import HTTPStatus

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from ninja import Router
from ninja.security import HttpBearer, django_auth

from ligneclaire.domains.access import machine_keys
from ligneclaire.domains.access.machine_keys import RightMissing
from ligneclaire.domains.access.models import MachineKey
from ligneclaire.domains.access.operations import RoleMissing
from ligneclaire.domains.usage.store import NoSpace, SegmentDamaged
from ligneclaire.journeys import deliver_usage
from ligneclaire.kernel import texts
from ligneclaire.kernel.refusal import Refusal


class _Machine(HttpBearer):
    """`Authorization: Bearer KEY`, of `ligneclaire machine-key make`."""

    def authenticate(self, request: HttpRequest, token: str) -> MachineKey | None:
        return machine_keys.holder_of(operator_id=request.operator.pk, text=token)  # type: ignore[attr-defined]


router = Router(tags=["usage"], auth=[_Machine(), django_auth])


@router.post("/records", summary="Deliver records of usage; the same again are duplicates")
def deliver(request: HttpRequest) -> JsonResponse:
    """`{"records": [...]}`: at most 10,000 objects with the columns of docs/usage-files.md. 200 with the counts, and
    the number, reason and detail of each record that went to suspense. 422 when the batch can't be read, 403 without
    the right; then nothing was taken in.
    """
    try:
        body = json.loads(request.body.decode())
        records = body.get("records") if isinstance(body, dict) and body.keys() <= {"records"} else None
    except (ValueError, RecursionError):
        records = None
    try:
        done = deliver_usage.deliver(by=request.auth, records=records, at=timezone.now())  # type: ignore[attr-defined]
    except Refusal as refused:
        return JsonResponse({"error": refused.message("en")}, status=_status(refused))
    return JsonResponse({
        "delivery": done.file.public_id,
        "records": done.file.records,
        "kept": done.file.kept,
        "duplicates": done.file.duplicates,
        "suspended": done.file.suspended,
        "waiting": [
            {"record": one.place, "reason": one.reason, "detail": one.detail,
             "words": texts.say(f"usage.reason.{one.reason}", "en")}
            for one in done.waiting
        ],
    })  # fmt: skip


def _status(refused: Refusal) -> int:
    if isinstance(refused, (RoleMissing, RightMissing)):
        return HTTPStatus.FORBIDDEN
    if isinstance(refused, (NoSpace, SegmentDamaged)):
        return HTTPStatus.SERVICE_UNAVAILABLE
    return HTTPStatus.UNPROCESSABLE_ENTITY
