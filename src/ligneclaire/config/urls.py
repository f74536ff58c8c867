"""Every address of the product."""

from importlib.util import find_spec

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path

from ligneclaire.interfaces import language

handler403 = "ligneclaire.interfaces.faults.refused"
handler404 = "ligneclaire.interfaces.faults.not_found"
handler500 = "ligneclaire.interfaces.faults.broken"


def health(request: HttpRequest) -> HttpResponse:
    """For load balancers: the process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


urlpatterns: list[URLPattern | URLResolver] = [
    path("health", health),
    path("language", language.speak, name="speak"),
    path("sign-in/", include("ligneclaire.interfaces.sign_in_urls")),
]
for address, pages in (("api/", "api"), ("desk/", "desk"), ("fleet/", "fleet"), ("", "home")):
    if find_spec(f"ligneclaire.interfaces.{pages}.urls"):
        urlpatterns.append(path(address, include(f"ligneclaire.interfaces.{pages}.urls")))
