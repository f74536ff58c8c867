"""The policies: what holds when, a new version, and what it would have changed, before it is published."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from ligneclaire.domains.access.operations import RoleMissing
from ligneclaire.domains.rulebook import decode
from ligneclaire.domains.rulebook import operations as rulebook
from ligneclaire.domains.rulebook.versions import Version
from ligneclaire.interfaces.desk import policy_words, trying
from ligneclaire.interfaces.desk.policy_form import VersionForm
from ligneclaire.interfaces.desk.staff import Staff, page, show
from ligneclaire.interfaces.templatetags.ligneclaire import day, language
from ligneclaire.journeys import desk_acts, desk_policies, desk_try
from ligneclaire.journeys.desk_policies import PolicyPage
from ligneclaire.kernel.refusal import Refusal


@require_GET
@page
def policies(request: HttpRequest, staff: Staff) -> HttpResponse:
    """All policies with what holds today, and what is published for later."""
    found = desk_policies.policies(staff.scope, staff.on)
    ahead = [one for one in found if one.next]
    return show(request, staff, "policies", policies=found, ahead=ahead)


@require_GET
@page
def policy(request: HttpRequest, staff: Staff, key: str) -> HttpResponse:
    """One policy: its wire of time, its versions, its bound by law, and the form of a new version."""
    found = _found(staff, key)
    return show(request, staff, "policy", policy=found, form=_form(found, staff))


@require_GET
@page
def try_policy(request: HttpRequest, staff: Staff, key: str) -> HttpResponse:
    """What the last released run would have been with these values. Writes nothing."""
    found = _found(staff, key)
    form = _form(found, staff, request.GET)
    version = _proposed(form)
    if version is None:
        return show(request, staff, "policy", 422, policy=found, form=form)
    trial = desk_try.try_policy(staff.scope, version, staff.on)
    known: dict[str, Any] = {
        "policy": found,
        "version": version,
        "values": decode.to_plain(version.value),
        "clips": desk_policies.clips_of(staff.scope, version, version.effective_from),
        "guards": desk_policies.guards_of(staff.scope, version, version.effective_from),
        "trial": trial,
        "plot": trying.plot_of(trial),
        "given": [(name, value) for name, value in request.GET.items()],
    }
    return show(request, staff, "policy_try", **known)


@require_POST
@page
def publish(request: HttpRequest, staff: Staff, key: str) -> HttpResponse:
    """Publish a version that was tried: it holds from its first day on and is never edited."""
    found = _found(staff, key)
    form = _form(found, staff, request.POST)
    version = _proposed(form)
    if version is not None:
        try:
            desk_acts.publish_version(
                staff.login, version, reason=request.POST.get("reason", ""), on=staff.on, at=staff.at
            )
        except RoleMissing:
            raise
        except Refusal as refusal:
            form.add_error(None, refusal.message(staff.language))
        else:
            name = policy_words.key_name(key)
            messages.success(
                request,
                _("%(name)s: the new version holds from %(on)s.") % {"name": name, "on": day(version.effective_from)},
            )
            return redirect("desk:policy", key)
    return show(request, staff, "policy", 422, policy=found, form=form)


def _found(staff: Staff, key: str) -> PolicyPage:
    try:
        return desk_policies.policy(staff.scope, key, staff.on)
    except desk_policies.UnknownPolicy as missing:
        raise Http404 from missing


def _form(found: PolicyPage, staff: Staff, given: Any = None) -> VersionForm:
    return VersionForm(found.key, given, holds=found.values, initial={"effective_from": staff.on})


def _proposed(form: VersionForm) -> Version | None:
    """The version of a form, or None with what is wrong beside its fields."""
    if not form.is_valid():
        return None
    days = [form.cleaned_data[name] for name in ("effective_from", "effective_until", "contracts_from", "all_from")]
    try:
        return rulebook.proposed(form.key, form.values, *days)
    except rulebook.EndsBeforeItStarts as refusal:
        form.add_error("effective_until", refusal.message(language()))
    except decode.NotBuilt as error:
        form.refuse(error)
    return None
