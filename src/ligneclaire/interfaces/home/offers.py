"""My offer: a few contracts, each in full; of many the sums by plan, a page of them at a time, and one in full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ligneclaire.domains.contracts import queries as contracts
from ligneclaire.domains.contracts.queries import PlanSum
from ligneclaire.domains.customers.models import Party
from ligneclaire.interfaces.home.reader import Reader, page
from ligneclaire.journeys import customer_pages, fleet_portal, formats
from ligneclaire.kernel.money import Money, sum_money


@dataclass(frozen=True, slots=True)
class Many:
    """Contracts that are too many to show each: the sums by plan, and companies whose portal the reader may open."""

    plans: Sequence[PlanSum]
    companies: Sequence[Party]

    @property
    def contracts(self) -> int:
        """How many there are."""
        return sum(one.contracts for one in self.plans)

    @property
    def monthly(self) -> list[tuple[str, Money]]:
        """What they cost a whole month after discounts, by price mode."""
        modes = dict.fromkeys(one.prices for one in self.plans)
        return [(mode, sum_money(one.monthly for one in self.plans if one.prices == mode)) for mode in modes]


def many(reader: Reader) -> Many:
    """The sums of the reader's many contracts."""
    plans = contracts.plan_sums(reader.scope, reader.on)
    return Many(plans, fleet_portal.companies_among(reader.scope.party_ids or ()))


@require_GET
@page
def offer(request: HttpRequest, reader: Reader) -> HttpResponse:
    """What was agreed, until when, and what leaving would cost month by month."""
    offers = customer_pages.few_offers(reader.scope, reader.on, reader.at)
    if offers is not None:
        return render(request, "home/offer.html", {"offers": offers, "on": reader.on, "lines": reader.scope.line_ids})
    asked = {name: request.GET.get(name, "").strip()[:80] for name in ("plan", "number")}
    wanted = request.GET.get("page", "")
    found = contracts.contract_page(
        reader.scope, reader.on, **asked, page=int(wanted) if wanted.isdecimal() and len(wanted) < 6 else 1
    )
    country = request.operator.country  # type: ignore[attr-defined]
    rows = [(one, formats.phone_on_page(one.line, country) or one.number) for one in found.rows]
    by_centre = any(one.cost_centre for one in found.rows)
    known = {
        "many": many(reader), "found": found, "rows": rows, "by_centre": by_centre, "on": reader.on, **asked,
    }  # fmt: skip
    return render(request, "home/contracts.html", known)


@require_GET
@page
def contract(request: HttpRequest, reader: Reader, public_id: str) -> HttpResponse:
    """One contract in full."""
    found = contracts.offer_view(reader.scope, public_id, reader.on, reader.at)
    return render(request, "home/contract.html", {"offer": found, "on": reader.on})
