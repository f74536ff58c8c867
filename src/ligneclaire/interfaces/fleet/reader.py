"""Who is in the manager's portal, of which company, and what lies within reach there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from ligneclaire.domains.access.models import Login
from ligneclaire.domains.customers import queries as customers
from ligneclaire.domains.customers.models import Party, Person
from ligneclaire.domains.customers.queries import NotFound
from ligneclaire.interfaces.templatetags.ligneclaire import language
from ligneclaire.journeys import fleet_pages, fleet_portal
from ligneclaire.kernel.scope import Scope

COMPANY = "company"  # of the session: whose portal is open


@dataclass(frozen=True, slots=True)
class Manager:
    """The reader, the company whose portal is open, and its scope: nobody's private part, not the reader's own."""

    login: Login
    person: Person
    company: Party
    companies: tuple[Party, ...]
    scope: Scope
    country: str
    language: str
    at: datetime
    on: date

    @property
    def actor(self) -> str:
        """How the audit names this reader."""
        return f"person:{self.person.public_id}"


def page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of the portal. It opens by an act (FMP-03): before that, the reader is asked; who manages no company finds
    nothing here (404), nor outside the company's scope."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        login, now = request.user, timezone.now()
        on = timezone.localdate(now)
        person = customers.person_of(login)  # type: ignore[arg-type]
        companies = fleet_portal.companies_of(login, on)  # type: ignore[arg-type]
        if person is None or not companies:
            raise Http404
        request.person = person  # type: ignore[attr-defined]
        open_ = next((one for one in companies if one.public_id == request.session.get(COMPANY)), None)
        if open_ is None:
            return redirect("fleet:enter")
        company = Scope(open_.operator_id, party_ids=frozenset({open_.pk}))
        scope = fleet_pages.employer_scope(company, open_.pk)
        country = request.operator.country  # type: ignore[attr-defined]
        manager = Manager(login, person, open_, companies, scope, country, language(), now, on)  # type: ignore[arg-type]
        try:
            return view(request, manager, *args, **kwargs)
        except NotFound as missing:
            raise Http404 from missing

    return login_required(guarded)


def show(request: HttpRequest, manager: Manager, template: str, status: int = 200, **known: Any) -> HttpResponse:
    """A page of the portal with what it shows."""
    return render(request, f"fleet/{template}.html", {"manager": manager, "on": manager.on, **known}, status=status)
