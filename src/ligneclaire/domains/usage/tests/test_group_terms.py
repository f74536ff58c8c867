"""What is in force for a rating group: plans and options by instant, allowances of the month, ceilings of the law."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from tests import cast

from ligneclaire.domains.accounts.models import Account
from ligneclaire.domains.catalogue.models import UsageTerms
from ligneclaire.domains.contracts import operations as contracts
from ligneclaire.domains.contracts.models import Contract, Item
from ligneclaire.domains.lines import operations as lines
from ligneclaire.domains.lines.models import Line
from ligneclaire.domains.rulebook import operations as publishing
from ligneclaire.domains.rulebook.versions import Version
from ligneclaire.domains.usage import queries
from ligneclaire.domains.usage.operations import limits
from ligneclaire.domains.usage.policies import UsageAlerts
from ligneclaire.domains.usage.queries import kept_terms, terms
from ligneclaire.domains.usage.queries.kept_terms import Shelf
from ligneclaire.domains.usage.rules.instants import micros
from ligneclaire.domains.usage.rules.terms import ALWAYS, GroupTerms, LineTerms
from ligneclaire.kernel.money import Money

pytestmark = pytest.mark.usefixtures("database")
ZONE = ZoneInfo("Europe/Brussels")
GB = 10**9
MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)


def us(day: date, hour: int = 0, minute: int = 0) -> int:
    return micros(datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE))


def terms_of(customer: cast.Customer, month: date) -> GroupTerms:
    with customer.acting():
        return queries.terms_of_groups(customer.operator.pk, [customer.account.pk], month)[customer.account.pk]


def of_line(customer: cast.Customer, contract: Contract, month: date) -> LineTerms:
    assert contract.line_id is not None
    return terms_of(customer, month).lines[contract.line_id]


def allowances(line: LineTerms) -> list[tuple[str, int, int, int]]:
    return [(one.bundle.code, one.bundle.size, one.from_us, one.to_us) for one in line.allowances]


def codes(line: LineTerms) -> list[tuple[int, str]]:
    return [(start, tariff.code) for start, tariff in line.tariffs]


def test_a_plan_gives_its_tariff_and_full_allowances() -> None:
    bora = cast.bora_mobile()
    group = terms_of(bora, MAY)
    line = of_line(bora, bora.contract, MAY)
    whole = (us(MAY), us(JUNE))
    assert codes(line) == [(us(MAY), "vlinder-25@2015-01-01")]
    assert allowances(line) == [
        ("data-home", 25 * GB, *whole),
        ("sms-home", 1000, *whole),
        ("voice-home", 500 * 60, *whole),
    ]
    assert line.existed == (us(date(2026, 4, 2)), ALWAYS[1])
    assert (group.country, group.zone, group.thresholds) == ("BE", ZONE, (75, 90, 100))
    assert group.holidays >= {date(2026, 5, 1), date(2026, 5, 14), date(2026, 5, 25)}
    assert group.late_free_us == us(date(2026, 9, 1))


@pytest.mark.rule("RAT-11")
def test_a_change_of_plan_replaces_the_allowance_from_its_instant() -> None:
    bora = cast.bora_mobile()
    day = date(2026, 5, 12)
    contracts.change_offer(
        contract=bora.contract, offer_code="vlinder-50", on=day, at=cast.moment(day), actor="x",
        from_at=cast.moment(day, 14, 30),
    )  # fmt: skip
    line = of_line(bora, bora.contract, MAY)
    change = us(day, 14, 30)
    assert codes(line) == [(us(MAY), "vlinder-25@2015-01-01"), (change, "vlinder-50@2018-01-01")]
    data = [one for one in allowances(line) if one[0] == "data-home"]
    assert data == [("data-home", 25 * GB, us(MAY), change), ("data-home", 50 * GB, change, us(JUNE))]
    assert codes(of_line(bora, bora.contract, JUNE)) == [(us(JUNE), "vlinder-50@2018-01-01")]
    assert codes(of_line(bora, bora.contract, date(2026, 4, 1))) == [(us(date(2026, 4, 2)), "vlinder-25@2015-01-01")]


def test_without_an_instant_a_change_counts_from_midnight() -> None:
    bora = cast.bora_mobile()
    day = date(2026, 5, 12)
    contracts.change_offer(contract=bora.contract, offer_code="vlinder-10", on=day, at=cast.moment(day), actor="x")
    assert codes(of_line(bora, bora.contract, MAY))[1] == (us(day), "vlinder-10@2025-01-01")


@pytest.mark.rule("RAT-11")
def test_an_option_adds_its_size_from_its_instant_until_it_ends() -> None:
    bora = cast.bora_mobile()
    bought, left = date(2026, 5, 20), date(2026, 7, 3)
    contracts.add_option(
        contract=bora.contract, option_code="data-plus-5", on=bought, at=cast.moment(bought), actor="x",
        from_at=cast.moment(bought, 9, 15),
    )  # fmt: skip
    contracts.remove_option(
        contract=bora.contract, option_code="data-plus-5", on=left, at=cast.moment(bought), actor="x",
        to_at=cast.moment(left, 18),
    )  # fmt: skip
    in_may = [one for one in allowances(of_line(bora, bora.contract, MAY)) if one[0] == "data-home"]
    assert in_may == [("data-home", 25 * GB, us(MAY), us(JUNE)), ("data-home", 5 * GB, us(bought, 9, 15), us(JUNE))]
    in_july = [one for one in allowances(of_line(bora, bora.contract, left)) if one[0] == "data-home"]
    assert ("data-home", 5 * GB, us(date(2026, 7, 1)), us(left, 18)) in in_july
    assert len(allowances(of_line(bora, bora.contract, date(2026, 8, 1)))) == 3


def test_a_pack_bought_once_holds_to_the_end_of_its_month() -> None:
    bora = cast.bora_mobile()
    for day in (date(2026, 5, 20), date(2026, 5, 28)):
        contracts.add_option(
            contract=bora.contract, option_code="data-pack-5", on=day, at=cast.moment(day), actor="x",
            from_at=cast.moment(day, 8),
        )  # fmt: skip
    packs = [one for one in allowances(of_line(bora, bora.contract, MAY)) if one[1] == 5 * GB]
    assert packs == [
        ("data-home", 5 * GB, us(date(2026, 5, 20), 8), us(JUNE)),
        ("data-home", 5 * GB, us(date(2026, 5, 28), 8), us(JUNE)),
    ]
    assert len(allowances(of_line(bora, bora.contract, JUNE))) == 3


@pytest.mark.rule("RAT-11")
def test_allowances_shrink_in_the_first_month_only_where_the_offer_prorates() -> None:
    bora = cast.bora_mobile(signed_on=date(2026, 4, 21))
    shared = cast.mobile_line(bora, "32470555111", "vlinder-samen", on=date(2026, 4, 21))
    april = date(2026, 4, 1)
    assert allowances(of_line(bora, bora.contract, april))[0][:2] == ("data-home", 25 * GB)
    assert [one[:2] for one in allowances(of_line(bora, shared, april))] == [
        ("data-home", 4 * GB),  # 12 GB x 10 days / 30 days
        ("sms-home", 166),  # 500 x 10 / 30, rounded down
        ("voice-home", 6000),
    ]
    assert allowances(of_line(bora, shared, MAY))[0][:2] == ("data-home", 12 * GB)


@pytest.mark.rule("RAT-02")
def test_terms_are_those_in_force_at_the_instant() -> None:
    bora = cast.bora_mobile(signed_on=date(2024, 11, 4), offer_code="vlinder-10")
    before = of_line(bora, bora.contract, date(2024, 12, 1))
    after = of_line(bora, bora.contract, date(2025, 1, 1))
    assert [code for _, code in codes(before) + codes(after)] == ["vlinder-10@2015-01-01", "vlinder-10@2025-01-01"]
    assert [allowances(one)[0][1] for one in (before, after)] == [8 * GB, 10 * GB]


def test_a_line_that_ended_exists_to_its_last_day() -> None:
    bora = cast.bora_mobile()
    day = date(2026, 5, 18)
    contracts.terminate(
        contract=bora.contract, received_on=day, wanted_on=day, channel="letter", requester=None,
        at=cast.moment(day), actor="x",
    )  # fmt: skip
    line = of_line(bora, bora.contract, MAY)
    assert line.existed == (us(date(2026, 4, 2)), us(date(2026, 5, 19)))
    assert {end for _, _, _, end in allowances(line)} == {us(date(2026, 5, 19))}
    assert of_line(bora, bora.contract, JUNE).tariffs == ()


@pytest.mark.rule("L-BE-07", "L-EU-02")
def test_the_ceilings_of_the_law() -> None:
    bora = cast.bora_mobile()
    domestic, roaming = of_line(bora, bora.contract, MAY).caps
    assert (domestic.code, domestic.limit, domestic.tax, domestic.stops) == ("domestic-be", 50_000_000, 2100, ())
    assert domestic.marks == ((100, 50_000_000),)
    assert {"be-mobile", "be-games", "intl-3-fixed", "third-party"} <= domestic.zones
    assert not any(zone.startswith("roam") for zone in domestic.zones)
    assert (roaming.code, roaming.limit, roaming.tax, roaming.stops) == ("roaming-eu", 50_000_000, 0, (ALWAYS,))
    assert roaming.marks == ((80, 40_000_000), (100, 50_000_000), (200, 100_000_000))
    assert roaming.services == {"data"}
    assert {"roam-eu", "roam-3"} <= roaming.zones


@pytest.mark.rule("W-22", "W-23")
def test_outside_europe_the_operator_has_a_ceiling_of_every_service() -> None:
    bora = cast.bora_mobile()
    assert "roaming-world" not in [one.kind for one in of_line(bora, bora.contract, date(2026, 11, 1)).caps]
    world = of_line(bora, bora.contract, date(2026, 12, 1)).caps[-1]
    assert (world.code, world.limit, world.services, world.stops) == (
        "roaming-world", 50_000_000, frozenset(), (ALWAYS,),
    )  # fmt: skip
    assert world.marks == ((80, 40_000_000), (100, 50_000_000))
    assert {"roam-ch", "roam-3", "roam-3-calls"} <= world.zones
    assert not any(zone.startswith("roam-eu") or zone.startswith("be-") for zone in world.zones)


@pytest.mark.rule("BIL-04")
def test_the_telephony_option_of_a_household_prices_its_fixed_line() -> None:
    anna = cast.anna(option_codes=("telephonie",))
    on = date(2026, 6, 15)
    with anna.acting():
        voice = lines.order_line(
            account=anna.account, kind="voice", identifier="33555123456", on=on, at=cast.moment(on), actor="x"
        )
    [(start, tariff)] = terms_of(anna, JUNE).lines[voice.pk].tariffs
    assert (start, tariff.code) == (us(date(2026, 6, 3)), "telephonie@2015-01-01")
    assert tariff.rates["voice", "fr-fixed", "any"].price == 0
    assert tariff.rates["voice", "fr-0899", "any"].call_fee == 2_990_000
    assert tariff.short["118218"] == "fr-enquiries"


def test_many_lines_take_few_queries_and_fewer_when_nothing_changed() -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    bora = cast.bora_mobile()
    for number in range(5):
        cast.mobile_line(bora, f"3247055500{number}", ("vlinder-10", "vlinder-50")[number % 2])
    asked = bora.operator.pk, [bora.account.pk], MAY
    with bora.acting():
        whole = terms.reading(*asked).groups()  # what is sold is read once for a process
        with CaptureQueriesContext(connection) as taken:
            terms.reading(*asked).groups()
        with CaptureQueriesContext(connection) as first:
            found = queries.terms_of_groups(*asked)
        with CaptureQueriesContext(connection) as second:
            again = queries.terms_of_groups(*asked)
    assert len(found[bora.account.pk].lines) == 6
    assert whole == found == again
    assert len(taken) <= 11, [one["sql"][:90] for one in taken.captured_queries]
    assert len(first) <= 14, [one["sql"][:90] for one in first.captured_queries]
    assert len(second) <= 6, [one["sql"][:90] for one in second.captured_queries]


def option(bora: cast.Customer) -> object:
    on = date(2026, 5, 20)
    code = "data-plus-5"
    return contracts.add_option(contract=bora.contract, option_code=code, on=on, at=cast.moment(on), actor="x")


def end(bora: cast.Customer) -> object:
    on = date(2026, 5, 18)
    return contracts.terminate(
        contract=bora.contract, received_on=on, wanted_on=on, channel="letter", requester=None, at=cast.moment(on),
        actor="x",
    )  # fmt: skip


def line(bora: cast.Customer) -> object:
    return cast.mobile_line(bora, "32470555009", "vlinder-10")


def cap(bora: cast.Customer) -> object:
    return limits.set_cap(
        scope=bora.scope, line=Line.objects.get().public_id, amount=Money.of("5.00"), stops=True, on=MAY,
        at=cast.moment(MAY), actor="x",
    )  # fmt: skip


def prices(bora: cast.Customer) -> object:
    assert bora.account.prices == "exclusive"
    return Account.objects.filter(pk=bora.account.pk).update(prices="inclusive")


def warnings(bora: cast.Customer) -> object:
    version = Version("usage.alerts", UsageAlerts((50,)), date(2026, 4, 30))
    return publishing.publish_policy(
        operator_id=bora.operator.pk, version=version, reason="half is enough", at=cast.moment(MAY), actor="x"
    )


def terms_withdrawn(bora: cast.Customer) -> object:
    return UsageTerms.objects.filter(product=Item.objects.get().product).update(effective_to=MAY)


@pytest.mark.rule("RAT-02")
@pytest.mark.parametrize("change", [option, end, line, cap, prices, warnings, terms_withdrawn])
def test_what_changed_since_the_last_pass_is_seen(change: Callable[[cast.Customer], object]) -> None:
    bora = cast.bora_mobile()
    before, account = terms_of(bora, MAY), bora.account.pk
    assert terms_of(bora, MAY) is before
    with bora.acting():
        change(bora)
        whole = terms.reading(bora.operator.pk, [account], MAY).groups()[account]
        assert whole != before
        assert queries.terms_of_groups(bora.operator.pk, [account], MAY)[account] == whole
        transaction.set_rollback(True)  # what is published would stay
    assert terms_of(bora, MAY) == before


def test_what_changes_while_terms_are_read_is_not_kept() -> None:
    bora = cast.bora_mobile()
    with bora.acting():
        before = kept_terms.digests([bora.account.pk])
        assert kept_terms.unchanged(before, [bora.account.pk]) == before
        prices(bora)
        assert kept_terms.unchanged(before, [bora.account.pk]) == {}


def test_few_lines_are_kept_and_the_first_ones_go_first() -> None:
    nothing = {number: GroupTerms(ZONE, "BE", {number: LineTerms(())}) for number in range(5)}
    digests = {number: Decimal(number) for number in nothing}
    shelf = Shelf(most=3)
    for number in (0, 1, 2):
        assert shelf.find("may", "all", {number: digests[number]}) == {}
        shelf.keep("may", "all", digests, {number: nothing[number]})
    assert list(shelf.find("may", "all", {0: digests[0]})) == [0]
    shelf.keep("may", "all", digests, {3: nothing[3]})
    assert sorted(shelf.find("may", "all", digests)) == [0, 2, 3]
    assert sorted(shelf.find("may", "all", digests | {2: Decimal(7)})) == [0, 3]
    assert shelf.find("june", "all", digests) == {}
    shelf.keep("may", "none of it", digests, nothing)
    assert sorted(shelf.find("may", "all", digests)) == [0, 3]
    assert shelf.find("may", "another", digests) == {}
