"""Find a customer, see one whole, and write down a payment."""

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
from ligneclaire.domains.customers import queries as customers
from ligneclaire.interfaces.desk import promised
from ligneclaire.interfaces.desk.forms import AmountField, DayField, Form, written
from ligneclaire.interfaces.desk.staff import Staff, page, show
from ligneclaire.interfaces.templatetags.ligneclaire import money
from ligneclaire.journeys import activation, desk_acts, desk_customers
from ligneclaire.kernel.refusal import Refusal

COMPLEMENTARY = "complementary"
METHODS = (
    ("transfer", gettext_lazy("Transfer")),
    ("direct-debit", gettext_lazy("Direct debit")),
    ("cheque", gettext_lazy("Cheque")),
    (COMPLEMENTARY, gettext_lazy("Complementary currency")),
)


@require_GET
@page
def find(request: HttpRequest, staff: Staff) -> HttpResponse:
    """One box: name, number, telephone, e-mail address or line. Each key stroke may ask again (htmx)."""
    asked = request.GET.get("q", "").strip()
    found = customers.find_customers(staff.scope, asked) if asked else ()
    template = "found" if request.htmx else "customers"  # type: ignore[attr-defined]
    return show(request, staff, template, asked=asked, found=found)


@require_GET
@page
def customer(request: HttpRequest, staff: Staff, public_id: str) -> HttpResponse:
    """One customer: what it owes, what runs, what was promised."""
    found = desk_customers.customer_page(staff.scope, public_id, staff.on)
    followed = [promised.followed(one) for one in found.promises]
    links = activation.links_of(found.customer.people, staff.at)
    persons = [
        (one, "agent" in staff.roles and activation.may_be_sent(one), links.get(one.public_id))
        for one in found.customer.people
    ]
    return show(request, staff, "customer", found=found, customer=found.customer, promises=followed, persons=persons)


@require_POST
@page
def activate(request: HttpRequest, staff: Staff, public_id: str, person: str) -> HttpResponse:
    """Mail a person the link behind which the person alone chooses a password."""
    found = activation.person_of(staff.scope, public_id, person, staff.on)
    try:
        activation.send(person=found, by=staff.login, on=staff.on, at=staff.at)
    except RoleMissing:
        raise
    except Refusal as refusal:
        messages.error(request, refusal.message(staff.language), extra_tags="stop")
    else:
        messages.success(request, _("A link is on its way to %(address)s.") % {"address": found.email})
    return redirect("desk:customer", public_id)


class PaymentForm(Form):
    """Money that was received, as it stands on the bank statement or the cheque."""

    amount = AmountField(label=gettext_lazy("Amount in euro"))
    received_on = DayField(label=gettext_lazy("Received on"), help_text=gettext_lazy("The day on the bank statement."))
    method = forms.ChoiceField(label=gettext_lazy("How"), choices=METHODS)
    structured_communication = forms.CharField(
        label=gettext_lazy("Structured communication"),
        help_text=gettext_lazy("As the payer wrote it. Without one, the oldest open invoice is paid first."),
        required=False,
        max_length=35,
    )
    reference = forms.CharField(
        label=gettext_lazy("Reference of the bank"),
        help_text=gettext_lazy("Makes the payment unique: the same reference a second time is refused."),
        max_length=64,
        error_messages={"required": gettext_lazy("Please give the bank's reference.")},
    )

    def __init__(self, *args: Any, complementary: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not complementary:
            self.fields["method"].choices = [one for one in METHODS if one[0] != COMPLEMENTARY]  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
@page
def payment(request: HttpRequest, staff: Staff, public_id: str) -> HttpResponse:
    """Write down a payment on an account, by hand."""
    owing, account = desk_customers.owing(staff.scope, public_id, staff.on)
    begin = {"received_on": staff.on, "method": "transfer", **_first_open(owing)}
    form = PaymentForm(request.POST or None, initial=begin, complementary=bool(account.complementary_share))
    if request.method == "POST" and form.is_valid():
        try:
            desk_acts.record_payment(staff.login, account, at=staff.at, **form.cleaned_data)
        except RoleMissing:
            raise
        except Refusal as refusal:
            form.add_error(None, refusal.message(staff.language))
        else:
            messages.success(request, _("%(sum)s are booked.") % {"sum": money(form.cleaned_data["amount"])})
            return redirect("desk:customer", owing.account.party_public_id)
    status = 422 if form.errors else 200
    return show(request, staff, "payment", status, form=form, owing=owing, customer=account.party)


def _first_open(owing: desk_customers.Owing) -> dict[str, Any]:
    """The oldest open bill, which most payments pay."""
    if not owing.open:
        return {}
    first = owing.open[0]
    return {"amount": written(first.open), "structured_communication": first.communication}
