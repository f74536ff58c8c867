"""A customer's pages: parse, one call, render. What is shown lies within the reader's scope."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from ligneclaire.domains.billing import operations as billing
from ligneclaire.domains.lines.queries import own_public_ids
from ligneclaire.domains.promises import queries as promises
from ligneclaire.interfaces.home import offers, tracking
from ligneclaire.interfaces.home.reader import Reader, page
from ligneclaire.journeys import customer_pages, invoice_pdf, leave_page, paying
from ligneclaire.journeys import invoices as documents
from ligneclaire.kernel.refusal import Refusal


@require_GET
@page
def first_page(request: HttpRequest, reader: Reader) -> HttpResponse:
    """What is to be paid now and next, the offer, the open requests. Of many contracts it is the sums by plan, and the
    next invoice is worked out when it is asked for."""
    bills = customer_pages.bills_of(reader.scope, reader.on)
    contracts = customer_pages.few_cards(reader.scope, reader.on)
    asked = contracts is not None or "ahead" in request.GET
    known = {
        "bills": bills,
        "asked": asked,
        "contracts": contracts,
        "many": offers.many(reader) if contracts is None else None,
        "ahead": customer_pages.ahead(reader.scope, reader.on) if asked else (),
        "requests": [tracking.tracked(one, reader) for one in promises.open_promises(reader.scope, reader.on)],
        "given_name": reader.person.given_name,
        "on": reader.on,
    }
    return render(request, "home/first.html", known)


@require_GET
@page
def invoices(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Every invoice and credit note with its state."""
    return render(request, "home/invoices.html", {"bills": customer_pages.bills_of(reader.scope, reader.on)})


@require_GET
@page
def invoice(request: HttpRequest, reader: Reader, public_id: str) -> HttpResponse:
    """One document, explained."""
    found = customer_pages.invoice_page(reader.scope, public_id, reader.language, reader.on)
    view, sheet = found.view, invoice_pdf.sheet_of(found.view)
    lines = [(line, [one for one in found.disputed if one.position == line.position]) for line in view.lines]
    since = sum(1 for amount in (view.paid, view.credited) if amount)
    known = {
        "view": view,
        "bill": found.bill,
        "sheet": sheet,
        "pay": paying.transfer_of(view, found.bill),
        "totals": sheet["detail"]["totals"][: -(since + 1) if since else None],  # the first panel has those
        "public_id": public_id,
        "lines": lines,
        "own": own_public_ids(reader.scope, reader.person) if any(one.usage for one in view.lines) else (),
    }
    return render(request, "home/invoice.html", known)


@require_GET
@page
def invoice_pdf_file(request: HttpRequest, reader: Reader, public_id: str) -> HttpResponse:
    """The document on paper, in the language of the page."""
    row = customer_pages.invoice_of(reader.scope, public_id)
    answer = HttpResponse(documents.document(row, reader.language), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{row.number}.pdf"'
    return answer


class DisputeForm(forms.Form):
    """What the customer says about a line."""

    words = forms.CharField(
        label=gettext_lazy("What is wrong with this line?"),
        help_text=gettext_lazy("A sentence is enough: an amount, a date, something you never ordered."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
        error_messages={"required": gettext_lazy("Please say in a sentence what is wrong.")},
    )


@require_http_methods(["GET", "POST"])
@page
def dispute(request: HttpRequest, reader: Reader, public_id: str, position: int) -> HttpResponse:
    """Say that a line is wrong: a promise with a date, which the customer can follow."""
    row = customer_pages.line_of(reader.scope, public_id, position)
    disputed = customer_pages.disputes_of(reader.scope, row.invoice, reader.on)
    running = next((one for one in disputed if one.position == position and not one.promise.outcome), None)
    if running:
        if request.method == "POST":
            messages.warning(
                request, _("This line is disputed already: your new words were not kept. Here is where it stands.")
            )
        return redirect("home:request", running.promise.public_id)
    form = DisputeForm(request.POST or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data["words"]
        try:
            made = billing.dispute_line(
                line=row, words=words, requester=reader.person, at=reader.at, actor=reader.actor
            )
            return redirect("home:request", made.promise.public_id)
        except Refusal as refused:
            form.add_error(None, refused.message(reader.language))
    view = documents.view_of(row.invoice, reader.language)
    line = next(one for one in view.lines if one.position == position)
    known = {"view": view, "line": line, "is_paid": customer_pages.is_paid(reader.scope, public_id)}
    return render(request, "home/dispute.html", {**known, "form": form, "public_id": public_id})


@require_GET
@page
def requests(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Everything that was asked, and where it stands."""
    found = [tracking.tracked(one, reader) for one in customer_pages.requests_of(reader.scope, reader.on)]
    return render(request, "home/requests.html", {"requests": found, "open": [one for one in found if one.waits]})


@require_GET
@page
def one_request(request: HttpRequest, reader: Reader, public_id: str) -> HttpResponse:
    """One request: its stations, until when it is promised, and what was said; of a termination, what it means."""
    found = promises.tracker(reader.scope, public_id, reader.on)
    ending = leave_page.ending_of(reader.scope, found, reader.on, reader.at)
    if ending is not None:
        return render(request, "home/ending.html", {"request_": tracking.tracked(found, reader), "ending": ending})
    subject = customer_pages.subject_of(reader.scope, found)
    is_paid = subject is not None and customer_pages.is_paid(reader.scope, subject.invoice_id)
    known = {"request_": tracking.tracked(found, reader), "subject": subject, "is_paid": is_paid}
    return render(request, "home/request.html", known)
