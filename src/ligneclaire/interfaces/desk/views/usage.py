"""What a line used in a month, added up and record by record, and why a record costs what it costs. Each look is
written down; whole numbers of other parties are shown for a reason."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from ligneclaire.domains.usage.models import Disclosure
from ligneclaire.domains.usage.operations import NoGround
from ligneclaire.interfaces import usage_columns
from ligneclaire.interfaces.addresses import first_day
from ligneclaire.interfaces.desk.forms import Form
from ligneclaire.interfaces.desk.staff import Staff, is_for_user, page, show
from ligneclaire.interfaces.desk.templatetags.desk import GROUNDS
from ligneclaire.journeys import desk_acts, desk_lines, desk_usage
from ligneclaire.journeys.desk_usage import Opening
from ligneclaire.kernel.periods import add_months
from ligneclaire.kernel.refusal import Refusal

GIVEN, MOST = "numbers", 20  # reasons that a session remembers


class GroundForm(Form):
    """Why whole numbers are to be seen."""

    kind = forms.ChoiceField(label=gettext_lazy("Why?"), choices=[("", gettext_lazy("choose")), *GROUNDS.items()])
    words = forms.CharField(
        label=gettext_lazy("Reference, or what it is about"),
        help_text=gettext_lazy("Like the number of the complaint. No names, no telephone numbers."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@require_GET
@page
def lines(request: HttpRequest, staff: Staff, public_id: str) -> HttpResponse:
    """The lines of a customer in a month, each on its way to its usage."""
    asked, number = request.GET.get("number", "").strip()[:40], request.GET.get("page", "1")
    now = staff.on.replace(day=1)
    month = min(first_day(request.GET.get("month") or f"{now:%Y-%m}"), now)
    wanted = int(number) if number.isdecimal() and len(number) < 6 else 1
    found = desk_lines.lines_page(staff.scope, public_id, month, asked, wanted)
    months = (add_months(month, -1), add_months(month, 1) if month < now else None)
    desk_acts.see_usage(
        staff.login, subject=f"party:{public_id}", month=month, what="lines", for_user=False, at=staff.at
    )
    return show(request, staff, "lines", found=found, months=months)


@require_GET
@page
def usage(request: HttpRequest, staff: Staff, line: str, month: str) -> HttpResponse:
    """A month of a line: added up by day, service and zone, its gauges, and its records as they are asked for."""
    return _month(request, staff, line, month)


@require_POST
@page
def numbers(request: HttpRequest, staff: Staff, line: str, month: str) -> HttpResponse:
    """Show whole numbers for a reason, in this session, for a quarter of an hour."""
    opening, form = _opening(request, staff, line, month), GroundForm(request.POST)
    seen = desk_usage.line_to_disclose(opening)
    if not form.is_valid():
        return _month(request, staff, line, month, form)
    try:
        row = desk_acts.disclose_line(
            staff.login, line_id=seen.line_id, month=seen.month, at=staff.at, **form.cleaned_data
        )
    except NoGround as refusal:
        form.add_error("words", refusal.message(staff.language))
        return _month(request, staff, line, month, form)
    remember(request, row)
    return redirect(f"{reverse('desk:usage', args=[line, month])}?{request.GET.urlencode()}")


@require_GET
@page
def usage_file(request: HttpRequest, staff: Staff, line: str, month: str) -> HttpResponse:
    """The records that are asked for as a file, with numbers as the page has them."""
    opening = _opening(request, staff, line, month)
    try:
        file = desk_usage.usage_file(opening, request.GET.dict(), usage_columns.heading())
    except Refusal as damaged:
        return _missing(request, staff, damaged)
    _written_down(staff, opening, "file")
    return usage_columns.answer(file)


@require_GET
@page
def record(request: HttpRequest, staff: Staff, line: str, month: str, name: str) -> HttpResponse:
    """Why a record costs what it costs."""
    opening = _opening(request, staff, line, month)
    try:
        found = desk_usage.record_page(opening, name)
    except Refusal as damaged:
        return _missing(request, staff, damaged)
    _written_down(staff, opening, f"record:{name}")
    return show(request, staff, "record", found=found, opening=opening)


def remember(request: HttpRequest, row: Disclosure) -> None:
    """Keep a reason that was given with the session."""
    request.session[GIVEN] = [*given(request), row.public_id][-MOST:]
    messages.success(request, _("Whole numbers are shown for fifteen minutes. Your reason is written down."))


def given(request: HttpRequest) -> list[str]:
    """The reasons that were given in this session."""
    return list(request.session.get(GIVEN, ()))


def _month(request: HttpRequest, staff: Staff, line: str, month: str, form: GroundForm | None = None) -> HttpResponse:
    opening = _opening(request, staff, line, month)
    try:
        found = desk_usage.usage_page(opening, request.GET.dict())
    except Refusal as damaged:
        return _missing(request, staff, damaged)
    _written_down(staff, opening, "month")
    known: dict[str, Any] = {
        "page_": found, "found": found.found, "opening": opening, "form": form or GroundForm(),
        "may_disclose": bool(staff.roles & set(desk_acts.DISCLOSING)),
        "record_at": reverse("desk:usage", args=[line, month]), "record_more": "?for=user" if opening.for_user else "",
        "file_at": reverse("desk:usage-file", args=[line, month]),
    }  # fmt: skip
    return show(request, staff, "usage", 422 if form and form.errors else 200, **known)


def _missing(request: HttpRequest, staff: Staff, damaged: Refusal) -> HttpResponse:
    return show(request, staff, "usage_missing", 503, refusal=damaged.message(staff.language))


def _opening(request: HttpRequest, staff: Staff, line: str, month: str) -> Opening:
    """By whose page it was opened: `?for=user` from the pages of the line's user, else from the company's (FMP-11)."""
    operator = request.operator  # type: ignore[attr-defined]
    opening = Opening(operator, staff.scope, line, first_day(month), is_for_user(request), staff.language)
    return desk_usage.with_reason(opening, staff.actor, given(request), staff.at)


def _written_down(staff: Staff, opening: Opening, what: str) -> None:
    desk_acts.see_usage(
        staff.login, subject=f"line:{opening.line}", month=opening.month, what=what, for_user=opening.for_user,
        at=staff.at, disclosure=opening.disclosed.public_id if opening.disclosed else "",
    )  # fmt: skip
