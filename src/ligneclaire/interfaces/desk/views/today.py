"""The first page of the desk: what needs a person today."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from ligneclaire.interfaces.desk import promised
from ligneclaire.interfaces.desk.staff import Staff, page, show
from ligneclaire.journeys import desk_today


@require_GET
@page
def today(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Late and about to be late first, then disputes, runs, the network, and customers without service."""
    found = desk_today.today(staff.scope, staff.on)
    followed = [promised.followed(one) for one in found.promises]
    disputes = [(promised.followed(one.promise), one.subject) for one in found.disputes]
    return show(request, staff, "today", found=found, promises=followed, disputes=disputes)
