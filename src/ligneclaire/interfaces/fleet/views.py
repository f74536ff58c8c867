"""A manager's pages: parse, one call, render. Everything lies behind the wall (FMP-11)."""

from __future__ import annotations

import re
from datetime import date

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET

from ligneclaire.domains.collections.queries import escalated_of
from ligneclaire.domains.usage.queries.fleet import ABOVE, BANDS
from ligneclaire.interfaces.fleet import shown
from ligneclaire.interfaces.fleet.reader import Manager, page, show
from ligneclaire.journeys import customer_pages, fleet_export, fleet_pages
from ligneclaire.kernel.periods import add_months

ON_A_PAGE = 50
MONTHS_BACK = 24


@require_GET
@page
def fleet(request: HttpRequest, manager: Manager) -> HttpResponse:
    """How many lines need attention, how full the bundles are, and every line."""
    month = month_of(request, manager)
    found = fleet_pages.fleet(manager.scope, month)
    band = request.GET.get("band", "")
    band, centre = band if band in BANDS else "", request.GET.get("centre", "")
    number = request.GET.get("number", "").strip()[:40]
    some = found.only(band=band, centre=centre, number=number)
    paged = Paginator(some, ON_A_PAGE).get_page(request.GET.get("page"))
    rows = fleet_pages.rows_of(list(paged), month)
    return show(
        request, manager, "fleet", fleet=found, heading=_heading(found, manager), band=band, centre=centre,
        number=number, paged=paged, rows=[shown.row(row, manager.country, manager.language) for row in rows],
        bands=shown.bands(found.bands), plot=shown.plot(found.bands), months=_months(month, manager), month=month,
        pools=shown.pools(fleet_pages.pools(manager.scope, month), manager.language),
    )  # fmt: skip


@require_GET
@page
def cost_centres(request: HttpRequest, manager: Manager) -> HttpResponse:
    """What the company pays beside the bundles, by cost centre."""
    month = month_of(request, manager)
    found = fleet_pages.fleet(manager.scope, month)
    centres = fleet_pages.by_cost_centre(found)
    parts = shown.shares(centres, manager.language)
    return show(
        request, manager, "cost_centres", fleet=found, centres=centres, plot=parts, month=month,
        names=shown.band_names(), months=_months(month, manager),
    )  # fmt: skip


@require_GET
@page
def cost_centres_csv(request: HttpRequest, manager: Manager) -> HttpResponse:
    """The same as a file."""
    month = month_of(request, manager)
    rows = fleet_export.usage_by_cost_centre(manager.scope, month, manager.language, manager.country)
    return _file(fleet_export.as_csv(rows, _columns(), manager.language), f"usage-{month:%Y-%m}.csv")


@require_GET
@page
def line(request: HttpRequest, manager: Manager, public_id: str) -> HttpResponse:
    """One line: its bundles and what the company pays of it (USE-04)."""
    month = month_of(request, manager)
    found = fleet_pages.line_page(manager.scope, month, public_id)
    return show(
        request, manager, "line", line=found, page_=shown.line(found, manager.country, manager.language),
        month=month, months=_months(month, manager),
    )  # fmt: skip


@require_GET
@page
def invoices(request: HttpRequest, manager: Manager) -> HttpResponse:
    """The company's documents with their state, and each as a file by cost centre; of private invoices that employees
    did not pay the amount due alone (SPL-11)."""
    unpaid = shown.unpaid(escalated_of(manager.scope), manager.country)
    bills = customer_pages.bills_of(manager.scope, manager.on)
    return show(request, manager, "invoices", bills=bills, unpaid=unpaid)


@require_GET
@page
def invoice_csv(request: HttpRequest, manager: Manager, public_id: str) -> HttpResponse:
    """The lines of a document by cost centre."""
    row = customer_pages.invoice_of(manager.scope, public_id)
    rows = fleet_export.invoice_by_cost_centre(row, manager.language, manager.country)
    return _file(fleet_export.as_csv(rows, _columns(), manager.language), f"{row.number}.csv")


def month_of(request: HttpRequest, manager: Manager) -> date:
    """The month that the address asks for, as "2026-10"; else the running one."""
    now = manager.on.replace(day=1)
    asked = re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", request.GET.get("month", ""))
    return min(date(int(asked[1]), int(asked[2]), 1), now) if asked else now


def _months(month: date, manager: Manager) -> tuple[date | None, date | None]:
    """The months before and after that one, as far as they may be asked for."""
    now = manager.on.replace(day=1)
    before = add_months(month, -1) if month > add_months(now, -MONTHS_BACK) else None
    return before, add_months(month, 1) if month < now else None


def _heading(found: fleet_pages.Fleet, manager: Manager) -> str:
    many, over = len(found.lines), dict(found.bands)[ABOVE]
    if not many:
        return _("No number yet")
    numbers = ngettext("%(n)s number", "%(n)s numbers", many) % {"n": many}
    known = {"numbers": numbers, "n": over}
    if found.month < manager.on.replace(day=1):
        told = ngettext(
            "%(numbers)s, %(n)s went beyond its bundle", "%(numbers)s, %(n)s went beyond their bundle", over
        )
        return told % known if over else _("%(numbers)s, all within their bundles") % known
    told = ngettext("%(numbers)s, %(n)s needs attention today", "%(numbers)s, %(n)s need attention today", over)
    return told % known if over else _("%(numbers)s, all is calm today") % known


def _columns() -> list[str]:
    return [
        _("Cost centre"), _("Name of the cost centre"), _("Number"), _("User"), pgettext("export", "What"), _("Month"),
        _("Amount without VAT (EUR)"),
    ]  # fmt: skip


def _file(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
