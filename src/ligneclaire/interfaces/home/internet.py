"""The page of one's own internet line: what it carried, day by day."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ligneclaire.interfaces.addresses import first_day
from ligneclaire.interfaces.home.reader import Reader, page
from ligneclaire.journeys import own_internet, own_line


@require_GET
@page
def internet(request: HttpRequest, reader: Reader, public_id: str = "", month: str = "") -> HttpResponse:
    """A month of an internet line: this one of the first line, or another."""
    operator = request.operator  # type: ignore[attr-defined]
    reading = own_line.reading(reader.person, reader.scope, operator, reader.language, reader.at)
    found = own_internet.internet_month(reading, first_day(month) if month else reader.on, public_id)
    return render(request, "home/internet.html", {"month": found, "on": reader.on})
