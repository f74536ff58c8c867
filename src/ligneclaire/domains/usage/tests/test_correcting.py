"""A closed month rated anew after a mistake: what is given back, what is spared, what came later, and that doing it
again changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests import cast

from ligneclaire.domains.audit.models import AuditEntry
from ligneclaire.domains.contracts import operations as contracts
from ligneclaire.domains.contracts.models import Contract
from ligneclaire.domains.usage.models import Alert, Counter, Group, Total
from ligneclaire.domains.usage.operations import correcting
from ligneclaire.domains.usage.operations.correcting import Correction
from ligneclaire.domains.usage.rules.columns import ADDED
from ligneclaire.domains.usage.tests.test_rating_pass import GB, MAY, close, deliver, rate, rated, record

pytestmark = pytest.mark.usefixtures("database")
CLOSED = datetime(2026, 6, 2, 6, tzinfo=UTC)
ENTERED = datetime(2026, 6, 5, 9, tzinfo=UTC)
OTHER_LINE = "+32470000099"


@pytest.fixture
def bora() -> cast.Customer:
    return cast.bora_mobile()


@pytest.fixture
def other(bora: cast.Customer) -> Contract:
    """A second line with the same plan, whose records are the same."""
    return cast.mobile_line(bora, OTHER_LINE)


def month(bora: cast.Customer, contract: Contract) -> list[dict[str, Any]]:
    """Thirty records of a little more than a gigabyte: five of them flow over 25 GB."""
    start = datetime(2026, 5, 13, 7, tzinfo=UTC)
    return [
        record(bora, f"{contract.pk}-{n:02}", start + timedelta(hours=n // 3), quantity=GB + n, line=contract.line_id)
        for n in range(30)
    ]


def late_option(contract: Contract, at: datetime = ENTERED) -> None:
    """Five gigabytes more from 4 May on, entered when the month was closed."""
    contracts.add_option(contract=contract, option_code="data-plus-5", on=date(2026, 5, 4), at=at, actor=cast.ACTOR)


def correct(bora: cast.Customer, *, keep: bool, hours: int = 1) -> Correction:
    return correcting.correct(
        operator_id=bora.operator.pk, account_ids=[bora.account.pk], month=MAY, at=ENTERED + timedelta(hours=hours),
        actor="test", why="option entered late", keep=keep,
    )  # fmt: skip


def by_line(bora: cast.Customer, line_id: int | None) -> list[tuple[Any, ...]]:
    names = [one.name for one in ADDED if one.name != "revision"]
    return [tuple(str(row[name]) for name in names) for row in rated(bora) if row["line"] == line_id]


def counters(bora: cast.Customer, line_id: int | None) -> list[tuple[Any, ...]]:
    with bora.acting():
        return list(Counter.objects.filter(line_id=line_id).order_by("code").values_list("code", "used", "allowance"))


def charged(bora: cast.Customer) -> Mapping[int, int]:
    found: dict[int, int] = {}
    for row in rated(bora):
        found[row["line"]] = found.get(row["line"], 0) + row["charged"]
    return found


def test_as_many_accounts_at_once_as_memory_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(correcting, "MOST", 10)
    sizes = [(1, 4), (2, 6), (3, 1), (4, 50), (5, 0), (6, 10), (7, 1)]
    assert list(correcting._at_once(sizes)) == [[1, 2], [3], [4], [5, 6], [7]]
    assert list(correcting._at_once([])) == []


@pytest.mark.rule("W-41", "RAT-13")
def test_a_corrected_month_is_what_it_would_have_been(bora: cast.Customer, other: Contract) -> None:
    deliver(bora, month(bora, bora.contract) + month(bora, other))
    late_option(other, datetime(2026, 5, 4, 9, tzinfo=UTC))  # entered in time
    close(bora, CLOSED)
    before = charged(bora)
    assert before[other.line_id] < before[bora.contract.line_id]
    late_option(bora.contract)
    shown = correct(bora, keep=False)
    (line,) = shown.lines
    assert (line.line, line.before, line.after) == (
        bora.contract.line_id, before[bora.contract.line_id], before[other.line_id],
    )  # fmt: skip
    assert charged(bora) == before
    assert correct(bora, keep=True) == shown
    assert by_line(bora, bora.contract.line_id) == by_line(bora, other.line_id)
    with bora.acting():
        group, totals = Group.objects.get(), Total.objects.filter(usage_type="data-national")
        assert (group.closed_at, group.rated_at, group.stale_since) == (CLOSED, ENTERED + timedelta(hours=1), None)
        assert len({one.amount for one in totals}) == 1
        assert not Alert.objects.filter(raised_at__gt=CLOSED).exists()
        entry = AuditEntry.objects.get(act="correct_usage")
        assert (entry.detail["lines"], entry.detail["micro"]) == (1, line.after - line.before)


@pytest.mark.rule("W-41")
def test_a_correction_done_again_changes_nothing(bora: cast.Customer) -> None:
    deliver(bora, month(bora, bora.contract))
    close(bora, CLOSED)
    assert correct(bora, keep=True) == Correction()
    late_option(bora.contract)
    assert len(correct(bora, keep=True).lines) == 1
    with bora.acting():
        revision = Group.objects.get().revision
    assert correct(bora, keep=True, hours=2) == Correction()
    with bora.acting():
        assert Group.objects.get().revision == revision


@pytest.mark.rule("W-41")
def test_what_would_cost_more_keeps_what_it_was_charged(bora: cast.Customer, other: Contract) -> None:
    deliver(bora, month(bora, bora.contract) + month(bora, other))
    close(bora, CLOSED)
    before = charged(bora)
    late_option(bora.contract)
    contracts.change_offer(
        contract=other, offer_code="vlinder-10", on=date(2026, 5, 2), at=ENTERED, actor=cast.ACTOR
    )  # fmt: skip
    stood = counters(bora, other.line_id)
    found = correct(bora, keep=True)
    assert [one.line for one in found.lines] == [bora.contract.line_id]
    assert [(one.line, one.before, one.after > one.before) for one in found.spared] == [
        (other.line_id, before[other.line_id], True)
    ]
    now = charged(bora)
    assert now[other.line_id] == before[other.line_id]
    assert counters(bora, other.line_id) == stood
    assert now[bora.contract.line_id] < before[bora.contract.line_id]


@pytest.mark.rule("RAT-13", "W-41")
def test_what_came_after_the_close_is_still_rated_after_it(bora: cast.Customer) -> None:
    first = datetime(2026, 5, 13, 6, tzinfo=UTC)  # before all others
    deliver(bora, [record(bora, "a", first + timedelta(hours=9), quantity=28 * GB)])
    close(bora, CLOSED)
    deliver(bora, [record(bora, "late", first, quantity=4 * GB)], CLOSED + timedelta(hours=1), "b.csv")
    rate(bora, CLOSED + timedelta(hours=1))
    late_option(bora.contract)
    correct(bora, keep=True)
    found = {row["event_key"]: (row["outside"], row["revision"]) for row in rated(bora)}
    # of 30 GB the record of the close has 28, and the late one what is left: 2 of its 4
    assert found == {"a": (0, 3), "late": (2 * GB, 4)}
    deliver(bora, [record(bora, "later", first, quantity=GB)], ENTERED + timedelta(days=1), "c.csv")
    rate(bora, ENTERED + timedelta(days=1))
    found = {row["event_key"]: (row["outside"], row["revision"]) for row in rated(bora)}
    assert (found["a"], found["late"][0], found["later"][0]) == ((0, 3), 2 * GB, GB)


def test_an_open_month_is_left_alone(bora: cast.Customer) -> None:
    deliver(bora, month(bora, bora.contract))
    rate(bora)
    late_option(bora.contract)
    assert correct(bora, keep=True) == Correction()
    with bora.acting():
        assert Group.objects.get().revision == 1


@pytest.mark.rule("W-41", "RAT-11")
def test_what_a_corrected_month_leaves_is_handed_on() -> None:
    saver, at = cast.bora_mobile(offer_code="vlinder-spaar"), ENTERED + timedelta(days=10)  # 5 GB, what is left stays
    deliver(saver, [record(saver, "may", datetime(2026, 5, 13, 7, tzinfo=UTC), quantity=3 * GB)])
    close(saver, CLOSED)
    deliver(saver, [record(saver, "june", datetime(2026, 6, 3, 7, tzinfo=UTC), quantity=11 * GB)], at, "b.csv")
    rate(saver, at)
    june = date(2026, 6, 1)
    beyond = rated(saver, june)[0]["outside"]
    late_option(saver.contract)  # its 5 GB are used first, since they lapse: 2 GB more of the own ones are left
    assert correct(saver, keep=True).lines == ()
    rate(saver, at + timedelta(hours=1))
    assert rated(saver, june)[0]["outside"] < beyond


@pytest.mark.rule("W-41", "RAT-11")
def test_a_spared_line_leaves_what_it_left_before() -> None:
    saver, at = cast.bora_mobile(offer_code="vlinder-spaar"), ENTERED + timedelta(days=10)
    start = datetime(2026, 5, 13, 7, tzinfo=UTC)
    deliver(saver, [record(saver, "may", start, quantity=3 * GB),
                    record(saver, "call", start, service="voice", other="3222345678", quantity=7_000)])  # fmt: skip
    close(saver, CLOSED)
    deliver(saver, [record(saver, "june", datetime(2026, 6, 3, 7, tzinfo=UTC), quantity=11 * GB)], at, "b.csv")
    rate(saver, at)
    june = date(2026, 6, 1)
    beyond = rated(saver, june)[0]["outside"]
    contracts.change_offer(  # without rollover, and with less of everything
        contract=saver.contract, offer_code="vlinder-1", on=date(2026, 5, 2), at=ENTERED, actor=cast.ACTOR
    )
    contracts.change_offer(contract=saver.contract, offer_code="vlinder-spaar", on=june, at=ENTERED, actor=cast.ACTOR)
    assert len(correct(saver, keep=True).spared) == 1
    rate(saver, at + timedelta(hours=1))
    assert rated(saver, june)[0]["outside"] == beyond
