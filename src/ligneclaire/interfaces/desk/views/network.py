"""What the network delivered, and what waits in suspense."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ligneclaire.domains.access.operations import RoleMissing
from ligneclaire.interfaces.desk.forms import Form, WordsField
from ligneclaire.interfaces.desk.staff import Staff, page, show
from ligneclaire.journeys import desk_acts, desk_network
from ligneclaire.kernel.refusal import Refusal


@require_GET
@page
def network(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Deliveries with their counts, and what waits with its reason."""
    found = desk_network.network_page(staff.scope, request.GET.get("reason", ""))
    return show(request, staff, "network", found=found)


@require_POST
@page
def retry(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Judge again what waits for a line."""
    done = desk_acts.retry_suspended(staff.login, at=staff.at)
    kept = ngettext("%(n)d record is kept now", "%(n)d records are kept now", done.kept) % {"n": done.kept}
    left = ngettext("%(n)d still waits.", "%(n)d still wait.", done.still_suspended) % {"n": done.still_suspended}
    messages.success(request, f"{kept}, {left}")
    return redirect("desk:network")


class WriteOffForm(Form):
    """Why a record is given up."""

    reason = WordsField(
        label=gettext_lazy("Why is it given up?"),
        help_text=gettext_lazy("One sentence, for whoever looks at it later."),
        max_length=200,
    )


@require_http_methods(["GET", "POST"])
@page
def suspended(request: HttpRequest, staff: Staff, public_id: str) -> HttpResponse:
    """One record in suspense as it came, and the act that gives it up."""
    record = desk_network.waiting_record(staff.scope, public_id)
    form = WriteOffForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            desk_acts.write_off_suspended(
                staff.login, public_id=public_id, reason=form.cleaned_data["reason"], at=staff.at
            )
        except RoleMissing:
            raise
        except Refusal as refusal:
            form.add_error("reason", refusal.message(staff.language))
        else:
            messages.success(request, _("The record is written off."))
            return redirect("desk:network")
    return show(request, staff, "suspended", 422 if form.errors else 200, record=record, form=form)
