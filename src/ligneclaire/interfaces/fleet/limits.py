"""The limits of a line of the company: of one that it pays whole all of them, of a shared one its own blocks (W-21,
W-22, W-32)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from ligneclaire.interfaces import limits as form_of
from ligneclaire.interfaces.fleet.reader import Manager, page, show
from ligneclaire.interfaces.limits import Actor
from ligneclaire.journeys import limits


@require_http_methods(["GET", "POST"])
@page
def line_limits(request: HttpRequest, manager: Manager, public_id: str) -> HttpResponse:
    """The ceilings as they stand with what going on costs, and each act on them."""
    form, refused = form_of.cap_form(request.POST), ""
    found = limits.limits_page(manager.scope, public_id, manager.on, manager.at, manager.language)
    if request.method == "POST":
        by = Actor(manager.scope, manager.on, manager.at, manager.actor)
        done, refused = form_of.acted(request, public_id, by, form, manager.language)
        if done:
            return redirect("fleet:limits", public_id)
    status = 422 if request.method == "POST" else 200
    return show(request, manager, "limits", status, limits=found, form=form, refused=refused)
