"""Who is at the desk, what this login may do there, and what a page of the desk always needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from ligneclaire.domains.access import queries as access
from ligneclaire.domains.access.models import Login
from ligneclaire.domains.access.operations import RoleMissing
from ligneclaire.domains.customers.queries import NotFound
from ligneclaire.interfaces.templatetags.ligneclaire import language
from ligneclaire.kernel.scope import Scope


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of the operator's staff: the login with its roles, everything of the operator, language and moment."""

    login: Login
    roles: frozenset[str]
    scope: Scope
    language: str
    at: datetime
    on: date

    @property
    def actor(self) -> str:
        """How rows and the audit name this person."""
        return f"login:{self.login.public_id}"


def page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of the desk: for staff of this operator alone; for everybody else it is not there (404).

    Acts check the role themselves; one that is missing is said on a page of its own (403).
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        login, now = request.user, timezone.now()
        roles = access.staff_roles(login)  # type: ignore[arg-type]
        if not roles:
            raise Http404
        staff = Staff(
            login,  # type: ignore[arg-type]
            roles,
            Scope.staff(request.operator.pk),  # type: ignore[attr-defined]
            language(),
            now,
            timezone.localdate(now),
        )
        try:
            return view(request, staff, *args, **kwargs)
        except NotFound as missing:
            raise Http404 from missing
        except RoleMissing as refusal:
            known = {"words": refusal.message(staff.language), "staff": staff}
            return render(request, "desk/not_yours.html", known, status=403)

    return login_required(guarded)


def is_for_user(request: HttpRequest) -> bool:
    """Whether a line's page was opened from those of its user (`?for=user`), not of who pays it (FMP-11)."""
    return request.GET.get("for") == "user"


def show(request: HttpRequest, staff: Staff, template: str, status: int = 200, **known: Any) -> HttpResponse:
    """A page of the desk with what it shows."""
    return render(request, f"desk/{template}.html", {"staff": staff, "on": staff.on, **known}, status=status)
