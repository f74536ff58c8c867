"""Contact data: what we know of the reader, each part with its own form, and how to reach us (UPO-10)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.core import ratelimit
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ligneclaire.domains.access import proving
from ligneclaire.domains.access.models import Login, PhoneCode
from ligneclaire.domains.customers.operations import WrongDetail
from ligneclaire.interfaces.home.joining import _text
from ligneclaire.interfaces.home.reader import Reader, page
from ligneclaire.interfaces.home.registering import CodeForm, NumberForm
from ligneclaire.interfaces.look import LANGUAGES
from ligneclaire.journeys import contact as journey
from ligneclaire.journeys import formats, register
from ligneclaire.journeys.contact import Address, ContactData
from ligneclaire.kernel.refusal import Refusal

ASKED = "new-number"  # in the session: the public id of the code
FIELD_OF = {"phone": "number", "name": "family_name"}


class NameForm(forms.Form):
    """The name of who is not invoiced by it."""

    given_name = _text(gettext_lazy("Given name"), "given-name", gettext_lazy("Please write your given name."), 80)
    family_name = _text(gettext_lazy("Family name"), "family-name", gettext_lazy("Please write your family name."), 80)


class LanguageForm(forms.Form):
    """One of the operator's languages."""

    language = forms.ChoiceField(label=gettext_lazy("Letters, mails and SMS in"), choices=tuple(LANGUAGES.items()))


class EmailForm(forms.Form):
    """Another address."""

    email = forms.EmailField(
        label=gettext_lazy("New e-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": gettext_lazy("Please write the new address."),
            "invalid": gettext_lazy("This is not an e-mail address: it looks like name@example.org."),
        },
    )


class NewNumberForm(NumberForm):
    """Another number."""

    number = forms.CharField(
        label=gettext_lazy("New mobile number"),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        max_length=30,
        error_messages={"required": gettext_lazy("Please write the new number.")},
    )


class AddressForm(forms.Form):
    """Where invoices go."""

    street = _text(gettext_lazy("Street and number"), "address-line1", gettext_lazy("Please write your street."))
    postcode = _text(gettext_lazy("Postcode"), "postal-code", gettext_lazy("Please write your postcode."), 12)
    city = _text(gettext_lazy("Town"), "address-level2", gettext_lazy("Please write your town."), 80)


class NewCodeForm(forms.Form):
    """The code of the SMS."""

    code = CodeForm.base_fields["code"]


