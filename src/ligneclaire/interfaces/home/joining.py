"""The page behind the link of an invitation: choose a password, complete the details, agree (UPO-03, UPO-07, SPL-09).

Nobody is signed in yet: the link is the key. Tries are counted by address, so that links can't be guessed.
"""

from __future__ import annotations

from typing import Any

from allauth.core import ratelimit
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login as sign_in
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ligneclaire.domains.access import inviting
from ligneclaire.domains.access.models import Invitation
from ligneclaire.domains.accounts.operations import WrongIban
from ligneclaire.domains.customers.operations import WrongDetail
from ligneclaire.interfaces.language import keep_language
from ligneclaire.interfaces.templatetags.ligneclaire import language
from ligneclaire.journeys import contributions, formats, join_fleet
from ligneclaire.journeys.join_fleet import Details, Invited, NoConsent
from ligneclaire.kernel.refusal import Refusal

FIELD_OF: dict[type[Refusal], str] = {
    inviting.WeakPassword: "password",
    WrongIban: "iban",
    NoConsent: "agreed",
}


class PasswordForm(forms.Form):
    """A password, chosen by the person alone."""

    password = forms.CharField(
        label=gettext_lazy("Your password"),
        help_text=gettext_lazy("At least 12 characters. A short sentence is easy to keep in mind."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        max_length=200,
        error_messages={"required": gettext_lazy("Please choose a password.")},
    )


def _text(label: Any, autocomplete: str, missing: Any, size: int = 120) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, widget=widget, max_length=size, error_messages={"required": missing})


class JoinForm(PasswordForm):
    """The details of the employee, how he pays, and the consent."""

    given_name = _text(gettext_lazy("Given name"), "given-name", gettext_lazy("Please write your given name."), 80)
    family_name = _text(gettext_lazy("Family name"), "family-name", gettext_lazy("Please write your family name."), 80)
    street = _text(gettext_lazy("Street and number"), "address-line1", gettext_lazy("Please write your street."))
    postcode = _text(gettext_lazy("Postcode"), "postal-code", gettext_lazy("Please write your postcode."), 12)
    city = _text(gettext_lazy("Town"), "address-level2", gettext_lazy("Please write your town."), 80)
    iban = forms.CharField(
        label=gettext_lazy("Bank account (IBAN), if you want to pay by direct debit"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        max_length=42,
        required=False,
    )
    agreed = forms.BooleanField(
        label=gettext_lazy("I have read this and agree."),
        error_messages={"required": gettext_lazy("Please confirm that you agree: nothing is shared before.")},
    )
    seen = forms.CharField(max_length=22, widget=forms.HiddenInput)


@never_cache
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """What a link opens, or why it opens nothing."""
    if not ratelimit.consume(request, action="invitation"):
        return _closed(request, _("Too many attempts. Please wait five minutes and try again."), 429)
    now = timezone.now()
    try:
        found = inviting.open_invitation(operator_id=request.operator.pk, token=token, at=now)  # type: ignore[attr-defined]
        offered = join_fleet.invited(invitation=found, lang=language())
    except Refusal as refused:
        return _closed(request, refused.message(language()), 410)
    if found.login.has_usable_password() and request.user != found.login:
        return redirect(f"{settings.LOGIN_URL}?next={request.path}")  # who has a password proves it
    return _activate(request, found) if offered is None else _join(request, found, offered)


def _closed(request: HttpRequest, reason: str, status: int) -> HttpResponse:
    return render(request, "home/no_invitation.html", {"reason": reason}, status=status)


def _activate(request: HttpRequest, found: Invitation) -> HttpResponse:
    form = PasswordForm(request.POST or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            inviting.use_invitation(
                invitation=found, password=form.cleaned_data["password"], at=now, actor=f"login:{found.login.public_id}"
            )
            return _welcome(request, found)
        except Refusal as refused:
            form.add_error(FIELD_OF.get(type(refused)), refused.message(language()))
    known = {"form": form, "address": found.login.email}
    return render(request, "home/activation.html", known, status=422 if form.errors else 200)


def _join(request: HttpRequest, found: Invitation, offered: Invited) -> HttpResponse:
    form = JoinForm(request.POST or None, label_suffix="", initial=_known(offered))
    if not offered.needs_password:
        del form.fields["password"]
    if request.method == "POST" and form.is_valid():
        split = _agree(form, found)
        if split is not None:
            messages.success(request, _("Thank you. The bill is shared from %(day)s on.") % {"day": split})
            return _welcome(request, found)
    known = {
        "form": form,
        "offered": offered,
        "contribution": contributions.in_words(offered.contribution, language()),
        "whole_subscription": contributions.pays_whole_subscription(offered.contribution),
        "invitation": found,
    }
    return render(request, "home/invitation.html", known, status=422 if form.errors else 200)


def _agree(form: JoinForm, found: Invitation) -> str | None:
    """From when the bill is shared, in words; None when something was refused."""
    given = form.cleaned_data
    now = timezone.now()
    names = ("given_name", "family_name", "street", "postcode", "city", "iban")
    try:
        split = join_fleet.join(
            invitation=found, details=Details(**{name: given[name] for name in names}),
            password=given.get("password"), agreed=given["agreed"], seen=given["seen"], lang=language(),
            on=timezone.localdate(now), at=now,
        )  # fmt: skip
    except Refusal as refused:
        field = str(refused.params["field"]) if isinstance(refused, WrongDetail) else FIELD_OF.get(type(refused))
        form.add_error(field if field in form.fields else None, refused.message(language()))
        return None
    return formats.day(split.from_on, language()) if split.from_on else ""


def _known(offered: Invited) -> dict[str, str]:
    person, site = offered.person, offered.site
    address = {"street": site.street, "postcode": site.postcode, "city": site.city} if site else {}
    names = {"given_name": person.given_name, "family_name": person.family_name, "seen": offered.seen}
    return names | address


def _welcome(request: HttpRequest, found: Invitation) -> HttpResponse:
    found.login.refresh_from_db()
    sign_in(request, found.login, backend=settings.AUTHENTICATION_BACKENDS[0])
    answer = redirect("home:first")
    keep_language(answer, language(), secure=request.is_secure())  # the one in which he read and agreed
    return answer
