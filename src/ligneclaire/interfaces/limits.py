"""The form of the limits of a line, the same for who uses it, who pays it and the desk: one act at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy

from ligneclaire.domains.lines.rules import controls
from ligneclaire.domains.usage.operations import limits
from ligneclaire.domains.usage.operations.limits import Way
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.refusal import Refusal
from ligneclaire.kernel.scope import Scope

REQUIRED = {"required": gettext_lazy("Please fill this in.")}


class CapForm(forms.Form):
    """A limit of one's own: an amount a month, and what happens there."""

    amount = forms.DecimalField(
        label=gettext_lazy("Amount a month, VAT included"),
        min_value=Decimal(0), max_value=Decimal(controls.MOST), decimal_places=2, localize=True,
        error_messages=REQUIRED, widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )  # fmt: skip
    stops = forms.ChoiceField(
        label=gettext_lazy("When it is reached"),
        choices=[("yes", gettext_lazy("stop what costs extra")), ("no", gettext_lazy("only warn"))],
        widget=forms.RadioSelect,
        initial="yes",
    )


CAP = "cap"
DONE = {
    CAP: gettext_lazy("The limit is set. It counts from now on."),
    "lift": gettext_lazy("The limit is lifted."),
    "agree": gettext_lazy("Agreed. Usage goes on, and is charged."),
    "take-back": gettext_lazy("It stops there again."),
    "block": gettext_lazy("Blocked from now on."),
    "unblock": gettext_lazy("Open again from now on."),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, within which scope, when, and how it came in."""

    scope: Scope
    on: date
    at: datetime
    name: str
    way: Way = limits.PORTAL_WAY


def cap_form(asked: QueryDict) -> CapForm:
    """The form of the page; filled in when it is what was sent."""
    return CapForm(asked if asked.get("do") == CAP else None, label_suffix="")


def acted(request: HttpRequest, line: str, by: Actor, form: CapForm, language: str) -> tuple[bool, str]:
    """Do what was sent, and say so on the next page: whether it was done, and why it was refused. Raises NotFound."""
    try:
        done = act(request.POST, line, by, form)
    except Refusal as refusal:
        return False, refusal.message(language)
    if done:
        messages.success(request, done)
    return bool(done), ""


def act(asked: QueryDict, line: str, by: Actor, form: CapForm) -> str:
    """Do what a button of the page asks, and say so. "" when there is no such button, or for a limit that is no amount:
    the form says why. Raises NotFound and what the acts refuse."""
    said: dict[str, Any] = {
        "scope": by.scope, "line": line, "on": by.on, "at": by.at, "actor": by.name, "way": by.way,
    }  # fmt: skip
    name, _colon, what = asked.get("do", "").partition(":")
    if name == CAP and form.is_valid():
        stops = form.cleaned_data["stops"] == "yes"
        limits.set_cap(**said, amount=Money.of(form.cleaned_data["amount"]), stops=stops)
    elif name == "lift":
        limits.lift_cap(**said)
    elif name == "agree":
        ceiling, _colon, until = what.partition(":")
        limits.agree(**said, ceiling=ceiling, this_month=until != "open")
    elif name == "take-back":
        limits.take_back(**said, ceiling=what)
    elif name == "block":
        limits.block(**said, what=what)
    elif name == "unblock":
        limits.unblock(**said, what=what)
    else:
        return ""
    return str(DONE[name])
