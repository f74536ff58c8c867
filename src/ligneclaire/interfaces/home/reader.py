"""Who is reading a customer's page, and what lies within their reach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from ligneclaire.domains.customers import queries as customers
from ligneclaire.domains.customers.models import Person
from ligneclaire.domains.customers.queries import NotFound
from ligneclaire.domains.lines import queries as lines
from ligneclaire.interfaces.templatetags.ligneclaire import language
from ligneclaire.kernel.scope import Scope


@dataclass(frozen=True, slots=True)
class Reader:
    """The person behind the login, the scope, the language of the page, and the moment of the request."""

    person: Person
    scope: Scope
    language: str
    at: datetime
    on: date

    @property
    def actor(self) -> str:
        """How the audit names this reader."""
        return f"person:{self.person.public_id}"


def page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A customer's page: signed in, and everything outside the reader's scope is not there (404).

    The operator's staff have a desk of their own and are sent to it.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        now = timezone.now()
        scope = lines.scope_of(request.user, timezone.localdate(now))  # type: ignore[arg-type]
        person = customers.person_of(request.user)  # type: ignore[arg-type]
        if scope.party_ids is None:
            return HttpResponseRedirect("/desk/")
        if person is None:
            raise Http404
        request.person = person  # type: ignore[attr-defined]
        request.own_kinds = SimpleLazyObject(lambda: lines.own_kinds(person))  # type: ignore[attr-defined]
        reader = Reader(person, scope, language(), now, timezone.localdate(now))
        try:
            return view(request, reader, *args, **kwargs)
        except NotFound as missing:
            raise Http404 from missing

    return login_required(guarded)
