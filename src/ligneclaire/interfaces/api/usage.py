"""`POST /api/usage/records` and `/api/usage/files/NAME`: usage from another program of the operator, or its desk."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from ninja import Router
from ninja.security import HttpBearer, django_auth

from ligneclaire.domains.access import machine_keys
from ligneclaire.domains.access.machine_keys import RightMissing
from ligneclaire.domains.access.models import MachineKey
from ligneclaire.domains.access.operations import RoleMissing
from ligneclaire.domains.usage import operations as usage
from ligneclaire.domains.usage.store import FULL, NoSpace, SegmentDamaged
from ligneclaire.journeys import deliver_usage
from ligneclaire.journeys.deliver_usage import Delivered
from ligneclaire.kernel import texts
from ligneclaire.kernel.refusal import Refusal

PIECE, MOST_OCTETS = 1_000_000, 10**9
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")


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
    except (ValueError, RecursionError, RequestDataTooBig):
        records = None
    by = request.auth  # type: ignore[attr-defined]
    return _answer(lambda: deliver_usage.deliver(by=by, records=records, at=timezone.now()))


@router.post("/files/{name}", summary="Deliver a file of usage, as it is; the same again brings duplicates")
def deliver_file(request: HttpRequest, name: str) -> JsonResponse:
    """The octets of the file are the body, 1 GB at most. Parameters, as those of `ligneclaire intake usage`: `form`,
    `source`, `zone`, `trunk` (repeatable). Answers like `/records`.
    """
    by, asked = request.auth, request.GET  # type: ignore[attr-defined]
    if not _NAME.fullmatch(name):
        return JsonResponse({"error": "the name of a file is of A-Z a-z 0-9 . _ -"}, status=422)
    try:
        deliver_usage.allowed(by)
    except Refusal as refused:
        return _refusal(refused)
    form, trunks = asked.get("form", ""), frozenset(asked.getlist("trunk"))
    switch = usage.Switch(form, asked.get("source", ""), asked.get("zone", ""), trunks) if form else None
    try:
        with TemporaryDirectory() as folder:
            path = Path(folder) / name
            if not _saved(request, path):
                return JsonResponse({"error": "the file is larger than 1 GB"}, status=413)
            return _answer(lambda: deliver_usage.deliver_file(by=by, path=path, switch=switch, at=timezone.now()))
    except OSError as error:
        if error.errno not in FULL:
            raise
        return _refusal(NoSpace())


def _saved(request: HttpRequest, path: Path) -> bool:
    with path.open("wb") as file:
        while piece := request.read(PIECE):
            if file.tell() + len(piece) > MOST_OCTETS:
                return False
            file.write(piece)
    return True


def _answer(act: Callable[[], Delivered]) -> JsonResponse:
    try:
        done = act()
    except Refusal as refused:
        return _refusal(refused)
    return JsonResponse({
        "delivery": done.file.public_id,
        "records": done.file.records,
        "kept": done.file.kept,
        "duplicates": done.file.duplicates,
        "suspended": done.file.suspended,
        "passed": done.file.passed,
        "waiting": [
            {"record": one.place, "reason": one.reason, "detail": one.detail,
             "words": texts.say(f"usage.reason.{one.reason}", "en")}
            for one in done.waiting
        ],
    })  # fmt: skip


def _refusal(refused: Refusal) -> JsonResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if isinstance(refused, (RoleMissing, RightMissing)):
        status = HTTPStatus.FORBIDDEN
    elif isinstance(refused, (NoSpace, SegmentDamaged)):
        status = HTTPStatus.SERVICE_UNAVAILABLE
    return JsonResponse({"error": refused.message("en")}, status=status)
