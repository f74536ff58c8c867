"""Between the manager's portal and the reader's own pages: an act, written down (FMP-03)."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from ligneclaire.domains.customers import queries as customers
from ligneclaire.domains.customers.queries import NotFound
from ligneclaire.interfaces.fleet.reader import COMPANY, Manager, page
from ligneclaire.journeys import fleet_portal


@require_http_methods(["GET", "POST"])
@login_required
def enter(request: HttpRequest) -> HttpResponse:
    """Open the portal of one of the reader's companies."""
    now, login = timezone.now(), request.user
    on = timezone.localdate(now)
    person = customers.person_of(login)  # type: ignore[arg-type]
    companies = fleet_portal.companies_of(login, on)  # type: ignore[arg-type]
    if person is None or not companies:
        raise Http404
    request.person = person  # type: ignore[attr-defined]
    if request.method == "POST":
        try:
            found = fleet_portal.enter(
                login=login,  # type: ignore[arg-type]
                company=request.POST.get("company", ""),
                on=on,
                at=now,
                actor=f"person:{person.public_id}",
            )
        except NotFound as missing:
            raise Http404 from missing
        request.session[COMPANY] = found.public_id
        return redirect("fleet:fleet")
    return render(request, "fleet/enter.html", {"companies": companies, "person": person})


@require_POST
@page
def leave(request: HttpRequest, manager: Manager) -> HttpResponse:
    """Back to the reader's own pages."""
    fleet_portal.leave(company=manager.company, at=manager.at, actor=manager.actor)
    del request.session[COMPANY]
    return redirect("/")
