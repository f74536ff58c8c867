"""A request belongs to the operator of its host name, and runs in one transaction that sees only that operator."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound

from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.operators.models import Operator

NEEDS_NO_OPERATOR = ("/static/", "/health", "/api/decisions")


def operator_host(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: find the operator, open its transaction, undo everything when the answer is a server fault."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path.startswith(NEEDS_NO_OPERATOR):
            request.COOKIES.pop(
                settings.SESSION_COOKIE_NAME, None
            )  # sessions are an operator's: this one stays as it is
            return get_response(request)
        operator = Operator.objects.filter(host=request.get_host().split(":")[0].lower()).first()
        if operator is None:
            return HttpResponseNotFound("No operator answers at this address.\n", content_type="text/plain")
        request.operator = operator  # type: ignore[attr-defined]
        with acting_for(operator.pk):
            response = get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response

    return middleware
