"""Ending a contract: one page with the day, the cost and what happens next, and the act (CON-04, L-FR-04)."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from ligneclaire.domains.contracts import queries as contracts
from ligneclaire.domains.contracts.models import Contract
from ligneclaire.interfaces.home.reader import Reader, page
from ligneclaire.journeys import formats, leave_page
from ligneclaire.journeys import leave as leaving
from ligneclaire.journeys.leave_page import Leaving
from ligneclaire.kernel import texts
from ligneclaire.kernel.decision import Refused
from ligneclaire.kernel.refusal import Refusal


class LeaveForm(forms.Form):
    """The day and the reason, both free; `seen` is the quote that the page showed."""

    wanted_on = forms.DateField(
        label=gettext_lazy("Last day that you want"),
        help_text=gettext_lazy("Leave it empty for the day that the law sets."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        required=False,
        error_messages={"invalid": gettext_lazy("This is not a day.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Legitimate reason, if you have one"),
        help_text=gettext_lazy("You need none to leave. What you write goes to the people who handle your request."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        required=False,
    )
    seen = forms.CharField(required=False, max_length=80)


@require_http_methods(["GET", "POST"])
@page
def leave(request: HttpRequest, reader: Reader, public_id: str) -> HttpResponse:
    """What ending the contract means, and with the same quote in hand, the act. Asking writes nothing."""
    row = contracts.contract_row(reader.scope, public_id)
    ended = contracts.termination_of(row)
    if ended is not None:
        return redirect("home:request", ended.promise.public_id)
    form = LeaveForm(request.POST or None, label_suffix="")
    found = _quote(form, row, reader)
    if found and request.POST.get("act") == "confirm":
        if form.cleaned_data["seen"] == found.seen:
            left = _leave(form, row, reader)
            if left:
                return redirect("home:request", left.termination.promise.public_id)
        else:
            form.add_error(None, _("The day or the cost is not the one you saw. Please look again, then confirm."))
    known = {
        "form": form,
        "contract": contracts.contract_view(reader.scope, public_id),
        "person": reader.person,
        "found": found,
        "by_mail": bool(row.account.email),
        "phone": formats.phone(row.account.legal_entity.phone, row.account.legal_entity.country),
    }
    return render(request, "home/leave.html", known, status=422 if form.errors else 200)


def _quote(form: LeaveForm, row: Contract, reader: Reader) -> Leaving | None:
    if form.is_bound and not form.is_valid():
        return None
    wanted_on = form.cleaned_data["wanted_on"] if form.is_bound else None
    try:
        return leave_page.leaving(row, reader.on, wanted_on, reader.at)
    except Refusal as refusal:
        form.add_error("wanted_on", refusal.message(reader.language))
    except Refused as refused:
        for fault in refused.faults:
            said = texts.say(fault.code, reader.language, fault.params)
            form.add_error("wanted_on", _("This day %(fault)s.") % {"fault": said})
    return None


def _leave(form: LeaveForm, row: Contract, reader: Reader) -> leaving.Left | None:
    given = form.cleaned_data
    try:
        return leaving.leave(
            contract=row, received_on=reader.on, wanted_on=given["wanted_on"], channel="online",
            requester=reader.person, at=reader.at, actor=reader.actor, words=given["reason"],
        )  # fmt: skip
    except Refusal as refusal:
        form.add_error(None, refusal.message(reader.language))
    return None
