"""What a line used in a month, record by record, and why a record costs what it costs."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from ligneclaire.interfaces.desk.staff import Staff, page, show
from ligneclaire.journeys import desk_usage
from ligneclaire.kernel.refusal import Refusal
from ligneclaire.kernel.scope import Scope

READER, USER = "for", "user"


@require_GET
@page
def usage(request: HttpRequest, staff: Staff, line: str, month: str) -> HttpResponse:
    """The rated records of a line, of one category or of all, by time."""
    category, number = request.GET.get("category", ""), request.GET.get("page", "1")
    wanted = int(number) if number.isdecimal() and len(number) < 9 else 1
    try:
        found = desk_usage.usage_page(_scope(request, staff, line), line, _month(month), category, wanted)
    except Refusal as damaged:
        return show(request, staff, "usage_missing", 503, refusal=damaged.message(staff.language))
    return show(request, staff, "usage", found=found, category=category, opened_for=request.GET.get(READER, ""))


@require_GET
@page
def record(request: HttpRequest, staff: Staff, line: str, month: str, name: str) -> HttpResponse:
    """Why a record costs what it costs."""
    try:
        found = desk_usage.record_page(_scope(request, staff, line), line, _month(month), name, staff.language)
    except Refusal as damaged:
        return show(request, staff, "usage_missing", 503, refusal=damaged.message(staff.language))
    return show(request, staff, "record", found=found, opened_for=request.GET.get(READER, ""))


def _scope(request: HttpRequest, staff: Staff, line: str) -> Scope:
    """By whose page it was opened: `?for=user` from the pages of the line's user, else from the company's (FMP-11)."""
    return desk_usage.opened(staff.scope, line, for_user=request.GET.get(READER) == USER)


def _month(text: str) -> date:
    """The first day of a month like 2026-05."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError as wrong:
        raise Http404 from wrong
