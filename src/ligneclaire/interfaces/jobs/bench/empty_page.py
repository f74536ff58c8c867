"""What "an empty page" is, for the measurement and the tests that hold pages to a multiple of it: a signed-in reader,
the frame with its navigation, and nothing in the main part.

The product has no such address. A server or a test that measures takes this module as its `ROOT_URLCONF`: the product's
addresses and two more, `HOME` for a customer and `DESK` for staff.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path
from django.views.decorators.http import require_GET

from ligneclaire.interfaces.desk import staff
from ligneclaire.interfaces.home import reader

HOME, DESK = "/empty/", "/desk/empty/"
PRODUCT = "ligneclaire.config.urls"
handler403 = "ligneclaire.interfaces.faults.refused"
handler404 = "ligneclaire.interfaces.faults.not_found"
handler500 = "ligneclaire.interfaces.faults.broken"


@require_GET
@reader.page
def home(request: HttpRequest, who: reader.Reader) -> HttpResponse:
    """The frame of a customer's page."""
    return render(request, "home/page.html")


@require_GET
@staff.page
def desk(request: HttpRequest, who: staff.Staff) -> HttpResponse:
    """The frame of a page of the desk."""
    return staff.show(request, who, "page")


urlpatterns = [path(HOME[1:], home), path(DESK[1:], desk), path("", include(PRODUCT))]
