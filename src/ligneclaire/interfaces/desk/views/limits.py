"""The limits of a line at the desk: what a customer says by telephone or by letter, with its reason."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from ligneclaire.interfaces import limits as form_of
from ligneclaire.interfaces.desk.forms import Form
from ligneclaire.interfaces.desk.staff import Staff, is_for_user, page, show
from ligneclaire.interfaces.limits import Actor
from ligneclaire.journeys import desk_acts, desk_usage, limits


class WayForm(Form):
    """How it came in, and why."""

    channel = forms.ChoiceField(
        label=gettext_lazy("It came in by"),
        choices=[
            ("telephone", gettext_lazy("telephone")),
            ("letter", gettext_lazy("letter")),
            ("mail", gettext_lazy("mail")),
            ("counter", gettext_lazy("counter")),
        ],
    )
    why = forms.CharField(
        label=gettext_lazy("Who asked, and why"),
        max_length=200,
        error_messages={"required": gettext_lazy("Please say who asked, and why.")},
    )


@require_http_methods(["GET", "POST"])
@page
def line_limits(request: HttpRequest, staff: Staff, line: str) -> HttpResponse:
    """The limits of a line, of a company's as the company has them, unless it is opened for the line's user."""
    for_user = is_for_user(request)
    scope = desk_usage.opened(staff.scope, line, for_user=for_user)
    form, way, refused = form_of.cap_form(request.POST), WayForm(request.POST or None), ""
    found = limits.limits_page(scope, line, staff.on, staff.at, staff.language)
    if request.method == "POST" and way.is_valid():
        said = desk_acts.heard(staff.login, **way.cleaned_data)
        by = Actor(scope, staff.on, staff.at, staff.actor, said)
        done, refused = form_of.acted(request, line, by, form, staff.language)
        if done:
            return redirect(reverse("desk:limits", args=[line]) + ("?for=user" if for_user else ""))
    desk_acts.see_usage(
        staff.login, subject=f"line:{line}", month=found.month, what="limits", for_user=for_user, at=staff.at
    )
    known = {"limits": found, "form": form, "way": way, "refused": refused, "for_user": for_user}
    return show(request, staff, "limits", 422 if request.method == "POST" else 200, **known)
