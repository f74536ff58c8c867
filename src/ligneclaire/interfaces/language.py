"""The language of a page: the reader's own, else the chosen one, else the browser's, else the operator's first."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

COOKIE = "language"


def reader_language(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: activate the language for this request."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with translation.override(_language(request)):
            return get_response(request)

    return middleware


def _language(request: HttpRequest) -> str:
    operator = getattr(request, "operator", None)
    if operator is None:
        return "en"
    offered = list(operator.languages) or ["en"]
    asked = [request.COOKIES.get(COOKIE, ""), getattr(getattr(request, "user", None), "language", "")]
    asked += [code.split("-")[0] for code, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", ""))]
    return next((code for code in asked if code in offered), offered[0])
