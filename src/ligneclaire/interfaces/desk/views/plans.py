"""Other plans on a customer's billed months: what they would have cost, which is the best, and the same as a file."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ligneclaire.domains.rulebook.folders import FolderRefused
from ligneclaire.interfaces.desk.staff import Staff, page, show
from ligneclaire.journeys import desk_plans, replays
from ligneclaire.journeys.desk_plans import MOST_PLANS, Asked, PlansPage
from ligneclaire.kernel.periods import Period
from ligneclaire.kernel.refusal import Refusal

LINES = 100  # that the page lists; the file has all
DRAFT, WITHOUT = "draft", "without"


@require_GET
@page
def plans(request: HttpRequest, staff: Staff, public_id: str) -> HttpResponse:
    """The form, and below it what its answers come to. Writes nothing."""
    faults: tuple[str, ...] = ()
    drafted = request.GET.get("prices") == DRAFT
    try:
        known = desk_plans.plans_page(staff.scope, public_id, staff.on, drafted=drafted)
    except FolderRefused as refused:
        known = desk_plans.plans_page(staff.scope, public_id, staff.on)
        faults = tuple(map(str, refused.faults))
    asked = _asked(request, known)
    found = words = None
    if asked.codes and not faults:
        try:
            found = desk_plans.tried(staff.scope, known, asked)
        except Refusal as refusal:
            words = refusal.message(staff.language)
    lines = sorted(found.lines, key=lambda one: (-one.saving.amount, one.identifier))[:LINES] if found else ()
    shown: dict[str, Any] = {
        "known": known, "asked": asked, "found": found, "lines": lines, "words": words, "faults": faults,
        "too_many": len(asked.codes) > MOST_PLANS, "query": request.GET.urlencode(),
    }  # fmt: skip
    return show(request, staff, "plans", 422 if words or faults else 200, **shown)


@require_GET
@page
def plans_csv(request: HttpRequest, staff: Staff, public_id: str) -> HttpResponse:
    """The same, line by line and month by month."""
    try:
        drafted = request.GET.get("prices") == DRAFT
        known = desk_plans.plans_page(staff.scope, public_id, staff.on, drafted=drafted)
        found = desk_plans.tried(staff.scope, known, _asked(request, known))
    except (Refusal, FolderRefused) as refused:
        raise Http404 from refused
    if found is None:
        raise Http404
    heading = (
        _("Account"), _("Line"), _("Month"), _("Own plan"), _("Plan"), _("Subscription"), _("Options"), _("Usage"),
        _("Total"), _("Records without a price"),
    )  # fmt: skip
    body = replays.as_csv(found, staff.language, heading, _("as billed"))
    answer = HttpResponse(body, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="plans-{known.customer.number}.csv"'
    return answer


def _asked(request: HttpRequest, known: PlansPage) -> Asked:
    """The answers of the form; without months the last half year."""
    usual = desk_plans.half_a_year(known.months)
    if usual is None:
        return Asked((), ())
    first, last = (_month(request.GET.get(name, ""), day) for name, day in zip(("from", "to"), usual, strict=True))
    codes = tuple(one.code for one in known.plans if one.code in request.GET.getlist("plan"))
    months = desk_plans.between(known.months, first, last)
    return Asked(months, codes, request.GET.get("prices") == DRAFT, request.GET.get("options") != WITHOUT)


def _month(text: str, usual: date) -> date:
    """The first day of a month like 2026-05, or the usual one."""
    try:
        return Period.month(text).start
    except ValueError:
        return usual
