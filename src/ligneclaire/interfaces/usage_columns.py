"""The file of records of usage as it leaves: its columns in words, and the answer that carries it."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ligneclaire.journeys.usage_export import Export


def heading() -> list[str]:
    """The names of the columns, as `usage_export.export` wants them."""
    return [
        _("Day"), _("Time"), pgettext("export", "Kind of usage"), _("Direction"), _("Other party"), _("Zone"),
        _("Country visited"), _("Quantity"), _("Unit"), _("Billed in the bundles"), _("Billed beside them"),
        _("Amount (EUR)"),
    ]  # fmt: skip


def answer(file: Export) -> HttpResponse:
    """The file as a browser keeps it."""
    found = HttpResponse(file.content, content_type="text/csv; charset=utf-8")
    found["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return found
