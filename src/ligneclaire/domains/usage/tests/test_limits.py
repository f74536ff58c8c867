"""Caps of one's own, agreements to go on, and blocks: who has a say, and what counts from when (W-22, W-23, W-32)."""

from __future__ import annotations

import threading
import time
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

import pyarrow.compute as pc
import pytest
from django.db import connections
from tests import cast, using
from tests.using import Bram

from ligneclaire.domains.customers.queries import NotFound
from ligneclaire.domains.lines import operations as line_acts
from ligneclaire.domains.lines import queries as lines
from ligneclaire.domains.lines.models import Control
from ligneclaire.domains.lines.rules.controls import LINE
from ligneclaire.domains.outbox.models import Message
from ligneclaire.domains.usage import store
from ligneclaire.domains.usage.models import Alert, Group
from ligneclaire.domains.usage.operations import limits as acts
from ligneclaire.domains.usage.operations import rating
from ligneclaire.domains.usage.operations.limits import Way
from ligneclaire.domains.usage.queries import limits, terms, wall
from ligneclaire.domains.usage.queries.limits import Ceiling
from ligneclaire.domains.usage.rules import compiled
from ligneclaire.domains.usage.rules import rating as oracle
from ligneclaire.domains.usage.tests import usage_files
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.scope import Scope

pytestmark = pytest.mark.usefixtures("database")
JUNE = date(2026, 6, 1)
PHONED = Way("telephone", "called from Geneva")


def day(number: int) -> date:
    return date(2026, 6, number)


def of_user(bram: Bram, on: date) -> Scope:
    """Bram at his own pages; call it while acting."""
    return lines.scope_of(bram.person.login or cast.login_of(bram.person), on)


def of_company(bram: Bram) -> Scope:
    """Bora's manager in the company's portal."""
    return wall.as_employer(Scope.staff(bram.operator_id), [bram.company.account.pk])


def line_of(bram: Bram) -> str:
    return str(bram.company.contract.line.public_id)


def said(bram: Bram, scope: Scope, on: date, hour: int = 10) -> dict[str, object]:
    return {"scope": scope, "line": line_of(bram), "on": on, "at": cast.moment(on, hour), "actor": "person:x"}


def call(number: int, on: datetime, to: str = using.GENEVA) -> dict[str, str]:
    """An hour to Switzerland, which lies in no bundle."""
    return using.call(to, 3600, on, str(number))


def flags(bram: Bram) -> list[tuple[str, bool]]:
    """The flag of each record of June, in order, and whether it was charged."""
    with bram.company.acting():
        table = store.rated(bram.operator_id, bram.company.account.pk, JUNE)
    rows = table.sort_by("start").to_pylist()
    return [(one["flag"], bool(one["charged"])) for one in rows]


def rate(bram: Bram, at: datetime) -> None:
    rating.rate_stale(operator_id=bram.operator_id, at=at, actor=cast.ACTOR)


def ceilings(bram: Bram, scope: Scope, on: date) -> dict[str, Ceiling]:
    with bram.company.acting():
        found = limits.limits_of(scope, line_of(bram), on, cast.moment(on, 23))
    return {one.name: one for one in found.ceilings}


@pytest.mark.rule("W-22", "W-32", "L-BE-07", "RAT-16")
def test_an_own_cap_stops_what_comes_after_it_within_one_pass(tmp_path: Path) -> None:
    bram = using.bram(contribution=None)
    calls = [call(number, cast.moment(day(number), 12)) for number in (5, 8, 11, 14)]
    bram.take_in(tmp_path, calls[:2], cast.moment(day(9)))
    spent = ceilings(bram, of_company(bram), day(9))["domestic-be"].used
    assert flags(bram) == [("", True), ("", True)]
    acts.set_cap(**said(bram, of_company(bram), day(10)), amount=Money.of("1.00"), stops=True)
    bram.take_in(tmp_path, calls[2:], cast.moment(day(15)), "more.csv")
    # what was charged before the cap was set stays charged
    assert flags(bram) == [("", True), ("", True), ("over-cap", False), ("over-cap", False)]
    with bram.company.acting():
        found = ceilings(bram, of_company(bram), day(15))
        assert (found["own"].used, found["own"].is_reached, found["own"].stops) == (spent, True, True)
        assert [one.threshold for one in Alert.objects.filter(counter__startswith="own-").order_by("threshold")] == [
            80,
            100,
        ]


