"""No page and no search has a NUL in its address, and the database could not be asked for one."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse


def odd_addresses(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware, after those that know the reader: there is nothing at an address with a NUL in its path, nor at a
    page's with one in its query; the API names the fault itself."""

    def middleware(request: HttpRequest) -> HttpResponse:
        query = "" if request.path.startswith("/api/") else request.META.get("QUERY_STRING", "")
        if "\x00" in request.path or "%00" in query:
            raise Http404
        return get_response(request)

    return middleware
