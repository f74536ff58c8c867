"""An offer with its versions: the published ones, those of a folder, one day's held for ever."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests import cast

from ligneclaire.domains.catalogue import queries
from ligneclaire.domains.catalogue.queries import NoUsageTerms, UnknownProduct
from ligneclaire.domains.catalogue.rules import offered
from ligneclaire.domains.catalogue.rules.offered import Offered
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.rulebook import folders, places
from ligneclaire.kernel.money import Money

pytestmark = pytest.mark.usefixtures("database")
BORDER = date(2025, 1, 1)  # from this day on vlinder-10 holds more


def published(*codes: str) -> tuple[Offered, ...]:
    fleet = cast.operator("fleet")
    with acting_for(fleet.pk):
        return queries.offered(fleet.pk, codes or None)


def sizes(one: Offered, first: date, end: date) -> dict[date, int]:
    """How much data is included, by day."""
    return {
        day: next(bundle.size for bundle in terms.bundles if bundle.code == "data-home")
        for day, terms in one.usage_in(first, end).items()
    }


@pytest.mark.rule("RAT-02")
def test_versions_follow_each_other_by_day() -> None:
    (one,) = published("vlinder-10")
    assert one.price_on(date(2014, 12, 31)) is None
    assert one.price_on(BORDER) == Money.of("15.00")
    assert sizes(one, date(2024, 12, 1), BORDER) == {date(2024, 12, 1): 8 * 10**9}
    assert sizes(one, date(2024, 12, 10), date(2025, 2, 1)) == {date(2024, 12, 10): 8 * 10**9, BORDER: 10 * 10**9}
    assert one.usage_in(date(2014, 12, 1), date(2015, 2, 1)) == {}


def test_one_day_or_the_newest_is_held_for_ever() -> None:
    (one,) = published("vlinder-10")
    old = one.as_on(BORDER - timedelta(days=1))
    assert sizes(old, date(2026, 5, 1), date(2026, 6, 1)) == {date(2026, 5, 1): 8 * 10**9}
    assert sizes(one.newest(), date(2014, 5, 1), date(2014, 6, 1)) == {date(2014, 5, 1): 10 * 10**9}
    assert old.price_on(date.min) == Money.of("15.00")
    assert one.as_on(date(2014, 1, 1)).price_on(date(2026, 1, 1)) is None


def test_a_folder_says_what_publishing_it_would() -> None:
    folder = folders.read(places.folders_root() / "fleet")
    drafts, stored = offered.drafted(folder.products, folder.decks), published()
    assert [one.code for one in drafts] == [one.code for one in stored]
    assert drafts == stored
    assert len(drafts) > 10


def test_what_is_no_offer_or_prices_no_usage_is_named() -> None:
    with pytest.raises(UnknownProduct):
        published("vlinder-10", "data-plus-5")
    rural = cast.operator("rural")
    with acting_for(rural.pk), pytest.raises(NoUsageTerms):
        queries.offered(rural.pk, ["radio-30"])
