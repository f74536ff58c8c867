"""The language and the clock of a page: the chosen language, else the reader's own, else the browser's, else the
operator's first; times are local to the operator."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.http import require_POST

COOKIE = "language"
YEAR = 365 * 86400


def reader_language(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: activate the language and the operator's time zone for this request."""

    def middleware(request: HttpRequest) -> HttpResponse:
        operator = getattr(request, "operator", None)
        zone = ZoneInfo(operator.timezone) if operator else None
        with translation.override(_language(request)), timezone.override(zone):
            return get_response(request)

    return middleware


@require_POST
def speak(request: HttpRequest) -> HttpResponse:
    """Remember the chosen language and go back to the page. A language that the operator does not speak is ignored."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}):
        back = "/"
    answer = HttpResponseRedirect(back)
    if request.POST.get("language") in _offered(request):
        keep_language(answer, request.POST["language"], secure=request.is_secure())
    return answer


def keep_language(answer: HttpResponse, code: str, *, secure: bool) -> None:
    """Show the pages that follow in this language, on this device."""
    answer.set_cookie(COOKIE, code, max_age=YEAR, samesite="Lax", secure=secure)


def _offered(request: HttpRequest) -> list[str]:
    operator = getattr(request, "operator", None)
    return list(operator.languages) if operator and operator.languages else ["en"]


def _language(request: HttpRequest) -> str:
    offered = _offered(request)
    asked = [request.COOKIES.get(COOKIE, ""), getattr(getattr(request, "user", None), "language", "")]
    browser = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    asked += [code.split("-")[0] for code, _weight in browser]
    return next((code for code in asked if code in offered), offered[0])
