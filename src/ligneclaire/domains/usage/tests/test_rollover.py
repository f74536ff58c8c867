"""What is left of a bundle adds to the next month, where the offer says so (RAT-05, RAT-11)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import cast

from ligneclaire.domains.catalogue.rules.tariff import Bundle
from ligneclaire.domains.usage.models import Counter, Group
from ligneclaire.domains.usage.rules import rollover
from ligneclaire.domains.usage.rules.plans import Month
from ligneclaire.domains.usage.rules.terms import Allowance
from ligneclaire.domains.usage.tests.test_group_terms import GB, of_line
from ligneclaire.domains.usage.tests.test_rating_pass import close, deliver, rate, rated, record
from ligneclaire.kernel.periods import Period

APRIL, MAY, JUNE, JULY = (date(2026, month, 1) for month in (4, 5, 6, 7))
BRUSSELS = ZoneInfo("Europe/Brussels")


def month(first: date) -> Month:
    return Month(Period.month_of(first), BRUSSELS)


def bundle(size: int, months: int = 2, code: str = "data-home") -> Bundle:
    return Bundle(code, frozenset({"data"}), frozenset({"home"}), size, rollover=months)


def held(*bundles: Bundle, first: date = MAY) -> tuple[Allowance, ...]:
    return tuple(Allowance(one, month(first).from_us, month(first).to_us) for one in bundles)


def sizes(allowances: tuple[Allowance, ...]) -> list[tuple[int, int]]:
    return [(one.bundle.size, one.age) for one in allowances]


@pytest.mark.rule("RAT-11")
@pytest.mark.parametrize(
    ("taken", "left"),
    [
        (0, [10, 4, 3]),
        (2, [10, 4, 1]),
        (3, [10, 4, 0]),
        (5, [10, 2, 0]),
        (12, [5, 0, 0]),
        (17, [0, 0, 0]),
        (90, [0, 0, 0]),
    ],
)
def test_the_oldest_is_used_first(taken: int, left: list[int]) -> None:
    own = rollover.with_left(held(bundle(10, 3)), {"data-home": [4, 3, 2]}, month(MAY))
    assert sizes(own) == [(10, 0), (4, 1), (3, 2), (2, 3)]  # 19 in all; 2 of them are three months old
    assert rollover.left_of(own, {"data-home": taken + 2}, month(MAY).to_us) == {"data-home": left}


@pytest.mark.rule("RAT-11")
def test_at_most_the_size_and_at_most_so_many_months() -> None:
    assert sizes(rollover.with_left(held(bundle(10)), {"data-home": [8, 7, 6]}, month(MAY))) == [
        (10, 0),
        (8, 1),
        (2, 2),
    ]
    assert sizes(rollover.with_left(held(bundle(10, 1)), {"data-home": [3, 3]}, month(MAY))) == [(10, 0), (3, 1)]
    assert sizes(rollover.with_left(held(bundle(10, 0)), {"data-home": [3]}, month(MAY))) == [(10, 0)]
    assert sizes(rollover.with_left(held(bundle(10, 1, "other")), {"data-home": [3]}, month(MAY))) == [(10, 0)]


@pytest.mark.rule("RAT-11")
def test_what_does_not_roll_over_is_used_before_what_does() -> None:
    both = held(bundle(10), bundle(5, 0))
    assert rollover.left_of(both, {"data-home": 5}, month(MAY).to_us) == {"data-home": [10, 0]}
    assert rollover.left_of(both, {"data-home": 7}, month(MAY).to_us) == {"data-home": [8, 0]}
    assert rollover.left_of(held(bundle(5, 0)), {}, month(MAY).to_us) == {}


@given(st.lists(st.integers(0, 40), min_size=12, max_size=12), st.integers(1, 20), st.integers(1, 4))
def test_nothing_stays_longer_or_becomes_more(used: list[int], size: int, months: int) -> None:
    """A year, as a queue of single units beside it: each is used up, or lapses, or waits."""
    left: dict[str, list[int]] = {}
    queue: list[int] = []  # the month of birth of each unit that is left
    for number, quantity in enumerate(used):
        first = date(2026, number + 1, 1)
        allowances = rollover.with_left(held(bundle(size, months), first=first), left, month(first))
        queue = [born for born in queue if number - born <= months][-size:]
        queue += [number] * size
        assert sum(one.bundle.size for one in allowances) == len(queue)
        queue = queue[quantity:]
        left = rollover.left_of(allowances, {"data-home": quantity}, month(first).to_us)
        young = [born for born in queue if number - born < months]
        assert left["data-home"] == [young.count(number - age) for age in range(months)]


@pytest.fixture
def saver(database: object) -> cast.Customer:
    """Bora NV with one line on vlinder-spaar since 2 April: 5 GB, what is left stays for two months."""
    return cast.bora_mobile(offer_code="vlinder-spaar")


def data_of(customer: cast.Customer, first: date) -> list[tuple[int, int]]:
    line = of_line(customer, customer.contract, first)
    return sizes(tuple(one for one in line.allowances if one.bundle.code == "data-home"))


def use(customer: cast.Customer, key: str, start: date, gigabytes: int, at: datetime) -> None:
    deliver(customer, [record(customer, key, cast.moment(start, 12), quantity=gigabytes * GB)], at, f"{key}.csv")
    rate(customer, at)


@pytest.mark.rule("RAT-11")
def test_a_month_without_usage_leaves_all_of_it(saver: cast.Customer) -> None:
    assert data_of(saver, APRIL) == [(5 * GB, 0)]
    assert data_of(saver, MAY) == [(5 * GB, 0), (5 * GB, 1)]
    assert data_of(saver, JUNE) == [(5 * GB, 0), (5 * GB, 1)]


@pytest.mark.rule("RAT-11", "RAT-12")
def test_a_month_that_is_rated_anew_rates_the_next_ones_anew(saver: cast.Customer) -> None:
    at = datetime(2026, 6, 20, tzinfo=UTC)
    use(saver, "april", date(2026, 4, 8), 3, at)
    use(saver, "may", date(2026, 5, 8), 1, at)
    use(saver, "june", date(2026, 6, 8), 12, at)
    # 2 GB of April and 5 of May: 1 used; 1 of April lapses, since only 5 may be carried; 5 + 5 in June, 12 used
    assert data_of(saver, MAY) == [(5 * GB, 0), (2 * GB, 1)]
    assert data_of(saver, JUNE) == [(5 * GB, 0), (5 * GB, 1)]
    assert [row["outside"] for row in rated(saver, JUNE)] == [2 * GB]
    use(saver, "april-late", date(2026, 4, 3), 2, at + timedelta(hours=1))
    use(saver, "may-late", date(2026, 5, 3), 3, at + timedelta(hours=2))
    # nothing is left of April; 5 - 4 of May
    assert data_of(saver, JUNE) == [(5 * GB, 0), (1 * GB, 1)]
    assert [row["outside"] for row in rated(saver, JUNE)] == [6 * GB]
    with saver.acting():
        counter = Counter.objects.get(group__month=JUNE, code="data-home")
        assert (counter.used, counter.allowance, counter.epoch) == (12 * GB, 6 * GB, 0)
        assert not Group.objects.exclude(stale_since=None).exists()


@pytest.mark.rule("RAT-13")
def test_a_late_record_of_a_closed_month_takes_from_what_the_open_one_got(saver: cast.Customer) -> None:
    at = datetime(2026, 5, 20, tzinfo=UTC)
    use(saver, "april", date(2026, 4, 8), 3, at)
    use(saver, "may", date(2026, 5, 8), 7, at)
    close(saver, at, APRIL)
    assert [row["outside"] for row in rated(saver, MAY)] == [0]
    use(saver, "late", date(2026, 4, 9), 1, at + timedelta(days=1))
    assert [row["outside"] for row in rated(saver, MAY)] == [1 * GB]
    assert close(saver, at + timedelta(days=12), MAY) == 1
    use(saver, "later", date(2026, 4, 10), 1, at + timedelta(days=13))
    assert [row["outside"] for row in rated(saver, MAY)] == [1 * GB]
