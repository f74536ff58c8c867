"""The limits of one's own line: how much it may cost, going on above that, and what is blocked (W-22, W-32)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from ligneclaire.domains.lines import queries as lines
from ligneclaire.interfaces import limits as form_of
from ligneclaire.interfaces.home.reader import Reader, page
from ligneclaire.interfaces.limits import Actor
from ligneclaire.journeys import limits


@require_http_methods(["GET", "POST"])
@page
def line_limits(request: HttpRequest, reader: Reader, public_id: str) -> HttpResponse:
    """The ceilings as they stand with what going on costs, and each act on them: of a line that is the reader's own."""
    lines.own_line(reader.scope, public_id)
    form, refused = form_of.cap_form(request.POST), ""
    found = limits.limits_page(reader.scope, public_id, reader.on, reader.at, reader.language)
    if request.method == "POST":
        by = Actor(reader.scope, reader.on, reader.at, reader.actor)
        done, refused = form_of.acted(request, public_id, by, form, reader.language)
        if done:
            return redirect("home:limits", public_id)
    known = {"limits": found, "form": form, "refused": refused}
    return render(request, "home/limits.html", known, status=422 if request.method == "POST" else 200)
