"""Records that wait, settled by the group: what a change would do, the change, another try, giving up by two people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ligneclaire.domains.customers.queries import NotFound
from ligneclaire.domains.usage.operations import (
    NoReasonGiven,
    NotAsked,
    NothingToGiveUp,
    NotMended,
    Retried,
    SamePerson,
)
from ligneclaire.domains.usage.rules.alike import Alike
from ligneclaire.domains.usage.rules.rows import FIELDS
from ligneclaire.domains.usage.rules.suspense import UNPRICED
from ligneclaire.domains.usage.store import NoSpace
from ligneclaire.interfaces.desk import waiting_words
from ligneclaire.interfaces.desk.forms import Form, WordsField
from ligneclaire.interfaces.desk.staff import Staff, page, show
from ligneclaire.journeys import desk_acts, desk_waiting


class GiveUpForm(Form):
    """Why records are to be given up."""

    reason = WordsField(
        label=gettext_lazy("Why give up?"),
        help_text=gettext_lazy("One sentence, for the colleague who decides and whoever looks at it later."),
        max_length=200,
    )


class RefuseForm(Form):
    """Why a colleague's write-off is refused."""

    why = WordsField(
        label=gettext_lazy("Why not?"), help_text=gettext_lazy("Your colleague reads it."), max_length=200, rows=2
    )


class ChangeForm(Form):
    """One field and its new value, for all records of a group; the field at fault first."""

    column = forms.ChoiceField(label=gettext_lazy("What is wrong?"))
    value = forms.CharField(
        label=gettext_lazy("What it should be"),
        help_text=gettext_lazy("In all records of this page. Empty takes the value away."),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, at_fault: str, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial={"column": at_fault})
        names = sorted(FIELDS, key=lambda name: name != at_fault)
        self.fields["column"].choices = [(name, waiting_words.column(name)) for name in names]  # type: ignore[attr-defined]


@require_GET
@page
def waiting(request: HttpRequest, staff: Staff, name: str) -> HttpResponse:
    """A group of records that wait for the same; with a field and a value: what that change would do."""
    return _group(request, staff, name)


@require_POST
@page
def mend_group(request: HttpRequest, staff: Staff, name: str) -> HttpResponse:
    """Change one field in all records of a group and try them again at once."""
    alike = _seen(request, staff, name)
    if alike is None:
        return _gone(request)
    form = ChangeForm(alike.column, request.POST)
    if not form.is_valid():
        return _group(request, staff, name)
    fields = {form.cleaned_data["column"]: form.cleaned_data["value"]}
    try:
        done = desk_acts.mend_alike(staff.login, alike=alike, fields=fields, at=staff.at)
    except (NotMended, NoSpace) as refusal:
        messages.error(request, refusal.message(staff.language))
        return redirect("desk:waiting", name)
    return _told(request, done)


@require_POST
@page
def retry_group(request: HttpRequest, staff: Staff, name: str) -> HttpResponse:
    """Judge a group again."""
    alike = _seen(request, staff, name)
    if alike is None:
        return _gone(request)
    return tried_again(request, staff, alike)


@require_POST
@page
def give_up(request: HttpRequest, staff: Staff, name: str) -> HttpResponse:
    """Ask to give up a group; somebody else decides."""
    alike = _seen(request, staff, name)
    if alike is None:
        return _gone(request)
    form = GiveUpForm(request.POST)
    if form.is_valid() and (answer := asked(request, staff, alike, form, redirect("desk:waiting", name))):
        return answer
    return _group(request, staff, name, give_up=form)


def asked(
    request: HttpRequest, staff: Staff, of: Alike | str, form: Form, otherwise: HttpResponse
) -> HttpResponse | None:
    """Ask to give up a group, or a record by its public id, and go to what was asked; `otherwise` when nothing of it is
    left to ask for, None when the form tells that its reason won't do. Raises NotInSuspense."""
    try:
        row = desk_acts.ask_write_off(staff.login, of=of, why=form.cleaned_data["reason"], at=staff.at)
    except NoReasonGiven as refusal:
        form.add_error("reason", refusal.message(staff.language))
        return None
    except NothingToGiveUp as refusal:
        messages.warning(request, refusal.message(staff.language))
        return otherwise
    messages.success(request, _("It is asked. Somebody else decides."))
    return redirect("desk:write-off", row.public_id)


