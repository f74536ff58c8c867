"""Opening one's own customer area with a mobile number: a code by SMS, then a password (UPO-02).

The pages say the same whether a number is known or not.
"""

from __future__ import annotations

from allauth.core import ratelimit
from django import forms
from django.conf import settings
from django.contrib.auth import login as sign_in
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ligneclaire.domains.access import inviting
from ligneclaire.domains.access.models import Login, PhoneCode
from ligneclaire.interfaces.home.joining import PasswordForm
from ligneclaire.interfaces.templatetags.ligneclaire import language
from ligneclaire.journeys import register
from ligneclaire.kernel.refusal import Refusal

ASKED = "register"  # in the session: the public id of the code, "" when no SMS was sent


class NumberForm(forms.Form):
    """The number of a line."""

    number = forms.CharField(
        label=gettext_lazy("Your mobile number"),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        max_length=30,
        error_messages={"required": gettext_lazy("Please write your mobile number.")},
    )


class CodeForm(PasswordForm):
    """The code of the SMS, and a password."""

    code = forms.CharField(
        label=gettext_lazy("The code of the SMS"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        max_length=12,
        error_messages={"required": gettext_lazy("Please write the six digits of the SMS.")},
    )
    field_order = ("code", "password")


@never_cache
@require_http_methods(["GET", "POST"])
def number(request: HttpRequest) -> HttpResponse:
    """Ask for a code."""
    form = NumberForm(request.POST or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            if not ratelimit.consume(request, action="register"):
                form.add_error(None, _("Too many attempts. Please wait five minutes and try again."))
            else:
                asked = register.ask(
                    operator_id=request.operator.pk, number=form.cleaned_data["number"],  # type: ignore[attr-defined]
                    on=timezone.localdate(now), at=now,
                )  # fmt: skip
                request.session[ASKED] = asked.public_id if asked else ""
                return redirect("home:register-code")
        except inviting.TooManyCodes:
            request.session[ASKED] = ""  # to say so would tell who is a customer
            return redirect("home:register-code")
        except Refusal as refused:
            form.add_error("number", refused.message(language()))
    return render(request, "home/register.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Take the code and the password."""
    if ASKED not in request.session:
        return redirect("home:register")
    form = CodeForm(request.POST or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        if not ratelimit.consume(request, action="register"):
            form.add_error(None, _("Too many attempts. Please wait five minutes and try again."))
        elif login := _register(request, form):
            del request.session[ASKED]
            sign_in(request, login, backend=settings.AUTHENTICATION_BACKENDS[0])
            return redirect("home:first")
    return render(request, "home/register_code.html", {"form": form}, status=422 if form.errors else 200)


def _register(request: HttpRequest, form: CodeForm) -> Login | None:
    asked = PhoneCode.objects.filter(public_id=request.session[ASKED] or "-").select_related("login").first()
    given = form.cleaned_data
    try:
        if asked is None:
            raise inviting.WrongCode()
        return register.register(asked=asked, code=given["code"], password=given["password"], at=timezone.now())
    except inviting.WeakPassword as weak:
        form.add_error("password", weak.message(language()))
    except Refusal as refused:
        form.add_error("code", refused.message(language()))
    return None