@pytest.mark.rule("W-22")
def test_a_cap_that_only_warns_stops_nothing_and_a_lifted_one_neither(tmp_path: Path) -> None:
    bram = using.bram(contribution=None)
    on_cap = said(bram, of_company(bram), day(2))
    acts.set_cap(**on_cap, amount=Money.of("1.00"), stops=False)
    acts.set_cap(**said(bram, of_company(bram), day(6)), amount=Money.of("2.00"), stops=True)
    acts.lift_cap(**said(bram, of_company(bram), day(9)))
    calls = [call(number, cast.moment(day(number), 12)) for number in (4, 5, 7, 8, 10)]
    bram.take_in(tmp_path, calls, cast.moment(day(11)))
    assert [flag for flag, _ in flags(bram)] == ["", "", "over-cap", "over-cap", ""]
    with bram.company.acting():
        assert "own" not in ceilings(bram, of_company(bram), day(11))


@pytest.mark.rule("W-22", "RAT-16")
def test_a_cap_of_nothing_lets_nothing_be_charged_and_bundles_be_used(tmp_path: Path) -> None:
    bram = using.bram(contribution=None)
    acts.set_cap(**said(bram, of_company(bram), day(2)), amount=Money.of("0.00"), stops=True)
    rows = [using.data(0.5, cast.moment(day(3)), "d"), call(4, cast.moment(day(4)))]
    bram.take_in(tmp_path, rows, cast.moment(day(5)))
    assert flags(bram) == [("", False), ("over-cap", False)]
    with bram.company.acting():
        found = ceilings(bram, of_company(bram), day(5))["own"]
        assert (found.limit, found.used, found.is_reached, found.percent) == (Money.of(0), Money.of(0), True, 100)
        assert str(Control.objects.get().amount) == "0.00"
        account = bram.company.account.pk
        in_force = terms.terms_of_groups(bram.operator_id, [account], JUNE)[account]
        records = store.records(bram.operator_id, account, JUNE)
        assert compiled.rate(records, in_force).table.equals(oracle.rate(records, in_force).table)


@pytest.mark.rule("W-22", "W-07")
def test_a_cap_of_nothing_that_warns_warns_of_the_first_cent(tmp_path: Path) -> None:
    bram = using.bram(contribution=None)
    acts.set_cap(**said(bram, of_company(bram), day(2)), amount=Money.of("0.00"), stops=False)
    bram.take_in(tmp_path, [call(4, cast.moment(day(4)))], cast.moment(day(5)))
    assert flags(bram) == [("", True)]
    with bram.company.acting():
        assert [one.threshold for one in Alert.objects.filter(counter__startswith="own-")] == [100]
        (limit,) = set(Message.objects.filter(template="spend-alert").values_list("params__limit", "params__level"))
        assert limit == ("0.00", "warns")


@pytest.mark.rule("W-22", "L-BE-07")
def test_what_a_third_party_asks_counts_without_tax_of_ours(tmp_path: Path) -> None:
    bram = using.bram(contribution=None)
    acts.set_cap(**said(bram, of_company(bram), day(2)), amount=Money.of("3.00"), stops=True)
    rows = [
        using.parking("2.40", cast.moment(day(3)), "p"),
        usage_files.call("s", service="sms", other="+41791234567", quantity=1, start=cast.moment(day(4)).isoformat()),
    ]
    bram.take_in(tmp_path, rows, cast.moment(day(5)))
    with bram.company.acting():
        table = store.rated(bram.operator_id, bram.company.account.pk, JUNE).sort_by("start")
        parking, message = (Money.from_micro(one) for one in table["charged"].to_pylist())
        assert parking == Money.of("2.40")
        found = ceilings(bram, of_company(bram), day(5))
        # 2.40, and the message with 21 %
        for name in ("own", "domestic-be"):
            assert found[name].used == parking + message * Fraction(121, 100), name
            assert found[name].used < Money.of("3.00")
        assert not found["own"].is_reached
        account = bram.company.account.pk
        in_force = terms.terms_of_groups(bram.operator_id, [account], JUNE)[account]
        records = store.records(bram.operator_id, account, JUNE)
        slow, fast = oracle.rate(records, in_force), compiled.rate(records, in_force)
        assert (fast.counters, fast.crossings) == (slow.counters, slow.crossings)


