"""Bundles that lines share: first come, first served, told to those who pay for the lines (RAT-05, FMP-11)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from tests import cast

from ligneclaire.domains.catalogue.rules.tariff import Bundle, Rate, Tariff
from ligneclaire.domains.contracts import operations as contracts
from ligneclaire.domains.contracts.models import Contract
from ligneclaire.domains.customers import operations as customers
from ligneclaire.domains.usage import queries
from ligneclaire.domains.usage.models import Alert, Counter, Total
from ligneclaire.domains.usage.rules import compiled, rating
from ligneclaire.domains.usage.rules.columns import RECORDS
from ligneclaire.domains.usage.rules.rated import Rated
from ligneclaire.domains.usage.rules.terms import ALWAYS, OF_GROUP, Allowance, GroupTerms, LineTerms, Pool
from ligneclaire.domains.usage.tests import histories
from ligneclaire.domains.usage.tests.histories import HOUR, MARCH
from ligneclaire.domains.usage.tests.test_group_terms import GB, JUNE, MAY, terms_of, us
from ligneclaire.domains.usage.tests.test_rating_pass import close, deliver, rate, rated, record
from ligneclaire.kernel.scope import Scope

DATA = {"services": frozenset({"data"}), "zones": frozenset({"home"})}
TARIFF = Tariff({}, {("data", "home", "any"): Rate("data", "home", "any", price=1, unit=1)}, code="p@1")
OWN, OURS = Bundle("own", **DATA, size=2), Bundle("ours", **DATA, size=10, priority=2)
LINE = LineTerms(((ALWAYS[0], TARIFF),))
ALL = {1: (ALWAYS,), 2: (ALWAYS,)}


def charged(records: list[tuple[int, int, int]], terms: GroupTerms) -> Rated:
    """What both engines say of (line, hour, quantity)."""
    rows = [
        histories.data_record(
            line=line, start=MARCH + hour * HOUR, arrived=MARCH + hour * HOUR, event_key=f"k{number}", quantity=quantity
        )
        for number, (line, hour, quantity) in enumerate(records)
    ]
    table = pa.Table.from_pylist(rows, RECORDS)
    found, fast = rating.rate(table, terms), compiled.rate(table, terms)
    assert (fast.table.to_pylist(), fast.counters, fast.crossings) == (
        found.table.to_pylist(), found.counters, found.crossings,
    )  # fmt: skip
    return found


def group(*pools: Pool, **lines: LineTerms) -> GroupTerms:
    return GroupTerms(
        ZoneInfo("UTC"), "BE", {1: lines.get("first", LINE), 2: LINE}, thresholds=(50, 100), pools=pools
    )  # fmt: skip


def inside(found: Rated) -> list[list[tuple[str, int]]]:
    return [[tuple(one.values()) for one in row["inside"]] for row in found.table.to_pylist()]


@pytest.mark.rule("RAT-05", "RAT-06", "RAT-12", "C10")
def test_first_come_first_served_after_the_own_bundle() -> None:
    own = replace(LINE, allowances=(Allowance(OWN, *ALWAYS),))
    found = charged([(2, 3, 6), (1, 1, 7), (1, 5, 1)], group(Pool((Allowance(OURS, *ALWAYS),), ALL), first=own))
    # line 1 has 2 of its own and takes 5; line 2 takes the last 5 of 10 and pays 1; nothing is left for line 1
    assert inside(found) == [[("own", 2), ("ours", 5)], [("ours", 5)], []]
    assert found.table["charged"].to_pylist() == [0, 1, 1]
    pool = next(one for one in found.counters if one.line == OF_GROUP)
    assert (pool.code, pool.taken, pool.used, pool.allowance) == ("ours", 10, 12, 10)
    told = [(one.line, one.threshold, one.event_us) for one in found.crossings if one.counter == "ours"]
    assert told == [(OF_GROUP, 50, MARCH + HOUR), (OF_GROUP, 100, MARCH + 3 * HOUR)]


@pytest.mark.rule("RAT-11", "C10")
def test_a_pool_grows_in_the_middle_and_is_there_from_then_on() -> None:
    later = Allowance(OURS, MARCH + 10 * HOUR, ALWAYS[1])
    found = charged(
        [(1, 9, 3), (1, 11, 6), (2, 21, 5), (2, 22, 9)],
        group(Pool((later, replace(later, from_us=MARCH + 20 * HOUR)), ALL)),
    )
    assert inside(found) == [[], [("ours", 6)], [("ours", 5)], [("ours", 9)]]
    told = [(one.epoch, one.threshold, one.used, one.allowance) for one in found.crossings]
    assert told == [(0, 50, 6, 10), (1, 50, 11, 20), (1, 100, 20, 20)]


@pytest.mark.rule("RAT-05")
def test_who_may_not_take_does_not() -> None:
    times = {1: ((MARCH + HOUR, MARCH + 2 * HOUR),)}
    found = charged([(1, 0, 1), (1, 1, 1), (1, 2, 1), (2, 1, 1)], group(Pool((Allowance(OURS, *ALWAYS),), times)))
    assert found.table["charged"].to_pylist() == [1, 0, 1, 1]


def test_more_than_warnings_can_count_is_refused() -> None:
    huge = Allowance(replace(OURS, size=10**15), *ALWAYS)
    with pytest.raises(compiled.TooDear, match="more than warnings"):
        charged([], group(Pool((huge,) * 10, ALL)))


@pytest.fixture
def bora(database: Any) -> cast.Customer:
    """Bora NV with one line on vlinder-25."""
    return cast.bora_mobile()


def add(contract: Contract, option: str, on: date = MAY, hour: int = 0) -> None:
    contracts.add_option(
        contract=contract, option_code=option, on=on, at=cast.moment(on), actor="x", from_at=cast.moment(on, hour)
    )


def line_of(contract: Contract) -> int:
    assert contract.line_id is not None
    return contract.line_id


@pytest.mark.rule("RAT-05", "RAT-11")
def test_lines_with_a_sharing_plan_bring_their_part(bora: cast.Customer) -> None:
    signed = date(2026, 5, 12)
    first = cast.mobile_line(bora, "32470555111", "vlinder-deel")
    second = cast.mobile_line(bora, "32470555112", "vlinder-deel", on=signed)
    (pool,) = terms_of(bora, MAY).pools
    assert pool.code == "data-deel"
    assert [(one.bundle.size, one.from_us) for one in pool.parts] == [(5 * GB, us(MAY)), (5 * GB, us(signed))]
    assert pool.takers == {line_of(first): ((us(MAY), us(JUNE)),), line_of(second): ((us(signed), us(JUNE)),)}
    assert {one.bundle.code for one in terms_of(bora, MAY).lines[line_of(first)].allowances} == {
        "sms-home",
        "voice-home",
    }


@pytest.mark.rule("RAT-05")
def test_a_pool_of_the_account_is_of_all_its_lines_and_one_of_a_cost_centre_of_its_own(bora: cast.Customer) -> None:
    on = date(2026, 4, 2)
    with bora.acting():
        sales = customers.add_cost_centre(party=bora.party, code="S", name="Sales", at=cast.moment(on), actor="x")
    seller = contracts.sign_contract(
        account=bora.account, offer_code="vlinder-10", on=on, at=cast.moment(on), actor="x",
        line_identifier="32470555113", line_kind="mobile", cost_centre=sales,
    )  # fmt: skip
    add(bora.contract, "data-pool-50", date(2026, 5, 9), 14)
    add(seller, "data-pool-centre-20")
    centre, account = terms_of(bora, MAY).pools
    assert (centre.code, set(centre.takers)) == (f"data-centre@{sales.pk}", {line_of(seller)})
    assert (account.code, set(account.takers)) == ("data-pool", {line_of(seller), line_of(bora.contract)})
    assert [(one.bundle.size, one.from_us) for one in account.parts] == [(50 * GB, us(date(2026, 5, 9), 14))]


def shared_month(bora: cast.Customer) -> Contract:
    """Two lines that share 50 GB beside their own 25 and 10, and used 90 together."""
    other = cast.mobile_line(bora, "32470555114", "vlinder-10")
    add(bora.contract, "data-pool-50")
    start = datetime(2026, 5, 3, 7, tzinfo=UTC)
    rows = [
        record(bora, "a", start, quantity=60 * GB),
        record(bora, "b", start + timedelta(hours=1), line=other.line_id, quantity=30 * GB),
    ]
    deliver(bora, rows)
    rate(bora)
    return other


@pytest.mark.rule("RAT-05", "RAT-13", "C10")
def test_a_pass_counts_and_warns_for_the_account_and_a_close_hands_on(bora: cast.Customer) -> None:
    other = shared_month(bora)
    with bora.acting():
        counter = Counter.objects.get(line=None)
        # 35 of the first line, 15 of the second one: the other 5 GB flowed over, and are its own affair
        assert (counter.code, counter.used, counter.allowance) == ("data-pool", 50 * GB, 50 * GB)
        told = list(
            Alert.objects.filter(line=None).order_by("threshold").values_list("account_id", "threshold", "used")
        )
        assert told == [(bora.account.pk, 75, 50 * GB), (bora.account.pk, 90, 50 * GB), (bora.account.pk, 100, 50 * GB)]
        outside = Total.objects.filter(line=other.line_id).values_list("outside", flat=True)
        assert list(outside) == [5 * GB]
    rate(bora)
    close(bora, datetime(2026, 6, 2, 6, tzinfo=UTC))
    deliver(
        bora,
        [record(bora, "late", datetime(2026, 5, 1, 7, tzinfo=UTC), quantity=GB)],
        datetime(2026, 6, 3, tzinfo=UTC),
        "b",
    )
    rate(bora, datetime(2026, 6, 3, 1, tzinfo=UTC))
    late = next(row for row in rated(bora) if row["event_key"] == "late")
    assert (late["inside"], late["outside"]) == ([], GB)
    with bora.acting():
        assert Alert.objects.filter(line=None).count() == 3


@pytest.mark.rule("FMP-11")
def test_who_pays_sees_what_came_out_of_a_pool(bora: cast.Customer) -> None:
    shared_month(bora)
    with bora.acting():
        whole = Scope(operator_id=bora.operator.pk, party_ids=frozenset({bora.party.pk}))
        (pool,) = queries.pools(whole, date(2026, 5, 20))
        assert (pool.gauge.used, pool.gauge.allowance, pool.centre) == (50 * GB, 50 * GB, "")
        assert queries.pools(replace(whole, cost_centre_ids=frozenset({1})), MAY) == ()
        assert queries.pools(replace(whole, party_ids=frozenset()), MAY) == ()