@require_http_methods(["GET", "POST"])
@page
def write_off(request: HttpRequest, staff: Staff, public_id: str) -> HttpResponse:
    """A write-off that somebody asked for: another person confirms or refuses it."""
    decision = request.POST.get("decision")
    form = RefuseForm(request.POST if decision == "refuse" else None)
    if decision == "confirm" or form.is_valid():
        try:
            return _decided(request, staff, public_id, form)
        except NoReasonGiven as refusal:
            form.add_error("why", refusal.message(staff.language))
        except (NotAsked, SamePerson) as refusal:
            messages.warning(request, refusal.message(staff.language))
            return redirect("desk:write-off", public_id)
    found = desk_waiting.write_off_page(staff.scope, public_id)
    return show(
        request, staff, "write_off", 422 if request.method == "POST" else 200, found=found, form=form,
        is_asker=found.asked.row.asked_by == staff.actor, may_decide=bool(staff.roles & set(desk_acts.SECOND)),
    )  # fmt: skip


def tried_again(request: HttpRequest, staff: Staff, alike: Alike | None = None) -> HttpResponse:
    """Judge again what waits for a line, all of it or a group, and tell what became of it."""
    try:
        return _told(request, desk_acts.retry_suspended(staff.login, at=staff.at, alike=alike))
    except NoSpace as refusal:
        messages.error(request, refusal.message(staff.language))
        return redirect("desk:network")


def _said(done: Retried) -> str:
    kept = ngettext("%(n)d record is kept now", "%(n)d records are kept now", done.kept) % {"n": done.kept}
    left = ngettext("%(n)d still waits.", "%(n)d still wait.", done.still_suspended) % {"n": done.still_suspended}
    if not done.duplicates:
        return f"{kept}, {left}"
    known = ngettext("%(n)d was known already", "%(n)d were known already", done.duplicates) % {"n": done.duplicates}
    return f"{kept}, {known}, {left}"


def _group(request: HttpRequest, staff: Staff, name: str, give_up: Form | None = None) -> HttpResponse:
    try:
        found = desk_waiting.group_page(staff.scope, name)
    except NotFound:
        return _gone(request)
    alike = found.group.alike
    asked = request.POST if "column" in request.POST else request.GET if "column" in request.GET else None
    change = ChangeForm(alike.column, asked) if found.can_be_mended else None
    trial = None
    if change and change.is_bound and change.is_valid():
        trial = desk_waiting.trial(staff.scope, found.group, **change.cleaned_data)
    is_wrong = bool((give_up and give_up.errors) or (change and change.errors))
    return show(
        request, staff, "waiting_group", 422 if is_wrong else 200, found=found, group=found.group, trial=trial,
        change=change, give_up=give_up or GiveUpForm(), is_unpriced=alike.reason in UNPRICED,
    )  # fmt: skip


def _seen(request: HttpRequest, staff: Staff, name: str) -> Alike | None:
    try:
        return desk_waiting.seen_group(staff.scope, name, request.POST.get("seen", ""))
    except NotFound:
        return None


def _gone(request: HttpRequest) -> HttpResponse:
    messages.warning(request, _("None of these records waits any more."))
    return redirect("desk:network")


def _told(request: HttpRequest, done: Retried) -> HttpResponse:
    (messages.warning if done.still_suspended else messages.success)(request, _said(done))
    return redirect("desk:network")


def _decided(request: HttpRequest, staff: Staff, public_id: str, form: Form) -> HttpResponse:
    if form.is_bound:
        desk_acts.refuse_write_off(staff.login, public_id=public_id, why=form.cleaned_data["why"], at=staff.at)
        messages.success(request, _("It is refused: the records wait as before."))
    else:
        row = desk_acts.confirm_write_off(staff.login, public_id=public_id, at=staff.at)
        told = ngettext("%(n)d record is written off.", "%(n)d records are written off.", row.written_off)
        messages.success(request, told % {"n": row.written_off})
    return redirect("desk:network")
