"""The pages of one's own line: this month, an amount down to its records, and the months without a private invoice."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from ligneclaire.domains.billing.queries import private
from ligneclaire.domains.customers.queries import NotFound
from ligneclaire.domains.lines import queries as lines
from ligneclaire.domains.rulebook import queries as rulebook
from ligneclaire.interfaces import usage_columns
from ligneclaire.interfaces.addresses import first_day
from ligneclaire.interfaces.home.reader import Reader, page
from ligneclaire.journeys import customer_pages, own_line, own_records
from ligneclaire.journeys.own_line import Reading


@require_GET
@page
def usage(request: HttpRequest, reader: Reader, public_id: str = "", month: str = "") -> HttpResponse:
    """A month of a line: this one of the first line, or another. Who has no line reads that there is none."""
    try:
        found = own_line.own_month(_reading(request, reader), first_day(month) if month else reader.on, public_id)
    except NotFound:
        if public_id or not lines.has_own_line(reader.person):
            raise
        return render(request, "home/usage_none.html", {"month": reader.on})
    return render(request, "home/usage.html", {"month": found, "on": reader.on})


@require_GET
@page
def records(request: HttpRequest, reader: Reader, public_id: str, month: str) -> HttpResponse:
    """The records behind an amount, added up by day, service and zone, and by time."""
    found = own_records.records_of(_reading(request, reader), first_day(month), public_id, request.GET.dict())
    known = {
        "found": found,
        "record_at": request.path,
        "file_at": reverse("home:records-file", args=[public_id, month]),
    }
    return render(request, "home/records.html", known)


@require_GET
@page
def records_file(request: HttpRequest, reader: Reader, public_id: str, month: str) -> HttpResponse:
    """The same as a file for a spreadsheet."""
    reading, heading = _reading(request, reader), usage_columns.heading()
    return usage_columns.answer(own_records.file_of(reading, first_day(month), public_id, request.GET.dict(), heading))


@require_GET
@page
def record(request: HttpRequest, reader: Reader, public_id: str, month: str, name: str) -> HttpResponse:
    """One record, and why it costs what it costs."""
    found = own_records.why(_reading(request, reader), first_day(month), public_id, name)
    return render(request, "home/record.html", {"why": found})


@require_GET
@page
def private_invoices(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The private invoices, and the months that had none with the reason."""
    found = private.private_part_of(reader.scope, reader.on, rulebook.book_of(reader.scope.operator_id))
    if found is None:
        raise NotFound
    bills = {bill.public_id: bill for bill in customer_pages.bills_of(reader.scope, reader.on).bills}
    months = [(one, bills.get(one.public_id)) for one in found.months]
    return render(request, "home/private.html", {"private": found, "months": months, "on": reader.on})


def _reading(request: HttpRequest, reader: Reader) -> Reading:
    operator = request.operator  # type: ignore[attr-defined]
    return own_line.reading(reader.person, reader.scope, operator, reader.language, reader.at)
