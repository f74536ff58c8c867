"""`POST /api/decisions/NAME`: the decisions of the command `decide`, as JSON. Holds no customer's data."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, JsonResponse
from ninja import Router

from ligneclaire.domains.operators.models import Operator
from ligneclaire.domains.rulebook import door, schema
from ligneclaire.domains.rulebook.places import FolderOperators, folders_root
from ligneclaire.domains.rulebook.stored import StoredOperators
from ligneclaire.kernel import decision
from ligneclaire.kernel.decision import Refused

router = Router(tags=["decisions"])


@router.get("", summary="All decisions, with the rules that they enforce")
def list_decisions(request: HttpRequest) -> JsonResponse:
    """Name, one line and rule ids of each decision."""
    rows = [
        {"name": found.name, "summary": found.summary, "rules": list(found.rules)}
        for found in decision.decisions().values()
    ]
    return JsonResponse(rows, safe=False)


@router.get("/{name}/schema", summary="JSON Schema of facts and answer, with an example")
def show_schema(request: HttpRequest, name: str) -> JsonResponse:
    """What a decision looks like from outside."""
    try:
        return JsonResponse(schema.schema(door.decision_of(name), _operators()))
    except Refused as refused:
        return _refusal(refused, "en", 404)


@router.post("/{name}", summary="Decide: facts in, the answer with its reasons out")
def decide(request: HttpRequest, name: str) -> JsonResponse:
    """One object of facts, or an array for many. 422 when anything is wrong with the facts, 404 for an unknown name.

    Parameters: `operator` (default: the one of the host name), `on`, `lang`.
    """
    lang = request.GET.get("lang")
    spoken = lang if lang in ("fr", "nl") else "en"
    try:
        door.decision_of(name)
    except Refused as refused:
        return _refusal(refused, spoken, 404)
    try:
        facts = door.parse_json(_text(request))
    except Refused as refused:
        return _refusal(refused, spoken, 422)
    on = request.GET.get("on")
    asked = door.Asked(
        now=datetime.now(UTC),
        operator=request.GET.get("operator"),
        on=on.replace(" ", "+") if on else on,  # an offset's plus sign, not written as %2B, arrives as a space
        lang=lang,
        host_operator=_of_host(request),
    )
    known = _operators()
    if not isinstance(facts, list):
        answer, is_faulty = _one(name, facts, asked, known, spoken)
        return JsonResponse(answer, status=422 if is_faulty else 200)
    answers = [_one(name, one, asked, known, spoken) for one in facts]
    status = 422 if any(is_faulty for _, is_faulty in answers) else 200
    return JsonResponse([one for one, _ in answers], safe=False, status=status)


def _one(name: str, facts: Any, asked: door.Asked, known: door.Operators, spoken: str) -> tuple[dict[str, Any], bool]:
    """One answer, or the faults of one case, and whether it is faulty."""
    try:
        return door.answer(name, facts, asked, known), False
    except Refused as refused:
        return {"error": [fault.to_json(spoken) for fault in refused.faults]}, True


def _text(request: HttpRequest) -> str:
    try:
        return request.body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise decision.refuse("rulebook.fault.not-json", "facts", reason="UTF-8") from None


def _of_host(request: HttpRequest) -> str | None:
    host = request.get_host().split(":")[0].lower()
    return Operator.objects.filter(host=host).values_list("code", flat=True).first()


def _operators() -> door.Operators:
    return StoredOperators(_transaction, FolderOperators(folders_root()))


@contextmanager
def _transaction() -> Iterator[Any]:
    """A transaction of its own: policies are read for the operator that was asked for, not for the host's."""
    with transaction.atomic(), connection.cursor() as cursor:
        yield cursor


def _refusal(refused: Refused, lang: str, status: int) -> JsonResponse:
    return JsonResponse({"error": [fault.to_json(lang) for fault in refused.faults]}, status=status)
