"""A billed month put right: what rating it anew comes to, line by line, and keeping that."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from ligneclaire.interfaces.desk.forms import Form, WordsField
from ligneclaire.interfaces.desk.staff import Staff, page, show
from ligneclaire.journeys import desk_acts, desk_corrections
from ligneclaire.journeys.desk_corrections import CorrectionPage, Trial
from ligneclaire.kernel.periods import Period
from ligneclaire.kernel.refusal import Refusal


class WhyForm(Form):
    """Why a month is put right."""

    why = WordsField(
        label=gettext_lazy("What was wrong?"),
        help_text=gettext_lazy(
            "One sentence without names, for whoever looks at it later: “option of 10 June entered late”."
        ),
        max_length=200,
        rows=2,
    )


@require_http_methods(["GET", "POST"])
@page
def correction(request: HttpRequest, staff: Staff, public_id: str) -> HttpResponse:
    """The months; of a chosen one what would change, and the act. Only the act writes."""
    if request.method == "POST":
        desk_acts.may_correct_usage(staff.login)
    known = desk_corrections.correction_page(staff.scope, public_id, staff.on)
    month = _month(request, known)
    form, trial, words = WhyForm(request.POST or None), None, ""
    if month:
        try:
            trial = desk_corrections.tried(staff.scope, known, month, staff.at)
            if request.method == "POST" and (answer := _kept(request, staff, known, trial, form)):
                return answer
        except Refusal as refusal:
            words = refusal.message(staff.language)
        _written_down(staff, public_id, month)
    is_wrong = bool(words or (request.method == "POST" and month))
    return show(
        request, staff, "correction", 422 if is_wrong else 200, known=known, month=month, trial=trial, words=words,
        form=form,
    )  # fmt: skip


def _kept(
    request: HttpRequest, staff: Staff, known: CorrectionPage, trial: Trial, form: WhyForm
) -> HttpResponse | None:
    """Keep what was shown and go back to the customer; None when something else would change by now, or no reason is
    given."""
    if request.POST.get("seen") != trial.seen:
        form.add_error(None, _("This is not what you were shown: something has changed since. Please look again."))
        return None
    if not form.is_valid():
        return None
    desk_acts.correct_usage(
        staff.login, account_ids=known.account_ids, month=trial.month, why=form.cleaned_data["why"], at=staff.at
    )
    messages.success(request, _("It is put right. The next invoice holds the difference."))
    return redirect(f"{reverse('desk:correction', args=[known.customer.public_id])}?month={trial.month:%Y-%m}")


def _month(request: HttpRequest, known: CorrectionPage) -> date | None:
    """The billed month that was chosen."""
    try:
        chosen = Period.month(request.GET.get("month", "")).start
    except ValueError:
        return None
    return chosen if chosen in known.months else None


def _written_down(staff: Staff, public_id: str, month: date) -> None:
    desk_acts.see_usage(
        staff.login, subject=f"party:{public_id}", month=month, what="correction", for_user=False, at=staff.at
    )
