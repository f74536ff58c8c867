"""Sharing the bill of a line: invite its user, and invite again when the link got lost (SPL-09, FMP-13)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from ligneclaire.domains.access.models import Login
from ligneclaire.domains.customers import queries as customers
from ligneclaire.domains.customers.queries import NotFound
from ligneclaire.interfaces.fleet.reader import Manager, page, show
from ligneclaire.journeys import fleet_pages, fleet_portal, formats
from ligneclaire.journeys.fleet_pages import LinePage
from ligneclaire.kernel.refusal import Refusal

REQUIRED = {"required": gettext_lazy("Please fill this in.")}
TOP = Decimal(10000)


class InviteForm(forms.Form):
    """Who uses the line, and what the company pays of what he uses beside the subscription."""

    given_name = forms.CharField(label=gettext_lazy("Given name"), max_length=80, error_messages=REQUIRED)
    family_name = forms.CharField(label=gettext_lazy("Family name"), max_length=80, error_messages=REQUIRED)
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        help_text=gettext_lazy("The invitation goes there. It is open for a few days."),
        error_messages=REQUIRED,
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("The company pays"),
        choices=[
            ("amount", gettext_lazy("up to an amount a month")),
            ("percentage", gettext_lazy("a percentage")),
        ],
    )
    value = forms.DecimalField(
        label=gettext_lazy("Amount in euro without VAT, or percentage"),
        min_value=Decimal(0), max_value=TOP, decimal_places=2, localize=True, error_messages=REQUIRED,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )  # fmt: skip

    def contribution(self) -> dict[str, Any]:
        """As `contracts.rules.contribution` reads it."""
        given = self.cleaned_data
        if given["kind"] == "amount":
            return {"type": "amount", "amount": f"{given['value']:.2f}"}
        return {"type": "percentage", "percent": f"{given['value'].normalize():f}"}


@require_http_methods(["GET", "POST"])
@page
def invite(request: HttpRequest, manager: Manager, public_id: str) -> HttpResponse:
    """Offer the user of a line to share its bill."""
    found = fleet_pages.line_page(manager.scope, manager.on, public_id)
    if not found.contract_id:
        raise NotFound(public_id)
    form = InviteForm(request.POST or None, label_suffix="", initial=_known(found))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            sent = fleet_portal.invite(
                scope=manager.scope, contract=found.contract_id, given_name=given["given_name"],
                family_name=given["family_name"], email=given["email"], contribution=form.contribution(),
                by=manager.login, on=manager.on, at=manager.at, actor=manager.actor,
            )  # fmt: skip
        except Refusal as refused:
            form.add_error(None, refused.message(manager.language))
        else:
            messages.success(request, _sent(given, sent.login))
            return redirect("fleet:line", public_id)
    number = formats.phone_on_page(found.row.number, manager.country)
    return show(request, manager, "invite", 422 if form.errors else 200, form=form, number=number, public_id=public_id)


@require_POST
@page
def invite_again(request: HttpRequest, manager: Manager, public_id: str) -> HttpResponse:
    """A new link for an invitation that waits; the one before is void."""
    waiting = fleet_pages.line_page(manager.scope, manager.on, public_id).waiting
    if waiting is None:
        raise NotFound(public_id)
    try:
        fleet_portal.invite_again(
            scope=manager.scope, split_bill=waiting, by=manager.login, on=manager.on, at=manager.at, actor=manager.actor
        )
        messages.success(request, _("A new link is on its way. The one before opens nothing any more."))
    except Refusal as refused:
        messages.error(request, refused.message(manager.language))
    return redirect("fleet:line", public_id)


def _sent(given: dict[str, Any], login: Login) -> str:
    """Where the invitation went; and to whom, when the address belongs to somebody by another name than was written."""
    known = customers.person_of(login)
    name = f"{known.given_name} {known.family_name}" if known else ""
    words = {"address": given["email"], "name": name}
    if not name or name == f"{given['given_name']} {given['family_name']}":
        return _("The invitation is on its way to %(address)s.") % words
    return (
        _("The invitation is on its way to %(address)s. We know this address as that of %(name)s, and keep that name.")
        % words
    )


def _known(found: LinePage) -> dict[str, str]:
    given, _blank, family = found.row.user.partition(" ")
    return {"given_name": given, "family_name": family, "kind": "amount"}