def abroad(number: int, on: datetime) -> dict[str, str]:
    """Half a gigabyte in the United States."""
    return {**using.data(1, on, str(number)), "quantity": str(using.GB // 50), "visited": "US"}


@pytest.mark.rule("W-22", "L-EU-02", "RAT-16")
def test_going_on_abroad_counts_from_the_agreement_to_when_it_is_taken_back(tmp_path: Path) -> None:
    bram = using.bram(contribution=None)
    days = (3, 4, 5, 6, 7, 8, 9)
    bram.take_in(tmp_path, [abroad(one, cast.moment(day(one), 12)) for one in days], cast.moment(day(10)))
    assert "over-cap" in {flag for flag, _ in flags(bram)}
    first = [flag for flag, _ in flags(bram)].index("over-cap")
    assert first < 4, flags(bram)
    acts.agree(**said(bram, of_company(bram), day(6), 9), ceiling="roaming-eu", this_month=False, way=PHONED)
    acts.take_back(**said(bram, of_company(bram), day(8), 9), ceiling="roaming-eu")
    rate(bram, cast.moment(day(10), 11))
    expected = ["" if one < days[first] or one in (6, 7) else "over-cap" for one in days]
    assert [flag for flag, _ in flags(bram)] == expected


@pytest.mark.rule("W-22")
def test_an_agreement_for_a_month_lapses_with_it() -> None:
    bram = using.bram(contribution=None)
    with bram.company.acting():
        acts.agree(**said(bram, of_company(bram), day(6)), ceiling="roaming-eu", this_month=True)
        line = bram.company.contract.line
        in_june, in_july = (
            next(cap for cap in terms.terms_of_line(line, month).caps if cap.kind == "roaming-eu")
            for month in (JUNE, date(2026, 7, 1))
        )
        assert [len(cap.stops) for cap in (in_june, in_july)] == [2, 2]  # before it, and from the month after
        assert in_june.stops[1][0] == terms._month(line.operator, JUNE).to_us
        found = ceilings(bram, of_company(bram), day(6))["roaming-eu"]
        assert (found.stops, found.may_stop, found.until_us) == (False, True, in_june.stops[1][0])


@pytest.mark.rule("W-23", "W-32", "RAT-16")
def test_a_block_concerns_its_kind_alone_and_an_emergency_call_never(tmp_path: Path) -> None:
    bram = using.bram(contribution=None)
    acts.block(**said(bram, of_company(bram), day(2)), what="international")
    acts.block(**said(bram, of_company(bram), day(9)), what="line", way=Way("telephone", "the telephone was stolen"))
    acts.unblock(**said(bram, of_company(bram), day(12)), what="line")
    calls = [
        call(1, cast.moment(day(3))), call(2, cast.moment(day(4)), using.FIXED),
        call(3, cast.moment(day(10)), using.FIXED), call(4, cast.moment(day(11)), "112"),
        call(5, cast.moment(day(13)), using.FIXED),
    ]  # fmt: skip
    bram.take_in(tmp_path, calls, cast.moment(day(14)))
    assert [flag for flag, _ in flags(bram)] == ["blocked", "", "blocked", "emergency", ""]


@pytest.mark.rule("SPL-10", "FMP-11", "W-22")
def test_who_pays_decides() -> None:
    shared = using.bram()
    with shared.company.acting():
        user, company = of_user(shared, day(5)), of_company(shared)
        with pytest.raises(acts.NotYoursToSay):
            acts.set_cap(**said(shared, company, day(5)), amount=Money.of("20.00"), stops=True)
        with pytest.raises(acts.NotYoursToSay):
            acts.agree(**said(shared, company, day(5)), ceiling="roaming-eu", this_month=True)
        acts.set_cap(**said(shared, user, day(5)), amount=Money.of("20.00"), stops=True)
        acts.block(**said(shared, company, day(5)), what="special")
        seen = limits.limits_of(company, line_of(shared), day(5), cast.moment(day(5), 12))
        assert (seen.ceilings, seen.own) == ((), None)  # what a shared line spends is not the company's to know
        assert [one.subject for one in seen.log] == ["special"]
        his = limits.limits_of(user, line_of(shared), day(5), cast.moment(day(5), 12))
        assert [one.subject for one in his.log] == ["special", "own"]
        assert his.own is not None
        # in May the company paid all: then his word did not count, and in May he had none
        with pytest.raises(acts.NotYoursToSay):
            acts.set_cap(**said(shared, of_user(shared, date(2026, 5, 20)), date(2026, 5, 20)),
                         amount=Money.of("20.00"), stops=True)  # fmt: skip


@pytest.mark.rule("FMP-11", "W-22")
def test_the_word_of_a_user_ends_with_his_use() -> None:
    bram = using.bram()
    with bram.company.acting():
        line = bram.company.contract.line
        acts.agree(**said(bram, of_user(bram, day(5)), day(5)), ceiling="roaming-eu", this_month=False)
        line_acts.take_line(line=line, on=day(12), at=cast.moment(day(12)), actor=cast.ACTOR)
        cap = next(one for one in terms.terms_of_line(line, JUNE).caps if one.kind == "roaming-eu")
        assert [len(cap.stops), cap.stops[1][0]] == [2, terms._month(line.operator, JUNE).instant(day(12))]
        with pytest.raises(NotFound):
            acts.agree(**said(bram, of_user(bram, day(13)), day(13)), ceiling="roaming-eu", this_month=False)


def test_what_does_not_stop_needs_no_agreement() -> None:
    bram = using.bram(contribution=None)
    with bram.company.acting():
        for ceiling in ("domestic-be", "own"):
            with pytest.raises(acts.NothingStops):
                acts.agree(**said(bram, of_company(bram), day(5)), ceiling=ceiling, this_month=True)
        assert not Control.objects.exists()


@pytest.mark.rule("W-22", "RAT-16")
def test_both_engines_say_the_same_of_what_was_said(tmp_path: Path) -> None:
    bram = using.bram(contribution=None)
    acts.set_cap(**said(bram, of_company(bram), day(4)), amount=Money.of("30.00"), stops=True)
    acts.agree(**said(bram, of_company(bram), day(6)), ceiling="own", this_month=True)
    acts.set_cap(**said(bram, of_company(bram), day(20)), amount=Money.of("3.00"), stops=True)
    acts.block(**said(bram, of_company(bram), day(25)), what="abroad")
    bram.take_in(tmp_path, using.a_month(JUNE), cast.moment(date(2026, 7, 1)))
    with bram.company.acting():
        account = bram.company.account.pk
        in_force = terms.terms_of_groups(bram.operator_id, [account], JUNE)[account]
        records = store.records(bram.operator_id, account, JUNE)
    slow, fast = oracle.rate(records, in_force), compiled.rate(records, in_force)
    assert fast.table.equals(slow.table)
    assert (fast.counters, fast.crossings) == (slow.counters, slow.crossings)
    assert pc.count_distinct(slow.table["flag"]).as_py() > 1


def test_a_change_makes_open_months_stale_alone(tmp_path: Path) -> None:
    bram = using.bram(contribution=None)
    bram.take_in(tmp_path, [call(1, cast.moment(day(3)))], cast.moment(day(4)))
    with bram.company.acting():
        before = Group.objects.get(month=JUNE).revision
        Group.objects.filter(month=JUNE).update(closed_at=cast.moment(day(5)))
    acts.block(**said(bram, of_company(bram), day(6)), what="line")
    rate(bram, cast.moment(day(7)))
    with bram.company.acting():
        assert Group.objects.get(month=JUNE).revision == before
        Group.objects.filter(month=JUNE).update(closed_at=None)
    acts.unblock(**said(bram, of_company(bram), day(6)), what="line")
    rate(bram, cast.moment(day(7)))
    with bram.company.acting():
        assert Group.objects.get(month=JUNE).revision == before + 1


@pytest.mark.rule("W-22", "RAT-16")
def test_a_word_that_is_said_while_a_pass_rates_counts_in_the_next_one(tmp_path: Path) -> None:
    bram = using.bram(contribution=None)
    bram.take_in(tmp_path, [call(1, cast.moment(day(5)))], cast.moment(day(5), 13))
    with bram.company.acting():
        given = said(bram, of_company(bram), day(6))
        Group.objects.filter(month=JUNE).update(stale_since=cast.moment(day(6)))

    def block() -> None:
        try:
            acts.block(**given, what=LINE)
        finally:
            connections.close_all()

    speaking = threading.Thread(target=block)
    with bram.company.acting():
        # a pass that holds the month, read what was said, and is about to be done
        (month,) = Group.objects.select_for_update().filter(month=JUNE)
        Group.objects.filter(pk=month.pk).update(stale_since=None)
        speaking.start()
        assert _waits_or_ends(speaking)
    speaking.join(10)
    assert not speaking.is_alive()
    with bram.company.acting():
        assert Group.objects.get(pk=month.pk).stale_since is not None


def _waits_or_ends(thread: threading.Thread) -> bool:
    """Whether it came to wait for a lock, or to its end."""
    for _ in range(200):
        with connections["owner"].cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE NOT granted "
                "AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database())"
            )
            if cursor.fetchone()[0] or not thread.is_alive():
                return True
        time.sleep(0.05)
    return False
