"""What the network delivered, and what waits in suspense."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ligneclaire.domains.usage.operations import NoGround, NotInSuspense, NotMended
from ligneclaire.domains.usage.rules.suspense import UNPRICED
from ligneclaire.domains.usage.store import NoSpace
from ligneclaire.interfaces.desk import became
from ligneclaire.interfaces.desk.forms import Form
from ligneclaire.interfaces.desk.staff import Staff, page, show
from ligneclaire.interfaces.desk.templatetags.desk import suspense_reason
from ligneclaire.interfaces.desk.views.usage import GroundForm, given, remember
from ligneclaire.interfaces.desk.views.waiting import GiveUpForm, asked, tried_again
from ligneclaire.journeys import desk_acts, desk_network


@require_GET
@page
def network(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Deliveries with their counts, and what waits with its reason."""
    found = desk_network.network_page(staff.scope, request.GET.get("reason", ""))
    return show(request, staff, "network", found=found)


@require_POST
@page
def retry(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Judge again all that waits for a line."""
    return tried_again(request, staff)


class MendForm(Form):
    """The fields of a record of a usage file, under the names that the files give them, the one at fault first."""

    def __init__(self, fields: Mapping[str, str], at_fault: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, value in fields.items():
            widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
            self.fields[name] = forms.CharField(
                label=name, initial=value, required=False, max_length=200, strip=True, widget=widget
            )
        self.order_fields([at_fault])


@require_GET
@page
def delivery(request: HttpRequest, staff: Staff, public_id: str) -> HttpResponse:
    """What became of the records of a delivery."""
    found = desk_network.delivery_page(staff.scope, public_id)
    return show(request, staff, "delivery", found=found, parts=became.parts_of(found.fate))


@require_http_methods(["GET", "POST"])
@page
def suspended(request: HttpRequest, staff: Staff, public_id: str) -> HttpResponse:
    """One record in suspense as it came, and the act that asks to give it up."""
    form = GiveUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            if answer := asked(request, staff, public_id, form, redirect("desk:network")):
                return answer
        except NotInSuspense:
            return _settled_already(request)
    return _suspended(request, staff, public_id, form=form)


@require_POST
@page
def mend(request: HttpRequest, staff: Staff, public_id: str) -> HttpResponse:
    """Change what is wrong in a record and try it again at once."""
    record = desk_network.waiting_record(staff.scope, public_id)
    seen = desk_network.shown(record, whole=_is_whole(request, staff, public_id))
    form = MendForm(seen.fields, record.detail, request.POST)
    if not form.is_valid():
        return _suspended(request, staff, public_id, mending=form)
    fields = desk_network.mendable(record) | form.cleaned_data  # what is not shown stays as it is
    try:
        done = desk_acts.mend_suspended(staff.login, public_id=public_id, fields=fields, at=staff.at)
    except NotInSuspense:
        return _settled_already(request)
    except (NotMended, NoSpace) as refusal:
        messages.error(request, refusal.message(staff.language))
        return redirect("desk:suspended", public_id)
    if not done.settled_as:
        messages.warning(request, _("It still waits: %(why)s.") % {"why": suspense_reason(done.reason)})
        return redirect("desk:suspended", public_id)
    known = _("It is known from another delivery and counts once.")
    messages.success(request, known if done.settled_as == "duplicate" else _("The record is kept now."))
    return redirect("desk:network")


@require_POST
@page
def disclose(request: HttpRequest, staff: Staff, public_id: str) -> HttpResponse:
    """Show a record as it came for a reason, in this session, for a quarter of an hour."""
    form = GroundForm(request.POST)
    if form.is_valid():
        try:
            row = desk_acts.disclose_record(staff.login, public_id=public_id, at=staff.at, **form.cleaned_data)
        except NoGround as refusal:
            form.add_error("words", refusal.message(staff.language))
        else:
            if row is None:
                return _settled_already(request)
            remember(request, row)
            return redirect("desk:suspended", public_id)
    return _suspended(request, staff, public_id, ground=form)


def _is_whole(request: HttpRequest, staff: Staff, public_id: str) -> bool:
    return desk_network.is_disclosed(staff.scope, staff.actor, given(request), staff.at, public_id)


def _settled_already(request: HttpRequest) -> HttpResponse:
    messages.warning(request, _("Somebody settled this record meanwhile."))
    return redirect("desk:network")


def _suspended(
    request: HttpRequest, staff: Staff, public_id: str, *, form: Form | None = None, mending: Form | None = None,
    ground: Form | None = None,
) -> HttpResponse:  # fmt: skip
    record = desk_network.waiting_record(staff.scope, public_id)
    seen = desk_network.shown(record, whole=_is_whole(request, staff, public_id))
    is_wrong = any(one is not None and one.errors for one in (form, mending, ground))
    return show(
        request, staff, "suspended", 422 if is_wrong else 200, record=record, seen=seen, form=form or GiveUpForm(),
        mending=mending or (MendForm(seen.fields, record.detail) if seen.fields else None),
        ground=ground or GroundForm(), is_unpriced=record.reason in UNPRICED,
        may_disclose=bool(staff.roles & set(desk_acts.DISCLOSING)),
    )  # fmt: skip
