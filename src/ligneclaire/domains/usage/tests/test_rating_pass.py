"""The rating pass: groups become their next revision, with totals, counters, warnings and suspense."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pyarrow as pa
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import cast

from ligneclaire.domains.contracts import operations as contracts
from ligneclaire.domains.lines.models import Line
from ligneclaire.domains.usage import store
from ligneclaire.domains.usage.models import Alert, Counter, Group, IntakeFile, Segment, Suspended, Total
from ligneclaire.domains.usage.operations import closing, erasing, keeping, rating
from ligneclaire.domains.usage.rules.columns import ADDED, RECORDS
from ligneclaire.domains.usage.tests import giving_up

pytestmark = pytest.mark.usefixtures("database")
MAY = date(2026, 5, 1)
AT = datetime(2026, 5, 20, 6, tzinfo=UTC)
GB = 10**9


@pytest.fixture
def bora() -> cast.Customer:
    """Bora NV with one line on vlinder-25: 25 GB, 500 minutes and 1,000 messages a month."""
    return cast.bora_mobile()


def record(customer: cast.Customer, key: str, start: datetime, **changed: Any) -> dict[str, Any]:
    return {
        "account": customer.account.pk, "line": customer.contract.line_id, "event_key": key, "start": start,
        "service": "data", "direction": "out", "other": "", "quantity": GB, "visited": "", "amount": None, **changed,
    }  # fmt: skip


def call(customer: cast.Customer, key: str, start: datetime, seconds: int, to: str = "3222345678") -> dict[str, Any]:
    return record(customer, key, start, service="voice", other=to, quantity=seconds)


def deliver(customer: cast.Customer, rows: list[dict[str, Any]], at: datetime = AT, name: str = "a.csv") -> None:
    """As intake keeps records: once each, with the place that they came from."""
    operator = customer.operator
    with customer.acting():
        file = IntakeFile.objects.create(operator=operator, source="usage", name=name, received_at=at)
        arrived = keeping.arrival(operator.pk, at)
        placed = [{**row, "file": file.pk, "place": place, "arrived": arrived} for place, row in enumerate(rows, 2)]
        kept, new = keeping.keep(operator, pa.Table.from_pylist(placed, RECORDS), file_id=file.pk, at=arrived)
        keeping.mark(operator.pk, kept, arrived)
        file.records, file.kept, file.duplicates = len(rows), new.num_rows, len(rows) - new.num_rows
        file.save()


def rate(customer: cast.Customer, at: datetime = AT) -> rating.Done:
    return rating.rate_stale(operator_id=customer.operator.pk, at=at, actor="test")


def rated(customer: cast.Customer, month: date = MAY) -> list[dict[str, Any]]:
    with customer.acting():
        return store.rated(customer.operator.pk, customer.account.pk, month).to_pylist()


def priced(customer: cast.Customer) -> list[tuple[Any, ...]]:
    """What rating says of each record, without the revision."""
    names = ["event_key", *(one.name for one in ADDED if one.name != "revision")]
    return [tuple(str(row[name]) for name in names) for row in rated(customer)]


def close(customer: cast.Customer, at: datetime, month: date = MAY) -> int:
    return closing.close(
        operator_id=customer.operator.pk, account_ids=[customer.account.pk], month=month, at=at, actor="test"
    )


@pytest.fixture
def month(bora: cast.Customer) -> list[dict[str, Any]]:
    """A month that runs over its bundles, with equal times at the crossing."""
    start = datetime(2026, 5, 3, 7, tzinfo=UTC)
    calls = [call(bora, f"call-{n:02}", start + timedelta(hours=n // 2), 1_501 + n) for n in range(24)]
    data = [record(bora, f"data-{n:02}", start + timedelta(hours=n // 3), quantity=GB + n) for n in range(30)]
    return calls + data


@pytest.mark.rule("RAT-12", "RAT-14")
def test_a_group_becomes_a_revision_with_totals_and_counters(bora: cast.Customer, month: list[dict[str, Any]]) -> None:
    deliver(bora, month)
    assert rate(bora) == rating.Done(groups=1, records=54)
    with bora.acting():
        group = Group.objects.get()
        assert (group.revision, group.rated_at, group.stale_since) == (1, AT, None)
        assert group.rated_to == datetime(2026, 5, 3, 18, tzinfo=UTC)
        totals = {one.usage_type: one for one in Total.objects.all()}
        counters = {one.code: one for one in Counter.objects.all()}
    rows = rated(bora)
    assert {row["revision"] for row in rows} == {1}
    voice = [row for row in rows if row["service"] == "voice"]
    # 24 calls of 1,501 to 1,524 seconds are 36,300 seconds: 30,000 lie in the bundle
    assert totals["voice-national"].records == 24
    assert (totals["voice-national"].inside, totals["voice-national"].outside) == (30_000, 6_300)
    assert totals["voice-national"].amount == Decimal(sum(row["charged"] for row in voice)).scaleb(-6) > 0
    # the deck bills data by the 1,000 octets: 29 of the 30 records are a few octets more than a gigabyte
    assert (totals["data-national"].inside, totals["data-national"].outside) == (25 * GB, 5 * GB + 29_000)
    assert (counters["voice-home"].used, counters["voice-home"].allowance) == (36_300, 30_000)
    assert (counters["sms-home"].used, counters["sms-home"].allowance) == (0, 1_000)
    assert rate(bora) == rating.Done()


@pytest.mark.rule("RAT-12")
@pytest.mark.parametrize("seed", range(4))
def test_shuffled_in_pieces_and_twice_is_equal_per_record(
    bora: cast.Customer, month: list[dict[str, Any]], seed: int
) -> None:
    deliver(bora, month)
    rate(bora)
    whole = priced(bora)
    with bora.acting():
        expected = list(Total.objects.order_by("usage_type").values_list("usage_type", "inside", "outside", "amount"))
        Segment.objects.update(delisted_at=AT)
        Group.objects.update(records=0, stale_since=None)
    shuffled = month[:]
    Random(seed).shuffle(shuffled)
    for number in range(3):
        deliver(bora, shuffled[number * 18 : (number + 1) * 18] + shuffled[:4], name=f"{number}.csv")
        rate(bora, AT + timedelta(minutes=number))
    assert priced(bora) == whole
    with bora.acting():
        found = list(Total.objects.order_by("usage_type").values_list("usage_type", "inside", "outside", "amount"))
        assert Group.objects.get().revision == 4
    assert found == expected


@pytest.mark.rule("RAT-12")
def test_an_earlier_record_that_comes_late_rates_the_month_anew(bora: cast.Customer) -> None:
    start = datetime(2026, 5, 3, 7, tzinfo=UTC)
    deliver(bora, [record(bora, "second", start + timedelta(hours=1), quantity=25 * GB)])
    rate(bora)
    assert [(row["outside"], row["revision"]) for row in rated(bora)] == [(0, 1)]
    deliver(bora, [record(bora, "first", start, quantity=10 * GB)])
    rate(bora)
    assert [(row["event_key"], row["outside"], row["revision"]) for row in rated(bora)] == [
        ("first", 0, 2), ("second", 10 * GB, 2),
    ]  # fmt: skip


@pytest.mark.rule("C10", "USE-01")
def test_each_warning_is_one_fact(bora: cast.Customer) -> None:
    start = datetime(2026, 5, 3, 7, tzinfo=UTC)
    deliver(bora, [record(bora, "a", start, quantity=19 * GB)])
    rate(bora)
    deliver(bora, [record(bora, "b", start + timedelta(hours=1), quantity=6 * GB)])
    rate(bora, AT + timedelta(hours=1))
    with bora.acting():
        found = list(Alert.objects.filter(counter="data-home").order_by("threshold"))
    # 19 of 25 GB are 76 %; 25 of 25 reach both others at once
    assert [(one.threshold, one.event_at, one.used, one.raised_at) for one in found] == [
        (75, start, 19 * GB, AT),
        (90, start + timedelta(hours=1), 25 * GB, AT + timedelta(hours=1)),
        (100, start + timedelta(hours=1), 25 * GB, AT + timedelta(hours=1)),
    ]


@pytest.mark.rule("C10", "RAT-11")
def test_an_option_rates_anew_and_arms_the_warnings_again(bora: cast.Customer) -> None:
    start, bought = datetime(2026, 5, 3, 7, tzinfo=UTC), date(2026, 5, 10)
    deliver(bora, [record(bora, "a", start, quantity=24 * GB)])
    rate(bora, datetime(2026, 5, 9, tzinfo=UTC))
    contracts.add_option(
        contract=bora.contract, option_code="data-plus-5", on=bought, at=cast.moment(bought), actor="x",
        from_at=cast.moment(bought, 9),
    )  # fmt: skip
    assert rate(bora, AT).groups == 1
    with bora.acting():
        told = Alert.objects.filter(counter="data-home").order_by("epoch", "threshold")
        # 24 of 30 GB are 80 %: 75 % is told again, at the change itself
        assert [(one.epoch, one.threshold, one.event_at) for one in told] == [
            (0, 75, start), (0, 90, start), (1, 75, cast.moment(bought, 9)),
        ]  # fmt: skip
        counter = Counter.objects.get(code="data-home")
        assert (counter.allowance, counter.epoch) == (30 * GB, 1)
    assert rate(bora, AT).groups == 0


@pytest.mark.rule("RAT-13", "C10")
def test_a_late_record_of_a_closed_month_is_rated_from_the_close(bora: cast.Customer) -> None:
    start = datetime(2026, 5, 3, 7, tzinfo=UTC)
    deliver(bora, [record(bora, "a", start + timedelta(hours=1), quantity=20 * GB)])
    closed = datetime(2026, 6, 2, 6, tzinfo=UTC)
    assert close(bora, closed) == 1
    assert close(bora, closed) == 0
    late = [record(bora, f"late-{n}", start, quantity=4 * GB) for n in range(2)]
    deliver(bora, late[1:], closed + timedelta(hours=1), "b.csv")
    rate(bora, closed + timedelta(hours=1))
    deliver(bora, late[:1], closed + timedelta(hours=2), "c.csv")
    rate(bora, closed + timedelta(hours=2))
    found = {row["event_key"]: row for row in rated(bora)}
    # 20 GB stay as they were billed; of two earlier records the one that arrived first has the last gigabytes
    assert found["a"]["outside"] == 0
    assert found["a"]["revision"] == 1
    assert (found["late-1"]["outside"], found["late-0"]["outside"]) == (0, 3 * GB)
    assert found["late-0"]["charged"] > 0
    with bora.acting():
        assert not Alert.objects.filter(raised_at__gt=closed).exists()
        assert Total.objects.get().records == 3
        assert Counter.objects.get(code="data-home").used == 28 * GB


@pytest.mark.rule("RAT-13")
def test_too_late_is_recorded_without_charge(bora: cast.Customer) -> None:
    close(bora, datetime(2026, 6, 2, 6, tzinfo=UTC))
    start = datetime(2026, 5, 3, 7, tzinfo=UTC)
    in_time = datetime(2026, 8, 31, 21, 59, 59, tzinfo=UTC)  # the last second of August in Brussels
    deliver(bora, [record(bora, "in time", start, quantity=30 * GB)], in_time)
    deliver(bora, [record(bora, "too late", start, quantity=GB)], in_time + timedelta(seconds=1), "b.csv")
    rate(bora, in_time + timedelta(days=1))
    found = {row["event_key"]: row for row in rated(bora)}
    assert (found["in time"]["flag"], found["in time"]["outside"]) == ("", 5 * GB)
    assert (found["too late"]["flag"], found["too late"]["charged"]) == ("late-free", 0)
    assert found["too late"]["loss"] > 0


def totals(customer: cast.Customer) -> list[tuple[Any, ...]]:
    with customer.acting():
        return list(
            Total.objects.order_by("usage_type").values_list("usage_type", "records", "inside", "outside", "amount")
        )


@pytest.mark.rule("RAT-13", "RAT-14")
def test_a_record_that_comes_after_an_erasure_makes_no_credit(bora: cast.Customer, month: list[dict[str, Any]]) -> None:
    deliver(bora, month)
    rate(bora)
    close(bora, datetime(2026, 6, 2, tzinfo=UTC))
    billed, free = totals(bora), datetime(2026, 9, 2, tzinfo=UTC)
    erased = erasing.erase_line(
        operator_id=bora.operator.pk, line_id=bora.contract.line_id, from_on=date(2026, 5, 3), to_on=date(2026, 5, 4),
        at=free, actor="eva",
    )  # fmt: skip
    assert (erased, rated(bora)) == (2 * len(month), [])
    deliver(bora, [call(bora, "much-later", datetime(2026, 5, 9, tzinfo=UTC), 60)], at=free, name="late.csv")
    rate(bora, free)
    assert [(row["event_key"], row["charged"], row["flag"]) for row in rated(bora)] == [("much-later", 0, "late-free")]
    one_more = [(kind, count + (kind == "voice-national"), *used[:-1]) for kind, count, *used in billed]
    assert [row[:3] for row in totals(bora) if row[0] != "voice-national"] == [
        row[:3] for row in one_more if row[0] != "voice-national"
    ]
    assert [row[4] for row in totals(bora)] == [row[4] for row in billed]


@pytest.mark.rule("RAT-02", "RAT-11")
def test_a_change_that_is_entered_late_rates_its_month_anew(bora: cast.Customer) -> None:
    deliver(bora, [record(bora, "a", datetime(2026, 5, 12, 7, tzinfo=UTC), quantity=30 * GB)])
    rate(bora)
    assert [(row["outside"], row["revision"]) for row in rated(bora)] == [(5 * GB, 1)]
    entered = datetime(2026, 5, 25, 9, tzinfo=UTC)
    contracts.add_option(
        contract=bora.contract, option_code="data-plus-5", on=date(2026, 5, 10), at=entered, actor=cast.ACTOR
    )
    rate(bora, entered + timedelta(minutes=1))
    assert [(row["outside"], row["revision"]) for row in rated(bora)] == [(0, 2)]
    assert rate(bora, entered + timedelta(minutes=2)) == rating.Done()


@pytest.mark.rule("RAT-02")
def test_a_close_sees_a_change_that_no_pass_has_seen(bora: cast.Customer) -> None:
    deliver(bora, [record(bora, "a", datetime(2026, 5, 12, 7, tzinfo=UTC), quantity=30 * GB)])
    rate(bora)
    entered = datetime(2026, 6, 2, 9, tzinfo=UTC)
    contracts.add_option(
        contract=bora.contract, option_code="data-plus-5", on=date(2026, 5, 10), at=entered, actor=cast.ACTOR
    )
    assert close(bora, entered + timedelta(minutes=1)) == 1
    assert [(row["outside"], row["revision"]) for row in rated(bora)] == [(0, 2)]


@pytest.mark.rule("RAT-03", "RAT-15")
def test_a_number_of_no_zone_waits_and_is_judged_anew(bora: cast.Customer) -> None:
    start = datetime(2026, 5, 3, 7, tzinfo=UTC)
    deliver(bora, [call(bora, "good", start, 60), call(bora, "bad", start, 60, to="999123456")])
    assert rate(bora) == rating.Done(groups=1, records=1, unusable=1)
    with bora.acting():
        waiting = Suspended.objects.get()
        assert (waiting.reason, waiting.place, waiting.settled_at) == ("no-zone", 3, None)
        assert "999123456" in waiting.raw
        rating.mark(bora.operator.pk, AT, MAY)
    assert rate(bora).unusable == 1
    with bora.acting():
        assert Suspended.objects.count() == 1
    giving_up.by_two(bora.operator.pk, waiting.public_id, at=AT)
    with bora.acting():
        rating.mark(bora.operator.pk, AT)
    assert rate(bora) == rating.Done(groups=1, records=1)
    assert [row["event_key"] for row in rated(bora)] == ["good"]


@pytest.mark.rule("RAT-15")
def test_a_record_before_the_plan_is_settled_once_there_is_one(bora: cast.Customer) -> None:
    april = date(2026, 4, 1)
    day = datetime(2026, 4, 1, 12, tzinfo=UTC)
    deliver(bora, [record(bora, "early", day)])
    assert rate(bora).unusable == 1
    with bora.acting():
        assert Suspended.objects.get().reason == "no-plan"
        Line.objects.filter(pk=bora.contract.line_id).update(ordered_on=april)
        bora.contract.__class__.objects.filter(pk=bora.contract.pk).update(signed_on=april)
        rating.mark(bora.operator.pk, AT)
    assert rate(bora).records == 1
    with bora.acting():
        settled = Suspended.objects.get()
        assert (settled.settled_as, settled.settled_by) == ("kept", "test")
    assert [row["event_key"] for row in rated(bora, april)] == ["early"]


@pytest.mark.parametrize(("to", "settled"), [("3222345678", True), ("999123456", False)])
def test_many_that_wait_cost_no_more_statements_than_few(bora: cast.Customer, to: str, settled: bool) -> None:
    """Whether they are priced now, or wait for something else."""
    asked = []
    for number, (count, all_wait) in enumerate(((2, 2), (30, 32))):
        with bora.acting():
            entered = Line.objects.get(pk=bora.contract.line_id).ordered_on
            Line.objects.update(ordered_on=date(2026, 6, 1))
        start = datetime(2026, 5, 3 + number, 7, tzinfo=UTC)
        deliver(bora, [call(bora, f"{number}-{n}", start, 60, to) for n in range(count)], name=f"{number}.csv")
        rate(bora)
        with bora.acting():
            Line.objects.update(ordered_on=entered)
            waiting = Suspended.objects.filter(settled_at=None, reason="no-plan")
            assert waiting.count() == all_wait
            rating.mark(bora.operator.pk, AT)
        with CaptureQueriesContext(connection) as statements:
            rate(bora)
        asked.append(len(statements))
        with bora.acting():
            assert Suspended.objects.filter(settled_at=None).exists() != settled
            assert not waiting.exists()
    assert asked[0] == asked[1]


def test_a_pass_that_is_broken_off_leaves_whole_groups(bora: cast.Customer) -> None:
    for month in (4, 5):
        deliver(bora, [record(bora, f"m{month}", datetime(2026, month, 8, tzinfo=UTC))], name=f"{month}.csv")

    class Enough(Exception):
        pass

    def stop(done: rating.Done) -> None:
        raise Enough

    with pytest.raises(Enough):
        rating.rate_stale(operator_id=bora.operator.pk, at=AT, actor="test", progress=stop)
    with bora.acting():
        assert sorted(Group.objects.values_list("revision", flat=True)) == [0, 1]
    assert rate(bora).groups == 1


def test_a_damaged_file_stops_no_other_group(bora: cast.Customer) -> None:
    for month in (4, 5):
        deliver(bora, [record(bora, f"m{month}", datetime(2026, month, 8, tzinfo=UTC))], name=f"{month}.csv")
    with bora.acting():
        Segment.objects.filter(month=date(2026, 4, 1)).update(path="gone.parquet")
    with pytest.raises(store.SegmentDamaged):
        rate(bora)
    with bora.acting():
        groups = Group.objects.order_by("month").values_list("revision", "stale_since")
        assert list(groups) == [(0, AT), (1, None)]


@pytest.mark.rule("RAT-15")
def test_what_cannot_be_counted_stops_no_other_group(bora: cast.Customer) -> None:
    april, may = datetime(2026, 4, 8, tzinfo=UTC), datetime(2026, 5, 8, tzinfo=UTC)
    # 4,700 records of 10^15 octets are more than 2^62, and each of them alone is possible
    deliver(bora, [record(bora, f"a{n}", april, quantity=10**15) for n in range(4_700)], name="4.csv")
    deliver(bora, [record(bora, "m", may)], name="5.csv")
    told = f"2026-04 of account {bora.account.public_id} can't be rated: what a line used in one month is more"
    with pytest.raises(rating.NotCountable, match=told):
        rate(bora)
    with bora.acting():
        groups = Group.objects.order_by("month").values_list("revision", "stale_since")
        assert list(groups) == [(0, AT), (1, None)]


def test_a_close_names_the_account_that_cannot_be_counted(bora: cast.Customer) -> None:
    els = cast.household("S1", "Els", "Dierckx", signed_on=date(2026, 4, 2), operator_code="fleet",
                         offer_code="vlinder-25", method="transfer", line="+32470110022")  # fmt: skip
    for month, bad, good in ((4, bora, els), (5, els, bora)):
        start = datetime(2026, month, 8, tzinfo=UTC)
        deliver(bad, [record(bad, f"{month}-{n}", start, quantity=10**15) for n in range(4_700)], name=f"{month}.csv")
        deliver(good, [record(good, f"{month}-good", start)], name=f"{month}-good.csv")
        with pytest.raises(rating.NotCountable, match=f"2026-0{month} of account {bad.account.public_id} "):
            closing.close(
                operator_id=bora.operator.pk, account_ids=[bora.account.pk, els.account.pk],
                month=date(2026, month, 1), at=AT, actor="test",
            )  # fmt: skip
    with bora.acting():
        assert not Group.objects.exclude(closed_at=None).exists()
