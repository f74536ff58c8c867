"""When money is taken: the day, the notice, the file, the way back (PAY-02, PAY-03, C6, L-EU-03)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ligneclaire.domains.accounts.rules.debit import debit_day_in, first_allowed_debit
from ligneclaire.domains.rulebook.tests.asking import ask, faults, steps
from ligneclaire.kernel.periods import Period
from ligneclaire.kernel.working_days import is_target_day

DAYS = st.dates(date(2016, 1, 1), date(2040, 12, 1))


@pytest.mark.parametrize(
    ("month", "day", "debit_on", "file_on"),
    [
        ("2026-06", 5, "2026-06-05", "2026-06-04"),  # a Friday
        ("2026-04", 5, "2026-04-07", "2026-04-02"),  # Easter Sunday; Monday and Good Friday are closed too
        ("2026-07", 5, "2026-07-06", "2026-07-03"),  # a Sunday
        ("2026-05", 1, "2026-05-04", "2026-04-30"),  # 1 May, then a week-end
        ("2026-12", 25, "2026-12-28", "2026-12-24"),  # no substitute day for Saturday 26
        ("2026-07", 14, "2026-07-14", "2026-07-13"),  # a national holiday is a normal day
        ("2026-07", 21, "2026-07-21", "2026-07-20"),
        ("2027-02", 31, "2027-03-01", "2027-02-26"),  # February's last is a Sunday
        ("2026-01", 1, "2026-01-02", "2025-12-31"),
    ],
)
@pytest.mark.rule("C6", "PAY-02", "L-EU-04")
def test_the_debit_moves_forward_and_its_file_goes_before(month: str, day: int, debit_on: str, file_on: str) -> None:
    answer = ask("debit-date", {"debit_day": day, "month": month})
    assert (answer["debit_on"], answer["file_on"]) == (debit_on, file_on)
    assert steps(answer)[-1] == debit_on
    assert answer["allowed"] is None


@pytest.mark.parametrize(
    ("facts", "notice_by", "allowed"),
    [
        # 5 June less 3 days = 2 June: the invoice of the 2nd is in time, that of the 3rd is not
        ({"notice_days_agreed": 3, "invoice_on": "2026-06-02"}, "2026-06-02", True),
        ({"notice_days_agreed": 3, "invoice_on": "2026-06-03"}, "2026-06-02", False),
        # no clause: 14 days before 5 June is 22 May
        ({"invoice_on": "2026-05-22"}, "2026-05-22", True),
        ({"invoice_on": "2026-05-23"}, "2026-05-22", False),
        ({"notice_days_agreed": 14, "invoice_on": "2026-05-23"}, "2026-05-22", False),
    ],
)
@pytest.mark.rule("PAY-03", "L-EU-03", "C4")
def test_the_invoice_announces_the_debit(facts: dict[str, object], notice_by: str, allowed: bool) -> None:
    answer = ask("debit-date", {"debit_day": 5, "month": "2026-06", **facts}, "rural")
    assert (answer["notice_by"], answer["allowed"]) == (notice_by, allowed)
    assert allowed in steps(answer)


@pytest.mark.rule("L-EU-03", "C3", "C4")
def test_a_debit_can_come_back() -> None:
    answer = ask("debit-date", {"debit_day": 31, "month": "2026-07"})
    # 31 July + 56 days = 25 September; 13 months after 31 July 2026 = 31 August 2027
    assert (answer["refund_until"], answer["unauthorised_until"]) == ("2026-09-25", "2027-08-31")


def test_refuses_days_that_are_none() -> None:
    good = {"debit_day": 5, "month": "2026-06"}
    assert faults("debit-date", good | {"debit_day": 32}) == [("too-large", "debit_day")]
    assert faults("debit-date", good | {"debit_day": 0}) == [("too-small", "debit_day")]
    assert faults("debit-date", good | {"debit_day": "5"}) == [("integer", "debit_day")]
    assert faults("debit-date", good | {"debit_day": True}) == [("integer", "debit_day")]
    assert faults("debit-date", good | {"month": "2026-13"}) == [("month-text", "month")]
    assert faults("debit-date", good | {"month": "2026-06-01"}) == [("month-text", "month")]
    assert faults("debit-date", good | {"notice_days_agreed": -1}) == [("too-small", "notice_days_agreed")]
    assert faults("debit-date", {"month": "1999-01", "debit_day": 5}) == [("no-policy", "month")]


@given(DAYS, st.integers(1, 31))
@pytest.mark.rule("C6")
def test_a_debit_is_the_first_open_day_from_its_day_on(day: date, debit_day: int) -> None:
    month = Period.month_of(day)
    debit_on, _ = debit_day_in(month, debit_day)
    nominal = min(debit_day, month.days)
    assert is_target_day(debit_on)
    passed = (debit_on - month.start.replace(day=nominal)).days
    assert not any(is_target_day(month.start.replace(day=nominal) + timedelta(days=n)) for n in range(passed))


@given(DAYS, st.integers(1, 31), st.integers(0, 40))
@pytest.mark.rule("PAY-03")
def test_the_first_debit_of_an_invoice_respects_its_notice(invoice_on: date, debit_day: int, notice: int) -> None:
    debit_on, _ = first_allowed_debit(invoice_on, debit_day, notice)
    assert (debit_on - invoice_on).days >= notice
    assert (debit_on - invoice_on).days <= notice + 36
