"""A month of a line that the company pays whole, to look into and to take along; nothing of a shared bill (FMP-11)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from ligneclaire.interfaces import usage_columns
from ligneclaire.interfaces.fleet.reader import Manager, page, show
from ligneclaire.interfaces.fleet.views import month_of
from ligneclaire.journeys import fleet_usage
from ligneclaire.journeys.usage_explorer import Lens


@require_GET
@page
def usage(request: HttpRequest, manager: Manager, public_id: str) -> HttpResponse:
    """What the line used, added up by day, service and zone, and record by record."""
    month, wanted = month_of(request, manager), request.GET.dict()
    found = fleet_usage.month_of(manager.scope, month, public_id, wanted, _lens(request, manager))
    file_at = reverse("fleet:usage-file", args=[public_id])
    return show(request, manager, "usage", found=found, month=month, file_at=file_at)


@require_GET
@page
def usage_file(request: HttpRequest, manager: Manager, public_id: str) -> HttpResponse:
    """The same as a file."""
    month, wanted = month_of(request, manager), request.GET.dict()
    lens, heading = _lens(request, manager), usage_columns.heading()
    return usage_columns.answer(fleet_usage.file_of(manager.scope, month, public_id, wanted, lens, heading=heading))


def _lens(request: HttpRequest, manager: Manager) -> Lens:
    return Lens(request.operator, manager.language)  # type: ignore[attr-defined]
