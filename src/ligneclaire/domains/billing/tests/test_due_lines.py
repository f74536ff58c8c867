"""What is due, less what was billed: joiner, leaver, change, discount, and the run that is done again."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ligneclaire.domains.billing.rules.due_lines import Asked, due_lines
from ligneclaire.domains.billing.rules.values import Agreed, AgreedDiscount, AgreedItem, Billed, DueLine, Waiting
from ligneclaire.kernel import texts
from ligneclaire.kernel.money import Money, sum_money, zero
from ligneclaire.kernel.periods import Period, add_months

SIGNED = date(2026, 6, 3)
NAMES = {"fr": "Fibre", "nl": "Glasvezel", "en": "Fibre"}
FIBRE = AgreedItem(1, "offer", "fibre", NAMES, "internet", "standard", monthly=Money.of("34.90"))
FEE = AgreedItem(2, "fee", "activation", NAMES, "service", "standard", one_off=Money.of("49.00"))
PHONE = AgreedItem(3, "option", "phone", NAMES, "telephony", "standard", monthly=Money.of("5.00"))


def contract(*items: AgreedItem, start: date | None, last_day: date | None = None, discounts=()) -> Agreed:
    return Agreed(7, SIGNED, start, last_day, items, tuple(discounts))


def asked(month: str, day: int = 2) -> Asked:
    period = Period.month(month)
    return Asked(period, period.start.replace(day=day))


def as_billed(*invoices: tuple[DueLine, ...]) -> dict[tuple[int, int], list[Billed]]:
    billed = defaultdict(list)
    for lines in invoices:
        for line in lines:
            if line.item_id:
                key = (line.item_id, line.discount_id or 0)
                billed[key].append(Billed(line.code, line.start, line.end, line.amount))
    return billed


def shown(lines: tuple[DueLine, ...]) -> list[tuple[str, str, str]]:
    return [(line.code, f"{line.start:%d.%m}-{line.end:%d.%m}", str(line.amount)) for line in lines]


@pytest.mark.rule("BIL-03", "C2", "BIL-04")
def test_a_joiner_pays_activation_the_rest_of_the_month_and_the_month_in_advance() -> None:
    lines = due_lines([contract(FIBRE, FEE, start=date(2026, 6, 12))], {}, [], asked("2026-07"))
    # 34.90 x 19 of 30 days = 22.1033
    assert shown(lines) == [
        ("activation", "12.06-13.06", "49.00"),
        ("pro-rata", "12.06-01.07", "22.10"),
        ("month", "01.07-01.08", "34.90"),
    ]
    assert lines[1].quantity == Decimal("0.633333")
    assert lines[1].unit_price == Money.of("34.90")
    again = due_lines([contract(FIBRE, FEE, start=date(2026, 6, 12))], as_billed(lines), [], asked("2026-07"))
    assert again == ()
    after = due_lines([contract(FIBRE, FEE, start=date(2026, 6, 12))], as_billed(lines), [], asked("2026-08"))
    assert shown(after) == [("month", "01.08-01.09", "34.90")]


@pytest.mark.rule("BIL-03")
def test_a_start_on_the_first_before_the_run_has_no_part_of_a_month() -> None:
    lines = due_lines([contract(FIBRE, FEE, start=date(2026, 7, 1))], {}, [], asked("2026-07"))
    assert shown(lines) == [("activation", "01.07-02.07", "49.00"), ("month", "01.07-01.08", "34.90")]


@pytest.mark.rule("BIL-03", "BIL-02", "W-02")
def test_a_start_on_the_run_day_or_none_waits_for_the_next_run() -> None:
    for start in (date(2026, 7, 2), date(2026, 7, 20), None):
        assert due_lines([contract(FIBRE, FEE, start=start)], {}, [], asked("2026-07")) == ()
    lines = due_lines([contract(FIBRE, FEE, start=date(2026, 7, 2))], {}, [], asked("2026-08"))
    assert shown(lines)[1:] == [("pro-rata", "02.07-01.08", "33.77"), ("month", "01.08-01.09", "34.90")]


@pytest.mark.rule("C7", "W-26")
def test_a_leaver_billed_in_advance_gets_the_days_after_the_last_back() -> None:
    before = due_lines([contract(FIBRE, PHONE, start=date(2026, 6, 1))], {}, [], asked("2026-06"))
    left = contract(FIBRE, PHONE, start=date(2026, 6, 1), last_day=date(2026, 6, 10))
    lines = due_lines([left], as_billed(before), [], asked("2026-07"))
    # kept: 34.90 x 10/30 = 11.63 and 5.00 x 10/30 = 1.67
    assert shown(lines) == [("credit", "11.06-01.07", "-23.27"), ("credit", "11.06-01.07", "-3.33")]
    assert due_lines([left], as_billed(before, lines), [], asked("2026-08")) == ()


@pytest.mark.rule("C7")
def test_a_leaver_known_before_the_run_pays_to_the_last_day() -> None:
    lines = due_lines([contract(FIBRE, start=date(2026, 6, 1), last_day=date(2026, 6, 10))], {}, [], asked("2026-06"))
    assert shown(lines) == [("pro-rata", "01.06-11.06", "11.63")]


@pytest.mark.rule("FMP-05", "C2")
def test_a_change_in_the_middle_of_the_month_credits_the_old_and_bills_the_new() -> None:
    before = due_lines([contract(FIBRE, start=date(2026, 5, 1))], {}, [], asked("2026-05"))
    old = AgreedItem(
        1, "offer", "fibre", NAMES, "internet", "standard", monthly=Money.of("34.90"), to_on=date(2026, 5, 17)
    )
    new = AgreedItem(
        4, "offer", "max", NAMES, "internet", "standard", monthly=Money.of("44.90"), from_on=date(2026, 5, 17)
    )
    changed = contract(old, new, start=date(2026, 5, 1))
    lines = due_lines([changed], as_billed(before), [], asked("2026-06"))
    assert shown(lines) == [
        ("pro-rata", "17.05-01.06", "21.73"),
        ("month", "01.06-01.07", "44.90"),
        ("credit", "17.05-01.06", "-16.89"),
    ]


@pytest.mark.rule("W-12")
def test_discounts_are_lines_of_their_own_and_end_by_their_date_only() -> None:
    half = AgreedDiscount(5, NAMES, percent=Decimal(50), to_on=date(2026, 7, 11))
    five = AgreedDiscount(6, NAMES, monthly=Money.of("5.00"))
    discounted = contract(FIBRE, start=date(2026, 7, 1), discounts=[half, five])
    lines = due_lines([discounted], {}, [], asked("2026-07"))
    assert shown(lines) == [
        ("month", "01.07-01.08", "34.90"),
        ("discount", "01.07-11.07", "-5.63"),
        ("discount", "01.07-01.08", "-5.00"),
    ]
    after = due_lines([discounted], as_billed(lines), [], asked("2026-08"))
    assert shown(after) == [("month", "01.08-01.09", "34.90"), ("discount", "01.08-01.09", "-5.00")]


def test_a_discount_that_is_taken_back_with_the_month_leaves_nothing() -> None:
    all_of_it = AgreedDiscount(5, NAMES, percent=Decimal(100))
    before = due_lines([contract(FIBRE, start=date(2026, 6, 1), discounts=[all_of_it])], {}, [], asked("2026-06"))
    left = contract(FIBRE, start=date(2026, 6, 1), last_day=date(2026, 6, 14), discounts=[all_of_it])
    lines = due_lines([left], as_billed(before), [], asked("2026-07"))
    assert sum_money(line.amount for line in lines) == zero()
    assert len(lines) == 2


@pytest.mark.rule("W-03")
def test_waiting_charges_and_credits_come_last() -> None:
    waiting = [
        Waiting(1, 7, "exit", NAMES, "service", "standard", date(2026, 6, 20), Money.of("60.00")),
        Waiting(2, None, "goodwill", NAMES, "internet", "standard", date(2026, 6, 21), Money.of("-10.00")),
    ]
    lines = due_lines([contract(FIBRE, start=date(2026, 7, 1))], {}, waiting, asked("2026-07"))
    assert [(line.code, str(line.amount), line.charge_id) for line in lines[1:]] == [
        ("credit", "-10.00", 2),
        ("one-off", "60.00", 1),
    ]


@pytest.mark.rule("W-11")
def test_days_older_than_the_limit_are_not_charged() -> None:
    late = Asked(Period.month("2026-07"), date(2026, 7, 2), charge_from=date(2026, 5, 2))
    lines = due_lines([contract(FIBRE, start=date(2026, 3, 1))], {}, [], late)
    assert shown(lines) == [
        ("pro-rata", "02.05-01.06", "33.77"),
        ("pro-rata", "01.06-01.07", "34.90"),
        ("month", "01.07-01.08", "34.90"),
    ]


def test_pieces_are_one_line_rounded_once() -> None:
    phones = AgreedItem(8, "equipment", "phone", NAMES, "hardware", "standard", quantity=3, monthly=Money.of("1.115"))
    (line,) = due_lines([contract(phones, start=date(2026, 7, 1))], {}, [], asked("2026-07"))
    assert (str(line.amount), line.quantity, str(line.unit_price)) == ("3.35", Decimal(3), "1.115")


def test_what_a_later_run_billed_is_not_taken_back_by_an_earlier_month() -> None:
    fibre = contract(FIBRE, start=date(2026, 6, 1))
    june = due_lines([fibre], {}, [], asked("2026-06"))
    july = due_lines([fibre], as_billed(june), [], asked("2026-07"))
    assert due_lines([fibre], as_billed(june, july), [], asked("2026-06")) == ()


prices = st.integers(1, 30_000_000).map(lambda micro: Money(Decimal(micro).scaleb(-6)))
starts = st.dates(date(2025, 1, 1), date(2026, 6, 30))


@pytest.mark.rule("W-36", "C2", "C7")
@given(price=prices, start=starts, runs=st.integers(0, 8), stay=st.integers(0, 300), twice=st.integers(0, 200))
def test_every_day_with_service_is_billed_once_and_no_other(price, start, runs, stay, twice) -> None:
    item = AgreedItem(1, "offer", "fibre", NAMES, "internet", "standard", monthly=price)
    first = date(start.year, start.month, 1)
    invoices = []
    for number in range(runs + 1):
        month = Period.month_of(add_months(first, number))
        invoices.append(
            due_lines([contract(item, start=start)], as_billed(*invoices), [], Asked(month, month.start.replace(day=2)))
        )
    last_day = start + timedelta(days=stay)
    for last in (last_day, max(start, last_day - timedelta(days=twice))):  # a leaver, who then leaves earlier still
        month = Period.month_of(add_months(last_day, 1))
        gone = contract(item, start=start, last_day=last)
        invoices.append(due_lines([gone], as_billed(*invoices), [], Asked(month, month.start.replace(day=2))))
    days = defaultdict(int)
    for line in (line for lines in invoices for line in lines):
        for offset in range((line.end - line.start).days):
            days[line.start + timedelta(days=offset)] += -1 if line.code == "credit" else 1
    served = {start + timedelta(days=offset) for offset in range((last - start).days + 1)}
    if price >= Money.of("1.00"):  # below, a part may round to nothing, and then has no line
        assert {day for day, count in days.items() if count} == served
        assert all(count in (0, 1) for count in days.values())


@pytest.mark.rule("C1")
@given(price=prices, cut=st.integers(0, 31), again=st.integers(0, 31))
def test_credit_and_kept_part_sum_to_what_was_billed(price, cut, again) -> None:
    item = AgreedItem(1, "offer", "fibre", NAMES, "internet", "standard", monthly=price)
    billed = due_lines([contract(item, start=date(2026, 7, 1))], {}, [], asked("2026-07"))
    invoices = [billed]
    for days in (max(cut, again), min(cut, again), 0):
        end = date(2026, 7, 1) + timedelta(days=days)
        short = AgreedItem(1, "offer", "fibre", NAMES, "internet", "standard", monthly=price, to_on=end)
        invoices.append(
            due_lines([contract(short, start=date(2026, 7, 1))], as_billed(*invoices), [], asked("2026-08"))
        )
    assert sum_money(line.amount for lines in invoices for line in lines) == zero()
    assert all(line.amount.amount < 0 for lines in invoices[1:] for line in lines)


def test_the_last_step_is_the_amount_and_every_step_has_words() -> None:
    half = AgreedDiscount(5, NAMES, percent=Decimal(50))
    phones = AgreedItem(8, "equipment", "phone", NAMES, "hardware", "standard", quantity=3, monthly=Money.of("1.115"))
    now = contract(FIBRE, FEE, PHONE, phones, start=date(2026, 6, 12), discounts=[half])
    waiting = [Waiting(1, 7, "exit", NAMES, "service", "standard", date(2026, 6, 20), Money.of("60.00"))]
    first = due_lines([now], {}, waiting, asked("2026-07"))
    gone = contract(FIBRE, FEE, PHONE, phones, start=date(2026, 6, 12), last_day=date(2026, 7, 9), discounts=[half])
    for line in first + due_lines([gone], as_billed(first), [], asked("2026-08")):
        assert line.because[-1].value == str(line.amount)
        for one in line.because:
            for lang in texts.LANGUAGES:
                assert texts.say(one.code, lang, one.params)
