"""One contract: what was agreed, what happened, and what can be done with it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ligneclaire.domains.access.operations import RoleMissing
from ligneclaire.domains.contracts import queries as contracts
from ligneclaire.interfaces.desk import events
from ligneclaire.interfaces.desk.forms import DayField, Form
from ligneclaire.interfaces.desk.staff import Staff, page, show
from ligneclaire.interfaces.templatetags.ligneclaire import day, in_words, money
from ligneclaire.journeys import desk_acts, desk_contracts, desk_documents
from ligneclaire.kernel import texts
from ligneclaire.kernel.decision import Refused
from ligneclaire.kernel.refusal import Refusal


class KitForm(Form):
    """The equipment arrived."""

    kit_on = DayField(label=gettext_lazy("Received on"))
    source = forms.CharField(
        label=gettext_lazy("Proof"),
        help_text=gettext_lazy("What says so: the carrier's number, a signature."),
        max_length=120,
        error_messages={"required": gettext_lazy("Please say what proves it.")},
    )


class OptionForm(Form):
    """An option from a day on, or without it."""

    option = forms.ChoiceField(label=gettext_lazy("Option"))
    option_on = DayField(label=gettext_lazy("From"))

    def __init__(self, choices: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["option"].choices = choices  # type: ignore[attr-defined]


@require_GET
@page
def contract(request: HttpRequest, staff: Staff, public_id: str) -> HttpResponse:
    """One contract with its terms, its events and its acts."""
    return _contract(request, staff, public_id)


def _contract(request: HttpRequest, staff: Staff, public_id: str, status: int = 200, **tried: Any) -> HttpResponse:
    found = desk_contracts.contract_page(staff.scope, public_id, staff.on, staff.at)
    known: dict[str, Any] = {
        "kit": KitForm(initial={"kit_on": staff.on}),
        "add": OptionForm(_sold(found), initial={"option_on": staff.on}, auto_id="id_add_%s"),
        "remove": OptionForm(_had(found), initial={"option_on": staff.on}, auto_id="id_remove_%s"),
        **tried,
    }
    acts = [found.contract.equipment_received_on is None, bool(found.options), bool(found.removable)]
    known["act_width"] = "w4" if sum(acts) == 3 else "w6"
    known["because"] = desk_documents.because_of(found.because, staff.language)
    stations = [events.station(one) for one in found.events]
    return show(request, staff, "contract", status, found=found, contract=found.contract, stations=stations, **known)


@require_POST
@page
def kit(request: HttpRequest, staff: Staff, public_id: str) -> HttpResponse:
    """The equipment was received: service starts at the latest some days later (BIL-02)."""
    row = contracts.contract_row(staff.scope, public_id)
    form = KitForm(request.POST)
    if form.is_valid():
        try:
            on, source = form.cleaned_data["kit_on"], form.cleaned_data["source"]
            desk_acts.record_kit(staff.login, row, on=on, source=source, at=staff.at)
        except RoleMissing:
            raise
        except Refusal as refusal:
            form.add_error("kit_on", refusal.message(staff.language))
        else:
            messages.success(request, _("The equipment is recorded as received on %(on)s.") % {"on": day(on)})
            return redirect("desk:contract", public_id)
    return _contract(request, staff, public_id, 422, kit=form)


@require_POST
@page
def add_option(request: HttpRequest, staff: Staff, public_id: str) -> HttpResponse:
    """An option from a day on."""
    found = desk_contracts.contract_page(staff.scope, public_id, staff.on, staff.at)
    form = OptionForm(_sold(found), request.POST, auto_id="id_add_%s")
    return _change(request, staff, public_id, form, "add")


@require_POST
@page
def remove_option(request: HttpRequest, staff: Staff, public_id: str) -> HttpResponse:
    """Without an option from a day on."""
    found = desk_contracts.contract_page(staff.scope, public_id, staff.on, staff.at)
    form = OptionForm(_had(found), request.POST, auto_id="id_remove_%s")
    return _change(request, staff, public_id, form, "remove")


def _change(request: HttpRequest, staff: Staff, public_id: str, form: OptionForm, what: str) -> HttpResponse:
    row = contracts.contract_row(staff.scope, public_id)
    if form.is_valid():
        act = desk_acts.add_option if what == "add" else desk_acts.remove_option
        on = form.cleaned_data["option_on"]
        try:
            act(staff.login, row, code=form.cleaned_data["option"], on=on, at=staff.at)
        except RoleMissing:
            raise
        except Refusal as refusal:
            form.add_error("option", refusal.message(staff.language))
        else:
            messages.success(request, _("Changed from %(on)s on; the next invoice shows it.") % {"on": day(on)})
            return redirect("desk:contract", public_id)
    return _contract(request, staff, public_id, 422, **{what: form})


class EndForm(Form):
    """How and when the request came in, and which last day the customer wants (CON-05)."""

    channel = forms.ChoiceField(
        label=gettext_lazy("It came in by"),
        choices=[("", "…"), *((code, events.CHANNELS[code]) for code in events.AT_THE_DESK)],
        error_messages={"required": gettext_lazy("Please say how it came in.")},
    )
    received_on = DayField(
        label=gettext_lazy("Request received on"),
        help_text=gettext_lazy("The day on the receipt, not the day of writing it down: the notice counts from it."),
    )
    wanted_on = DayField(
        label=gettext_lazy("Last day that the customer wants"),
        help_text=gettext_lazy("Leave it empty when the customer named none: then the law's notice counts."),
        required=False,
    )


@require_http_methods(["GET", "POST"])
@page
def end(request: HttpRequest, staff: Staff, public_id: str) -> HttpResponse:
    """End a contract: first the last day and the exact cost of leaving, then, on the same page, the act."""
    asked = request.POST or (request.GET if "received_on" in request.GET else None)
    form = EndForm(asked, initial={"received_on": staff.on})
    view = contracts.contract_view(staff.scope, public_id)
    quote = None
    if asked and form.is_valid():
        received_on, wanted_on = form.cleaned_data["received_on"], form.cleaned_data["wanted_on"]
        try:
            quote = desk_contracts.leaving(staff.scope, public_id, received_on, wanted_on, staff.at)
            if request.method == "POST":
                return _ended(request, staff, quote, form)
        except RoleMissing:
            raise
        except Refusal as refusal:
            form.add_error(None, refusal.message(staff.language))
        except Refused as refused:
            for fault in refused.faults:
                said = texts.say(fault.code, staff.language, fault.params)
                form.add_error("wanted_on", _("This day %(fault)s.") % {"fault": said})
    status = 422 if form.errors else 200
    known = {"form": form, "contract": view, "quote": quote}
    if quote:
        known["day_because"] = desk_documents.because_of(quote.quote.day_because, staff.language)
        known["cost_because"] = desk_documents.because_of(quote.quote.in_all, staff.language)
    return show(request, staff, "end", status, **known)


def _ended(request: HttpRequest, staff: Staff, quote: desk_contracts.Leaving, form: EndForm) -> HttpResponse:
    given = form.cleaned_data
    desk_acts.end_contract(
        staff.login, quote.row, received_on=given["received_on"], wanted_on=given["wanted_on"],
        channel=given["channel"], at=staff.at,
    )  # fmt: skip
    messages.success(request, _("The contract ends on %(on)s.") % {"on": day(quote.quote.last_day)})
    return redirect("desk:contract", quote.view.public_id)


def _sold(found: desk_contracts.ContractPage) -> list[tuple[str, str]]:
    return [(one.code, _priced(one)) for one in found.options]


def _priced(one: desk_contracts.Sold) -> str:
    prices = [_("%(sum)s a month") % {"sum": money(one.monthly)}] if one.monthly is not None else []
    prices += [_("%(sum)s once") % {"sum": money(one.once)}] if one.once else []
    return f"{in_words(one.names)}, {', '.join(prices)}"


def _had(found: desk_contracts.ContractPage) -> list[tuple[str, str]]:
    return [(one.product_code, in_words(dict(one.names))) for one in found.removable]
