"""What a reader chose: which warnings to get, by which way (USE-03, UPO-01), and whether pages may be chosen for him
(UPO-11)."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from ligneclaire.domains.customers import operations as customers
from ligneclaire.domains.customers import queries as people
from ligneclaire.domains.lines import operations as lines
from ligneclaire.domains.lines import queries
from ligneclaire.domains.lines.models import Line
from ligneclaire.domains.lines.rules import notices
from ligneclaire.domains.lines.rules.notices import Switch
from ligneclaire.interfaces.home.reader import Reader, page
from ligneclaire.journeys import formats

PERSONAL, VERSION = "personalisation", "2026-11"
KINDS = {
    notices.BUNDLE: (
        gettext_lazy("A bundle is filling up"),
        gettext_lazy("At 75 and 90 percent of each bundle."),
    ),
    notices.BILL_SHOCK: (
        gettext_lazy("A bundle is used up, or costs rise"),
        gettext_lazy("When what comes next costs extra, and when costs beside the bundles reach the ceiling."),
    ),
    notices.ROAMING: (
        gettext_lazy("Costs abroad"),
        gettext_lazy("Before data abroad stops, and when it does. The law wants this SMS to be sent."),
    ),
}
CHANNELS = {notices.SMS: gettext_lazy("SMS"), notices.MAIL: gettext_lazy("Mail")}


@dataclass(frozen=True, slots=True)
class Row:
    """A kind of warning with its switches, as the page shows it."""

    kind: str
    name: str
    hint: str
    switches: tuple[tuple[Switch, str], ...]


@require_http_methods(["GET", "POST"])
@page
def choices(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Every switch of every line that the reader uses; each form saves one line, or the answer about pages."""
    used = [queries.own_line(reader.scope, one.line_public_id) for one in queries.uses_of(reader.person, reader.on)]
    if request.method == "POST":
        line = next((one for one in used if one.public_id == request.POST.get("line")), None)
        if line is not None:
            _choose(line, request, reader)
        elif "personal" in request.POST:
            _answer(request.POST["personal"] == "yes", reader)
        messages.success(request, _("Kept. It counts from now on."))
        return redirect("home:choices")
    said = people.consented(reader.person, PERSONAL)
    country = request.operator.country  # type: ignore[attr-defined]
    known = {
        "lines": [(one.public_id, formats.phone_on_page(one.identifier, country), _rows(one, reader)) for one in used],
        "may_opt_out": country in notices.OPT_OUT,
        "personal": bool(said and said.given),
    }
    return render(request, "home/choices.html", known)


def _rows(line: Line, reader: Reader) -> list[Row]:
    found = queries.switches_of(line, reader.person)
    return [
        Row(kind, str(name), str(hint), tuple((one, str(CHANNELS[one.channel])) for one in found if one.kind == kind))
        for kind, (name, hint) in KINDS.items()
    ]


def _choose(line: Line, request: HttpRequest, reader: Reader) -> None:
    """Write down only what changed, so that each row says when somebody changed his mind."""
    for one in queries.switches_of(line, reader.person):
        wanted = f"{one.kind}.{one.channel}" in request.POST
        if one.may_change and wanted != one.on:
            lines.choose_notice(
                line=line, person=reader.person, kind=one.kind, channel=one.channel, wanted=wanted, on=reader.on,
                at=reader.at, actor=reader.actor,
            )  # fmt: skip


def _answer(given: bool, reader: Reader) -> None:
    text = _("Pages and offers may be chosen by what I use.")
    customers.record_consent(
        person=reader.person, purpose=PERSONAL, given=given, text=text, text_version=VERSION,
        language=reader.language, at=reader.at, actor=reader.actor,
    )  # fmt: skip
