"""From stored decks and terms to tariffs: zones, routes, rates, emergency."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest
from django.db import transaction
from tests import cast

from ligneclaire.domains.catalogue import operations, queries
from ligneclaire.domains.catalogue.models import RateDeck, UsageTerms
from ligneclaire.domains.catalogue.rules import contents
from ligneclaire.domains.catalogue.rules.contents import Terms
from ligneclaire.domains.catalogue.rules.tariff import EMERGENCY, Rate, Tariff, is_emergency
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.operators.models import Operator
from ligneclaire.domains.rulebook import decks, folders
from ligneclaire.domains.rulebook.decks import DeckRow
from ligneclaire.domains.rulebook.places import CHECKOUT
from ligneclaire.domains.rulebook.products import ProductRow
from ligneclaire.domains.rulebook.reader import Fault

TODAY = date(2026, 11, 22)
DECK: dict[str, object] = {
    "country": "BE",
    "zones": {
        "fixed": {"kind": "national", "names": {"en": "Fixed"}},
        "far": {"kind": "international", "names": {"en": "Far"}},
        "away": {"kind": "roaming", "names": {"en": "Away"}},
        "away-calls": {"kind": "roaming", "names": {"en": "Away, calls"}},
    },
    "countries": [{"of": ["US"], "zone": "far"}],
    "numbers": {"32": "fixed", "1900": "fixed"},
    "short": {"4410-4412": "fixed"},
    "visited": {"away": ["FR", "DE"]},
    "routes": [["away", "*", "away-calls"], ["away", "fixed", "fixed"]],
    "rates": [
        {"services": ["voice"], "zones": ["fixed", "far"], "band": "any", "price": 100, "unit": 60},
        {"services": ["sms"], "zones": ["fixed"], "band": "peak", "price": 9, "unit": 1},
        {"services": ["sms"], "zones": ["fixed"], "band": "off-peak", "price": 5, "unit": 1},
    ],
    "peak": {"weekdays": [1, 5], "start": "08:00", "end": "19:00", "holidays_off": True},
}


def made(own: dict[str, object]) -> Terms:
    deck = contents.deck_of(contents.expanded(DECK))
    return contents.terms_of({"rates": [], "bundles": [], "prorated": False, **own}, deck, "plan@2026-01-01")


def tariff(own: dict[str, object] | None = None) -> Tariff:
    found = made(own or {}).tariff
    assert found is not None
    return found


def test_prefixes_of_the_deck_win_over_countries() -> None:
    assert tariff().prefixes == {"1": "far", "32": "fixed", "1900": "fixed"}


def test_codes_are_looked_up_whole_and_know_the_emergency_numbers() -> None:
    short = tariff().short
    assert {code: short[code] for code in ("4410", "4411", "4412")} == dict.fromkeys(("4410", "4411", "4412"), "fixed")
    assert {code for code, zone in short.items() if zone == EMERGENCY} == {"112", "100", "101", "110", "116000"}


@pytest.mark.rule("RAT-09")
def test_emergency_is_free_whatever_the_deck_says() -> None:
    rates = tariff().rates
    for service in ("voice", "sms", "special"):
        rate = rates[service, EMERGENCY, "any"]
        assert (rate.price, rate.flags) == (0, {EMERGENCY})
    assert [is_emergency(code, "BE") for code in ("112", "101", "116000", "15", "1010")] == [
        True,
        True,
        True,
        False,
        False,
    ]
    assert [is_emergency(code, "FR") for code in ("112", "15", "119", "101")] == [True, True, True, False]
    assert is_emergency("112", "JP")


@pytest.mark.rule("RAT-03")
def test_a_route_of_its_own_wins_over_every_destination() -> None:
    assert tariff().routes == {
        ("away", "fixed"): "fixed",
        ("away", "far"): "away-calls",
        ("away", "away"): "away-calls",
        ("away", "away-calls"): "away-calls",
        ("away", EMERGENCY): EMERGENCY,
    }
    assert tariff().visited == {"FR": "away", "DE": "away"}


def test_rates_carry_their_type_of_usage() -> None:
    rates = tariff().rates
    assert rates["voice", "fixed", "any"] == Rate("voice", "fixed", "any", 100, 60, usage_type="voice-national")
    assert rates["voice", "far", "any"].usage_type == "voice-international"


@pytest.mark.parametrize(
    ("service", "kind", "found"),
    [
        ("data", "roaming", "data-roaming"),
        ("mms", "international", "mms"),
        ("voice", "special", "special-number"),
        ("special", "national", "special-number"),
        ("third-party", "third-party", "premium"),
        ("sms", "third-party", "sms-national"),  # the message itself, beside what the third party asks
    ],
)
def test_types_of_usage(service: str, kind: str, found: str) -> None:
    assert contents.usage_type(service, kind) == found


@pytest.mark.rule("RAT-08")
def test_a_price_of_the_plan_holds_at_every_time_of_the_day() -> None:
    own = {"rates": [{"services": ["sms"], "zones": ["fixed"], "band": "any", "price": 0, "unit": 1}]}
    found = tariff(own)
    assert [place for place in found.rates if place[0] == "sms" and place[1] == "fixed"] == [("sms", "fixed", "any")]
    assert found.peak is not None
    assert (found.peak.weekdays, found.peak.start, found.peak.end) == ({1, 5}, time(8), time(19))
    assert found.peak.holidays_off


def test_an_option_without_a_deck_only_adds() -> None:
    bundle = {"code": "data", "services": ["data"], "zones": ["home"], "size": 5, "priority": 2, "band": "any"}
    found = contents.terms_of({"rates": [], "bundles": [bundle], "prorated": True}, None, "option")
    assert (found.tariff, found.prorated) == (None, True)
    assert [(one.code, one.size, one.priority) for one in found.bundles] == [("data", 5, 2)]


@pytest.fixture
def fleet_folder() -> folders.Folder:
    return folders.read(CHECKOUT / "operators" / "fleet")


@pytest.mark.usefixtures("database")
def test_the_terms_of_a_plan_by_day() -> None:
    fleet = cast.operator("fleet")
    with acting_for(fleet.pk):
        before = queries.tariff_for(fleet.pk, "vlinder-10", date(2024, 12, 31))
        today = queries.tariff_for(fleet.pk, "vlinder-10", TODAY)
        again = queries.tariff_for(fleet.pk, "vlinder-10", TODAY)
        other = queries.tariff_for(fleet.pk, "vlinder-50", TODAY)
    assert before.tariff is not None
    assert today.tariff is not None
    assert other.tariff is not None
    assert (before.tariff.code, today.tariff.code) == ("vlinder-10@2015-01-01", "vlinder-10@2025-01-01")
    sizes = [next(one.size for one in found.bundles if one.code == "data-home") for found in (before, today)]
    assert sizes == [8 * 10**9, 10 * 10**9]
    assert again is today, "parsed once"
    assert other.tariff.prefixes is today.tariff.prefixes, "one deck for all plans"
    assert today.tariff.rates["voice", "be-mobile", "any"].price == 150_000
    assert other.tariff.rates["voice", "be-mobile", "any"].price == 0


@pytest.mark.usefixtures("database")
def test_numbers_of_fleet_fall_in_their_zones() -> None:
    fleet = cast.operator("fleet")
    with acting_for(fleet.pk):
        found = queries.tariff_for(fleet.pk, "vlinder-25", TODAY).tariff
        names = queries.zone_names(fleet.pk, "nl", TODAY)
    assert found is not None

    def zone(number: str) -> str:
        heads = (number[:length] for length in range(len(number), 0, -1))
        return next(found.prefixes[head] for head in heads if head in found.prefixes)

    numbers = {
        "3225551234": "be-fixed", "32470123456": "be-mobile", "3280012345": "be-free", "3290512345": "be-games",
        "33612345678": "eu-mobile", "33140506070": "eu-fixed", "33899123456": "fr-0899", "33805123456": "fr-free",
        "4915112345678": "eu-mobile", "442071234567": "intl-1-fixed", "447911123456": "intl-1-mobile",
        "12125551234": "intl-1-fixed", "12425551234": "intl-4-fixed", "905321234567": "intl-2-mobile",
        "881612345678": "satellite", "5511912345678": "intl-3-mobile", "25261123456": "intl-4-mobile",
    }  # fmt: skip
    assert {number: zone(number) for number in numbers} == numbers
    assert {code: found.short[code] for code in ("4411", "3456", "1307")} == {
        "4411": "parking", "3456": "premium-sms", "1307": "be-enquiries",
    }  # fmt: skip
    assert names["be-mobile"] == "België, mobiel"


@pytest.mark.usefixtures("database")
def test_products_without_usage_are_told_from_unknown_ones() -> None:
    rural = cast.operator("rural")
    with acting_for(rural.pk):
        with pytest.raises(queries.NoUsageTerms):
            queries.tariff_for(rural.pk, "radio-30", TODAY)
        with pytest.raises(queries.UnknownProduct):
            queries.tariff_for(rural.pk, "radio-31", TODAY)
        assert queries.tariff_for(rural.pk, "telephonie", TODAY).tariff is not None


@pytest.mark.usefixtures("database")
def test_what_is_published_is_never_edited(fleet_folder: folders.Folder) -> None:
    fleet = cast.operator("fleet")
    [deck] = fleet_folder.decks
    plan = next(one for one in fleet_folder.products if one.code == "vlinder-25")
    row = plan.usage[0]
    edited_terms = [
        (_plan(plan, digest="0" * 64), operations.PublishedTermsEdited),
        (_plan(plan, deck="other"), operations.PublishedTermsEdited),
    ]
    with acting_for(fleet.pk, using="owner"):
        assert operations.publish_deck(operator=fleet, row=deck, using="owner") == []
        assert operations.publish_product(operator=fleet, row=plan, using="owner") == []
        with pytest.raises(operations.PublishedDeckEdited):
            operations.publish_deck(operator=fleet, row=_deck(deck, digest="0" * 64), using="owner")
        for edited, refusal in edited_terms:
            with pytest.raises(refusal):
                operations.publish_product(operator=fleet, row=edited, using="owner")
        stored = RateDeck.objects.using("owner").get(operator=fleet)
        assert (stored.digest, stored.effective_to) == (deck.digest, None)
        assert UsageTerms.objects.using("owner").get(product__code="vlinder-25", operator=fleet).digest == row.digest


def _deck(row: DeckRow, **changes: object) -> DeckRow:
    return replace(row, **changes)  # type: ignore[arg-type]


def _plan(row: ProductRow, **changes: object) -> ProductRow:
    return replace(row, usage=(replace(row.usage[0], **changes),))  # type: ignore[arg-type]


@pytest.mark.usefixtures("database")
def test_a_version_that_was_withdrawn_leaves_its_days_to_another(fleet_folder: folders.Folder) -> None:
    fleet = Operator.objects.using("owner").get(code="fleet")
    [deck] = fleet_folder.decks
    plan = next(one for one in fleet_folder.products if one.code == "vlinder-25")
    first = plan.usage[0]
    never = replace(first, effective_until=first.effective_from)
    right = replace(first, content={**first.content, "prorated": not first.content["prorated"]}, digest="1" * 64)
    with acting_for(fleet.pk, using="owner"):
        with pytest.raises(operations.PublishedTermsEdited):
            operations.publish_product(operator=fleet, row=replace(plan, usage=(right,)), using="owner")
        both = replace(plan, usage=(never, right))
        assert len(operations.publish_product(operator=fleet, row=both, using="owner")) == 2
        assert operations.publish_product(operator=fleet, row=both, using="owner") == []
        held = UsageTerms.objects.using("owner").filter(product__code="vlinder-25", operator=fleet)
        assert held.exclude(effective_to=first.effective_from).get().digest == right.digest
        with pytest.raises(operations.PublishedTermsEdited):
            operations.publish_product(operator=fleet, row=plan, using="owner")
        gone = replace(deck, effective_until=deck.effective_from)
        operations.publish_deck(operator=fleet, row=gone, using="owner")
        assert operations.publish_deck(operator=fleet, row=_deck(deck, digest="2" * 64), using="owner") != []
        transaction.set_rollback(True, using="owner")


def test_a_deck_of_a_folder_that_ends_on_its_first_day_was_withdrawn(tmp_path: Path) -> None:
    rates = tmp_path / decks.FOLDER
    rates.mkdir()
    text = (CHECKOUT / "operators" / "fleet" / decks.FOLDER / "vlinder.toml").read_text()
    (rates / "a-right.toml").write_text(text)
    for until, fault in (("2015-01-01", []), ("2014-12-31", ["until"]), ("2015-01-02", ["from"])):
        (rates / "b-wrong.toml").write_text(text.replace("from = 2015-01-01", f"from = 2015-01-01\nuntil = {until}", 1))
        faults: list[Fault] = []
        found = decks.decks_of(tmp_path, "BE", ("fr", "nl", "en"), faults)
        assert [one.key for one in faults] == fault
    assert [one.file for one in found][:1] == ["rates/b-wrong.toml"]
