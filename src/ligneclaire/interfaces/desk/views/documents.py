"""A document with the why of every amount, its correction, and the answer to a dispute."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from ligneclaire.domains.access.operations import RoleMissing
from ligneclaire.domains.promises import queries as promises
from ligneclaire.interfaces.desk import promised
from ligneclaire.interfaces.desk.forms import AmountField, Form, WordsField, written
from ligneclaire.interfaces.desk.staff import Staff, page, show
from ligneclaire.interfaces.templatetags.ligneclaire import money
from ligneclaire.journeys import customer_pages, desk_acts, desk_documents, invoice_pdf
from ligneclaire.journeys import invoices as documents
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.refusal import Refusal


@require_GET
@page
def invoice(request: HttpRequest, staff: Staff, public_id: str) -> HttpResponse:
    """One document, explained down to the rule and the policy version."""
    found = desk_documents.document_page(staff.scope, public_id, staff.language, staff.on)
    return show(request, staff, "invoice", found=found, sheet=invoice_pdf.sheet_of(found.view))


@require_GET
@page
def invoice_pdf_file(request: HttpRequest, staff: Staff, public_id: str) -> HttpResponse:
    """The document on paper, in its own language, as the customer has it."""
    row = customer_pages.invoice_of(staff.scope, public_id)
    answer = HttpResponse(documents.document(row, row.language), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{row.number}.pdf"'
    return answer


WAYS = ("whole", "lines", "reissue")


class CorrectForm(Form):
    """Why a document is corrected, and, line by line, the amount that is credited or that is right."""

    reason = WordsField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("It stands on the credit note: write in the customer's language."),
        max_length=200,
    )

    def __init__(self, what: str, found: desk_documents.DocumentPage, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.positions = [] if what == "whole" else [one.line.position for one in found.lines]
        for one in found.lines if what != "whole" else ():
            self.fields[f"amount-{one.line.position}"] = AmountField(
                positive=False,
                required=False,
                label=one.line.label,
                help_text=_("%(sum)s on the invoice") % {"sum": money(one.line.amount)},
                initial=written(one.line.amount) if what == "reissue" else "",
            )

    def bound_lines(self) -> list[Any]:
        """The fields of the lines."""
        return [self[f"amount-{position}"] for position in self.positions]

    def amounts(self, found: desk_documents.DocumentPage, what: str) -> dict[int, Money]:
        """The amounts that were given, by position; of a new invoice those that differ."""
        given = {position: self.cleaned_data[f"amount-{position}"] for position in self.positions}
        was = {one.line.position: one.line.amount for one in found.lines}
        wanted = {position: amount for position, amount in given.items() if amount is not None}
        return {p: amount for p, amount in wanted.items() if what == "lines" or amount != was[p]}


@require_http_methods(["GET", "POST"])
@page
def credit(request: HttpRequest, staff: Staff, public_id: str) -> HttpResponse:
    """Correct a document: what it makes is shown first, as it will be issued."""
    found = desk_documents.document_page(staff.scope, public_id, staff.language, staff.on)
    asked = request.POST or (request.GET if "reason" in request.GET else None)
    what = (request.POST or request.GET).get("what", "whole")
    what = what if what in WAYS else "whole"
    form = CorrectForm(what, found, asked)
    known: dict[str, Any] = {"found": found, "what": what, "form": form}
    if asked and form.is_valid():
        given = {"what": what, "amounts": form.amounts(found, what), "reason": form.cleaned_data["reason"]}
        try:
            if request.method == "POST":
                return _corrected(request, staff, found, given)
            known["preview"] = desk_documents.previewed(
                lambda: desk_acts.correct_invoice(staff.login, found.row, at=staff.at, **given), staff.language
            )
        except RoleMissing:
            raise
        except Refusal as refusal:
            form.add_error(None, refusal.message(staff.language))
    known["given"] = [(name, value) for name, value in (asked or {}).items() if name != "csrfmiddlewaretoken"]
    return show(request, staff, "credit", 422 if form.errors else 200, **known)


def _corrected(
    request: HttpRequest, staff: Staff, found: desk_documents.DocumentPage, given: dict[str, Any]
) -> HttpResponse:
    made = desk_acts.correct_invoice(staff.login, found.row, at=staff.at, **given)
    messages.success(request, _("Issued: %(numbers)s") % {"numbers": ", ".join(one.number for one in made)})
    return redirect("desk:invoice", made[-1].public_id)


class AnswerForm(Form):
    """What the customer is told."""

    words = WordsField(
        rows=5,
        label=gettext_lazy("What do you tell the customer?"),
        help_text=gettext_lazy("In the customer's language: what you found, and what follows."),
        max_length=2000,
    )


@require_http_methods(["GET", "POST"])
@page
def promise(request: HttpRequest, staff: Staff, public_id: str) -> HttpResponse:
    """One promise with its stations; a dispute is answered here."""
    found = promises.tracker(staff.scope, public_id, staff.on)
    one = promised.followed(found)
    known: dict[str, Any] = {"one": one, "subject": customer_pages.subject_of(staff.scope, found)}
    if found.kind != "dispute":
        return show(request, staff, "promise", **known)
    dispute = desk_documents.dispute_of(staff.scope, public_id)
    known["because"] = desk_documents.because_of(dispute.line.because, staff.language)
    known["is_paid"] = customer_pages.is_paid(staff.scope, dispute.line.invoice.public_id)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        outcome = request.POST.get("outcome", "")
        try:
            desk_acts.answer_dispute(
                staff.login, dispute, outcome=outcome, words=form.cleaned_data["words"], at=staff.at
            )
        except RoleMissing:
            raise
        except Refusal as refusal:
            form.add_error(None, refusal.message(staff.language))
        else:
            messages.success(request, _("The customer has your answer."))
            return redirect("desk:promise", public_id)
    if one.is_open:
        known["form"] = form
    return show(request, staff, "promise", 422 if form.errors else 200, **known)
