"""What a reader sees when a page is not there, not theirs, or broken. Nothing here reads the database."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404, also for what belongs to somebody else."""
    title = _("There is nothing at this address")
    words = _("Perhaps the address is incomplete, or this page belongs to another customer.")
    return _fault(request, title, words, 404)


def refused(request: HttpRequest, exception: Exception | None = None, reason: str = "") -> HttpResponse:
    """403: signed in, but not for this; or a form that did not come from our page."""
    title = _("This page is not open to you")
    words = _("If you filled in a form, go back, load the page again and send it once more.")
    return _fault(request, title, words, 403)


def broken(request: HttpRequest) -> HttpResponse:
    """500: what was begun has been undone."""
    title = _("Something broke on our side")
    words = _("Nothing you did was half saved. Please try again in a few minutes.")
    return _fault(request, title, words, 500)


def _fault(request: HttpRequest, title: str, words: str, status: int) -> HttpResponse:
    known: dict[str, Any] = {"title": title, "words": words}
    if status == 500:
        known["reader"] = ""  # the transaction may be broken: ask it nothing
    return render(request, "fault.html", known, status=status)