@require_http_methods(["GET", "POST"])
@page
def contact(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Everything that we know of how to reach the reader; one form changes one thing."""
    data = journey.contact_data(reader.person, reader.on, reader.at)
    all_forms = _forms(request, data)
    asked = request.POST.get("act", "") if request.method == "POST" else ""
    form = all_forms.get(asked)
    if form is not None and form.is_valid():
        try:
            return _keep(request, reader, asked, form.cleaned_data)
        except Refusal as refused:
            _say(form, refused, reader)
    wrong = form is not None and bool(form.errors)
    return render(request, "home/contact.html", _known(request, data, all_forms), status=422 if wrong else 200)


@never_cache
@require_http_methods(["GET", "POST"])
@page
def new_email(request: HttpRequest, reader: Reader, token: str) -> HttpResponse:
    """Behind the link of the mail: the reader says once more that this is the address (a mail program may open it)."""
    person = reader.person
    try:
        if request.method == "POST":
            journey.take_new_email(person=person, token=token, on=reader.on, at=reader.at, actor=reader.actor)
            messages.success(request, _("Your new e-mail address counts from now on, also to sign in."))
            return redirect("home:contact")
        proof = proving.open_email(login=_login(reader), token=token, at=reader.at)
    except Refusal as refused:
        return render(request, "home/contact_link.html", {"reason": refused.message(reader.language)}, status=410)
    return render(request, "home/contact_link.html", {"address": proof.email, "former": person.email})


@never_cache
@require_http_methods(["GET", "POST"])
@page
def new_number(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Take the code that came by SMS."""
    mine = PhoneCode.objects.filter(login=_login(reader), public_id=request.session.get(ASKED, ""))
    asked = mine.select_related("login").first()
    if asked is None:
        return redirect("home:contact")
    form = NewCodeForm(request.POST or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            journey.take_new_number(
                person=reader.person, asked=asked, code=form.cleaned_data["code"], at=reader.at, actor=reader.actor
            )
            del request.session[ASKED]
            messages.success(request, _("Your new number counts from now on, also to sign in."))
            return redirect("home:contact")
        except Refusal as refused:
            form.add_error("code", refused.message(reader.language))
    known = {"form": form, "number": _number(request, asked.phone)}
    return render(request, "home/contact_code.html", known, status=422 if form.errors else 200)


def _forms(request: HttpRequest, data: ContactData) -> dict[str, forms.Form]:
    """One form for each thing that may be changed, by its name; the one that was sent holds what was written."""
    kinds: dict[str, tuple[type[forms.Form], dict[str, Any]]] = {
        "language": (LanguageForm, {"language": data.language}),
        "email": (EmailForm, {}),
        "number": (NewNumberForm, {}),
    }
    if data.may_change_name:
        kinds["name"] = (NameForm, {"given_name": data.given_name, "family_name": data.family_name})
    for one in data.addresses:
        known = {"street": one.street, "postcode": one.postcode, "city": one.city}
        kinds[one.party_public_id] = (AddressForm, known)
    asked = request.POST.get("act") if request.method == "POST" else None
    made = {
        name: kind(request.POST if name == asked else None, initial=known, auto_id=f"{name}-%s", label_suffix="")
        for name, (kind, known) in kinds.items()
    }
    spoken = request.operator.languages  # type: ignore[attr-defined]
    made["language"].fields["language"].choices = [one for one in LANGUAGES.items() if one[0] in spoken]  # type: ignore[attr-defined]
    return made


def _keep(request: HttpRequest, reader: Reader, what: str, given: Mapping[str, Any]) -> HttpResponse:
    """Do what one form asks. Raises what the act refuses."""
    person = reader.person
    by: dict[str, Any] = {"at": reader.at, "actor": reader.actor}
    if what in ("email", "number") and not ratelimit.consume(request, action="register"):
        messages.error(request, _("Too many attempts. Please wait five minutes and try again."), extra_tags="stop")
    elif what == "email":
        journey.ask_new_email(person=person, email=given["email"], **by)
        messages.success(request, _("A mail is on its way to %(email)s: open the link in it.") % given)
    elif what == "number":
        asked = register.ask_new_number(login=_login(reader), number=given["number"], language=person.language, **by)
        request.session[ASKED] = asked.public_id
        return redirect("home:contact-number")
    elif what == "name":
        journey.change_name(person=person, on=reader.on, **given, **by)
        messages.success(request, _("Kept: your name."))
    elif what == "language":
        journey.change_language(person=person, on=reader.on, **given, **by)
        messages.success(request, _("Kept. The next letter comes in this language."))
    else:
        journey.change_address(person=person, party_public_id=what, on=reader.on, **given, **by)
        messages.success(request, _("Kept. The address holds from the next invoice on."))
    return redirect("home:contact")


def _login(reader: Reader) -> Login:
    """Who reads is signed in, so there is one."""
    login: Login | None = reader.person.login
    if login is None:
        raise Http404
    return login


def _say(form: forms.Form, refused: Refusal, reader: Reader) -> None:
    field = str(refused.params["field"]) if isinstance(refused, WrongDetail) else ""
    field = FIELD_OF.get(field, field)
    only = next(iter(form.fields)) if len(form.fields) == 1 else None
    form.add_error(field if field in form.fields else only, refused.message(reader.language))


def _known(request: HttpRequest, data: ContactData, made: dict[str, forms.Form]) -> dict[str, Any]:
    places: list[tuple[Address, forms.Form]] = [(one, made[one.party_public_id]) for one in data.addresses]
    number, spoken = _number(request, data.phone), LANGUAGES.get(data.language, data.language)
    return {"data": data, "number": number, "spoken": spoken, "forms": made, "places": places}


def _number(request: HttpRequest, phone: str) -> str:
    return formats.phone(phone, request.operator.country) if phone else ""  # type: ignore[attr-defined]
