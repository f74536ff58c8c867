"""Passes that go on from the revision before, and those that can't (RAT-12)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests import cast

from ligneclaire.domains.accounts import operations as accounts
from ligneclaire.domains.lines.models import Line
from ligneclaire.domains.usage import store
from ligneclaire.domains.usage.models import Alert, Counter, Group, Segment, Total
from ligneclaire.domains.usage.operations import rating
from ligneclaire.domains.usage.store import files, writing
from ligneclaire.domains.usage.tests.test_rating_pass import (
    AT,
    bora,
    call,
    deliver,
    month,
    priced,
    rate,
    rated,
    record,
)

pytestmark = pytest.mark.usefixtures("database")
__all__ = ["bora", "month"]  # fixtures


@pytest.mark.rule("RAT-12", "C10")
def test_later_records_go_on_from_what_was_rated(bora: cast.Customer, month: list[dict[str, Any]]) -> None:
    """In the order of time, in four deliveries: as if they had come at once, and what was rated stays as it is."""
    deliver(bora, month)
    rate(bora)
    whole, told = priced(bora), standing(bora)
    with bora.acting():
        Segment.objects.update(delisted_at=AT)
        Group.objects.update(records=0, stale_since=None, revision=0, rated_to=None, closing_state={})
        for one in (Total, Counter):
            one.objects.all().delete()
    ordered = sorted(month, key=lambda one: (one["start"], one["event_key"]))
    bounds = sorted({one["start"] for one in ordered})[2:-1:3]
    for number, until in enumerate(bounds):
        since = bounds[number - 1] if number else ordered[0]["start"] - timedelta(days=1)
        deliver(bora, [one for one in ordered if since < one["start"] <= until], name=f"{number}.csv")
        assert rate(bora, AT + timedelta(minutes=number)).groups == 1
    assert priced(bora) == whole[: len(rated(bora))]
    deliver(bora, [one for one in ordered if one["start"] > bounds[-1]], name="rest.csv")
    rate(bora, AT + timedelta(minutes=9))
    assert priced(bora) == whole
    assert standing(bora) == told
    assert {row["revision"] for row in rated(bora)} == set(range(1, len(bounds) + 2))


def standing(customer: cast.Customer) -> list[object]:
    """Totals, counters and warnings."""
    with customer.acting():
        return [
            sorted(Total.objects.values_list("line", "usage_type", "records", "inside", "outside", "amount")),
            sorted(Counter.objects.values_list("line", "code", "used", "allowance", "epoch")),
            sorted(Alert.objects.values_list("counter", "epoch", "threshold", "used", "event_at")),
            Group.objects.get().rated_to,
        ]


@pytest.mark.rule("RAT-02", "RAT-12")
@pytest.mark.parametrize("why", ["as early", "to be rated anew", "other terms", "one waits"])
def test_a_group_that_cannot_go_on_is_rated_whole(bora: cast.Customer, why: str) -> None:
    first, later = datetime(2026, 5, 3, 7, tzinfo=UTC), datetime(2026, 5, 4, 7, tzinfo=UTC)
    to = "999123456" if why == "one waits" else "3222345678"
    deliver(bora, [record(bora, "a", first), call(bora, "b", first, 60, to)])
    rate(bora)
    with bora.acting():
        if why == "to be rated anew":
            rating.mark(bora.operator.pk, AT)
        if why == "other terms":
            Line.objects.filter(pk=bora.contract.line_id).update(ordered_on=date(2026, 4, 1))
    deliver(bora, [record(bora, "c", first if why == "as early" else later)], name="b.csv")
    rate(bora)
    assert {row["revision"] for row in rated(bora)} == {2}
    deliver(bora, [record(bora, "d", later + timedelta(hours=1))], name="c.csv")
    rate(bora)
    assert {row["revision"] for row in rated(bora)} == ({3} if why == "one waits" else {2, 3})


def test_segments_of_passes_are_joined_when_they_are_many(bora: cast.Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "MANY", 3)
    start = datetime(2026, 5, 3, 7, tzinfo=UTC)
    listed = []
    for number in range(9):
        deliver(bora, [record(bora, f"r{number}", start + timedelta(hours=number))], name=f"{number}.csv")
        rate(bora)
        with bora.acting():
            listed.append(Segment.objects.filter(kind="rated", delisted_at=None).count())
    assert max(listed) <= 6
    assert listed[-1] < 9
    assert [row["event_key"] for row in rated(bora)] == [f"r{number}" for number in range(9)]


def test_who_was_quiet_for_long_does_not_have_old_segments_read_again(
    bora: cast.Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two accounts one reports in each delivery, the other in the first and the last one."""
    with bora.acting():
        other = accounts.open_account(party=bora.party, on=date(2026, 4, 2), at=AT, actor=cast.ACTOR)
    quiet = replace(bora, account=other)
    quiet = replace(quiet, contract=cast.mobile_line(quiet, "32470555111"))
    start, read, whole = datetime(2026, 5, 3, 7, tzinfo=UTC), list[int](), files.read_many

    def counted(paths: Sequence[str], *more: Any) -> Any:
        read.append(len(paths))
        return whole(paths, *more)

    monkeypatch.setattr(files, "read_many", counted)
    for number in range(6):
        reporting = [bora, quiet] if number in {0, 5} else [bora]
        rows = [record(one, f"{number}", start + timedelta(hours=number)) for one in reporting]
        at = AT + timedelta(minutes=number)
        deliver(bora, [row | {"event_key": f"{row['account']}-{number}"} for row in rows], at, f"{number}.csv")
        assert rate(bora, at).groups == len(reporting)
    assert [row["revision"] for row in rated(quiet)] == [1, 2]
    partitions = len({one.account.pk % store.BUCKETS for one in (bora, quiet)})
    assert read == [partitions, 1, 1, 1, 1, partitions]
