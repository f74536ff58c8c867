"""Bill runs: start one, watch the drafts being made, review them, release by a second person."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from procrastinate.contrib.django.models import ProcrastinateJob

from ligneclaire.domains.access.operations import RoleMissing
from ligneclaire.domains.billing.models import BillRun
from ligneclaire.domains.billing.queries.runs import refusal_of
from ligneclaire.domains.billing.refusals import AccountsChanged
from ligneclaire.interfaces.desk import run_words
from ligneclaire.interfaces.desk.forms import DayField, Form
from ligneclaire.interfaces.desk.staff import Staff, page, show
from ligneclaire.interfaces.jobs import tasks
from ligneclaire.interfaces.templatetags.ligneclaire import month
from ligneclaire.journeys import desk_acts, desk_pre_bill, desk_runs
from ligneclaire.kernel.periods import Period
from ligneclaire.kernel.refusal import Refusal


class StartForm(Form):
    """Which legal entity, which month, which day on the invoices."""

    entity = forms.ChoiceField(label=gettext_lazy("Legal entity"))
    month = forms.CharField(
        label=gettext_lazy("Month, billed in advance"),
        widget=forms.DateInput(attrs={"type": "month"}),
        error_messages={"required": gettext_lazy("Please choose a month.")},
    )
    bill_on = DayField(label=gettext_lazy("Day on the invoices"), help_text=gettext_lazy("As your policy says."))

    def __init__(self, choices: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["entity"].choices = choices  # type: ignore[attr-defined]

    def clean_month(self) -> Any:
        """The first day of the month."""
        try:
            return Period.month(self.cleaned_data["month"]).start
        except ValueError:
            raise forms.ValidationError(_("This is not a month.")) from None


@require_http_methods(["GET", "POST"])
@page
def runs(request: HttpRequest, staff: Staff) -> HttpResponse:
    """All runs, and the next one to start."""
    coming = desk_runs.next_runs(staff.scope, staff.on)
    choices = [(one.entity.code, one.entity.name) for one in coming]
    begin: dict[str, Any] = {}
    if coming:
        first = coming[0]
        begin = {"entity": first.entity.code, "month": f"{first.month:%Y-%m}", "bill_on": first.bill_on}
    form = StartForm(choices, request.POST or None, initial=begin)
    if request.method == "POST" and form.is_valid():
        entity = next(one.entity for one in coming if one.entity.code == form.cleaned_data["entity"])
        given = form.cleaned_data
        try:
            run = desk_acts.start_run(staff.login, entity, month=given["month"], bill_on=given["bill_on"], at=staff.at)
        except RoleMissing:
            raise
        except Refusal as refusal:
            form.add_error(None, refusal.message(staff.language))
        else:
            _draft_later(run, staff)
            return redirect("desk:run", run.public_id)
    status = 422 if form.errors else 200
    found = desk_runs.runs(staff.scope)
    return show(request, staff, "runs", status, runs=found, form=form if coming else None)


@require_GET
@page
def run(request: HttpRequest, staff: Staff, public_id: str) -> HttpResponse:
    """One run: its progress while something is being made, else the pre-bill and what can be done."""
    found = desk_runs.run_page(staff.scope, public_id)
    asked = _is_asked_for(found.row)
    if found.state == "ready" and asked:  # the worker has not taken it up yet
        found = replace(found, state="releasing", progress=desk_runs.Progress(0, found.progress.all))
    refusal = "" if asked else refusal_of(found.row, staff.language)
    working = found.state in ("drafting", "releasing") and not refusal
    if request.htmx and working:  # type: ignore[attr-defined]
        return show(request, staff, "progress", found=found)
    if request.htmx:  # type: ignore[attr-defined]
        answer = HttpResponse(status=204)
        answer["HX-Refresh"] = "true"
        return answer
    return _run(request, staff, found, refusal=refusal)


def _run(request: HttpRequest, staff: Staff, found: desk_runs.RunPage, status: int = 200, **known: Any) -> HttpResponse:
    if found.state not in ("drafting", "releasing"):
        bill = desk_pre_bill.pre_bill(staff.scope, found.row)
        known |= {"bill": bill, "plot": run_words.plot_of(bill) if bill else ()}
    is_starter = found.row.started_by == staff.actor
    known |= {"is_starter": is_starter, "is_too_early": staff.on < found.row.bill_on}
    return show(request, staff, "run", status, found=found, run=found.row, **known)


@require_GET
@page
def drafts(request: HttpRequest, staff: Staff, public_id: str) -> HttpResponse:
    """The drafts of a run, with a search."""
    row = desk_runs.run_row(staff.scope, public_id)
    asked = request.GET.get("q", "").strip()
    number = request.GET.get("page", "1")
    found = desk_runs.drafts(staff.scope, row, asked, int(number) if number.isdigit() else 1)
    return show(request, staff, "drafts", run=row, found=found, asked=asked)


@require_GET
@page
def draft(request: HttpRequest, staff: Staff, public_id: str, account: str) -> HttpResponse:
    """One draft as it would be issued."""
    return show(request, staff, "draft", found=desk_runs.draft_page(staff.scope, public_id, account, staff.language))


@require_POST
@page
def release(request: HttpRequest, staff: Staff, public_id: str) -> HttpResponse:
    """Release by a second person; a worker issues the documents. What changed since the review is named."""
    row, knowingly = desk_runs.run_row(staff.scope, public_id), bool(request.POST.get("knowingly"))
    try:
        desk_acts.check_release(staff.login, row, at=staff.at, knowingly=knowingly)
    except AccountsChanged as refusal:
        known = {"refusal": refusal.message(staff.language), "changed": refusal.accounts}
        return _run(request, staff, desk_runs.run_page(staff.scope, public_id), 409, **known)
    except Refusal as refusal:
        return _refused(request, staff, public_id, refusal)
    _release_later(row, staff, knowingly=knowingly)
    messages.success(request, _("The invoices of %(month)s are being issued.") % {"month": month(row.month)})
    return redirect("desk:run", public_id)


@require_POST
@page
def redraft(request: HttpRequest, staff: Staff, public_id: str) -> HttpResponse:
    """Make the drafts of changed accounts anew; somebody reviews them again."""
    row = desk_runs.run_row(staff.scope, public_id)
    try:
        desk_acts.redraft_run(staff.login, row, at=staff.at)
    except Refusal as refusal:
        return _refused(request, staff, public_id, refusal)
    _draft_later(row, staff)
    return redirect("desk:run", public_id)


@require_POST
@page
def go_on(request: HttpRequest, staff: Staff, public_id: str) -> HttpResponse:
    """Take up a run that was interrupted: what is committed stays."""
    row = desk_runs.run_row(staff.scope, public_id)
    if row.state == "releasing":
        try:
            desk_acts.check_release(staff.login, row, at=staff.at)
        except Refusal as refusal:
            return _refused(request, staff, public_id, refusal)
        _release_later(row, staff)
    elif row.state == "drafting":
        desk_acts.may_draft(staff.login)
        _draft_later(row, staff)
    return redirect("desk:run", public_id)


@require_POST
@page
def discard(request: HttpRequest, staff: Staff, public_id: str) -> HttpResponse:
    """Throw the drafts away; the month can be run again."""
    row = desk_runs.run_row(staff.scope, public_id)
    try:
        desk_acts.discard_run(staff.login, row, at=staff.at)
    except Refusal as refusal:
        return _refused(request, staff, public_id, refusal)
    messages.success(request, _("The drafts of %(month)s are thrown away.") % {"month": month(row.month)})
    return redirect("desk:runs")


def _refused(request: HttpRequest, staff: Staff, public_id: str, refusal: Refusal) -> HttpResponse:
    if isinstance(refusal, RoleMissing):
        raise refusal
    found = desk_runs.run_page(staff.scope, public_id)
    return _run(request, staff, found, 409, refusal=refusal.message(staff.language))


def _is_asked_for(run: BillRun) -> bool:
    """Whether what comes next for the run waits for a worker, and was not refused yet."""
    task = tasks.draft_bill_run if run.state == "drafting" else tasks.release_bill_run
    jobs = ProcrastinateJob.objects.filter(task_name=task.name, args__run_id=run.pk)
    return bool(jobs.filter(Q(status="doing") | Q(status="todo", attempts=0)).exists())


def _draft_later(run: BillRun, staff: Staff) -> None:
    """Hand the drafting to a worker, by ids alone."""
    tasks.draft_bill_run.defer(operator_id=run.operator_id, run_id=run.pk, actor=staff.actor)


def _release_later(run: BillRun, staff: Staff, *, knowingly: bool = False) -> None:
    """Hand the release to a worker, by ids alone."""
    tasks.release_bill_run.defer(operator_id=run.operator_id, run_id=run.pk, actor=staff.actor, knowingly=knowingly)
