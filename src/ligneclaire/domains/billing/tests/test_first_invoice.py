"""The first invoice, from a signed offer to the cent (BIL-01 to BIL-05)."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ligneclaire.domains.billing.rules.first_invoice import run_day
from ligneclaire.domains.rulebook.tests.asking import ask, faults, steps
from ligneclaire.kernel.money import Money, sum_money

ANNA = {
    "monthly_price": "29.90",
    "activation_fee": "39.00",
    "connected_on": "2026-06-12",
    "equipment_received_on": "2026-06-09",
}


def lines(answer: dict[str, Any]) -> list[tuple[str, int | None, int | None, str]]:
    return [(line["code"], line["days"], line["of_days"], line["amount"]) for line in answer["lines"]]


@pytest.mark.rule("BIL-01", "BIL-03", "BIL-05", "C1", "C2", "PAY-02", "PAY-03", "L-FR-15")
def test_annas_first_invoice() -> None:
    """39.00 + 29.90 × 19 ÷ 30 (18.94) + 29.90 = 87.84, which hold 87.84 − 73.20 = 14.64 of VAT."""
    answer = ask("first-invoice", ANNA, "rural")
    assert (answer["service_start_on"], answer["invoice_on"], answer["debit_on"]) == (
        "2026-06-12",
        "2026-07-02",
        "2026-07-06",
    )
    assert lines(answer) == [
        ("activation", None, None, "39.00"),
        ("pro-rata", 19, 30, "18.94"),
        ("month", None, None, "29.90"),
    ]
    assert (answer["net"], answer["vat"], answer["total"], answer["prices"]) == ("73.20", "14.64", "87.84", "inclusive")
    assert steps(answer)[-1] == "87.84"


@pytest.mark.parametrize(
    ("facts", "start", "invoice_on", "codes"),
    [
        # the kit on 9 June and no connection: 30 days later, 9 July; invoiced in August
        ({"connected_on": None}, "2026-07-09", "2026-08-02", ["activation", "pro-rata", "month"]),
        ({"connected_on": "2026-07-20"}, "2026-07-09", "2026-08-02", ["activation", "pro-rata", "month"]),
        # ten days of our delay hold the clock: 19 July
        ({"connected_on": None, "held_days": 10}, "2026-07-19", "2026-08-02", ["activation", "pro-rata", "month"]),
        # connected on the 1st, before the run of the 2nd: invoiced the same month, without days
        ({"connected_on": "2026-06-01"}, "2026-06-01", "2026-06-02", ["activation", "month"]),
        # connected on the day of the run: the next month's
        ({"connected_on": "2026-06-02"}, "2026-06-02", "2026-07-02", ["activation", "pro-rata", "month"]),
        ({"connected_on": "2026-05-31"}, "2026-05-31", "2026-06-02", ["activation", "pro-rata", "month"]),
        ({"connected_on": "2026-12-31", "equipment_received_on": None}, "2026-12-31", "2027-01-02", None),
        ({"activation_fee": "0.00"}, "2026-06-12", "2026-07-02", ["pro-rata", "month"]),
    ],
)
@pytest.mark.rule("BIL-01", "BIL-02", "BIL-03", "BIL-05")
def test_start_and_run(facts: dict[str, Any], start: str, invoice_on: str, codes: list[str] | None) -> None:
    answer = ask("first-invoice", {**ANNA, **facts}, "rural")
    assert (answer["service_start_on"], answer["invoice_on"]) == (start, invoice_on)
    if codes:
        assert [line["code"] for line in answer["lines"]] == codes


@pytest.mark.rule("FMP-06", "BIL-03")
def test_options_come_last_each_with_its_own_days() -> None:
    options = [
        {"label": "Téléphonie", "monthly_price": "5.00"},
        {"label": "Adresse IP", "monthly_price": "3.00", "from_on": "2026-06-25"},
        {"label": "Plus tard", "monthly_price": "2.00", "from_on": "2026-07-15"},
    ]
    answer = ask("first-invoice", {**ANNA, "options": options}, "rural")
    # 5.00 × 19 ÷ 30 = 3.17; 3.00 × 6 ÷ 30 = 0.60; the last one waits for the run of August
    assert [(line["label"], line["days"], line["amount"]) for line in answer["lines"][3:]] == [
        ("Téléphonie", 19, "3.17"),
        ("Téléphonie", None, "5.00"),
        ("Adresse IP", 6, "0.60"),
        ("Adresse IP", None, "3.00"),
    ]
    assert answer["total"] == "99.61"


@pytest.mark.rule("C1", "L-BE-11")
def test_a_company_reads_prices_without_tax() -> None:
    """60.00 + 65.00 × 16 ÷ 31 (33.55) + 65.00 = 158.55; 21 % of it once = 33.30."""
    facts = {"monthly_price": "65.00", "activation_fee": "60.00", "connected_on": "2026-01-16"}
    answer = ask("first-invoice", facts, "lessor")
    assert (answer["net"], answer["vat"], answer["total"]) == ("158.55", "33.30", "191.85")
    assert answer["prices"] == "exclusive"


@pytest.mark.rule("PAY-02", "PAY-03")
def test_three_days_are_notice_enough() -> None:
    """The invoice of 2 August announces the debit of the 5th, a Wednesday; one day less and it would wait a month."""
    facts = {**ANNA, "connected_on": "2026-07-12", "equipment_received_on": "2026-07-09"}
    answer = ask("first-invoice", facts, "rural")
    assert (answer["invoice_on"], answer["debit_on"]) == ("2026-08-02", "2026-08-05")


@pytest.mark.rule("BIL-02", "BIL-05", "PAY-02", "PAY-03")
def test_policies_can_be_tried() -> None:
    held = {**ANNA, "connected_on": None, "policy": {"receipt_days": 10}}
    assert ask("first-invoice", held, "rural")["service_start_on"] == "2026-06-19"
    assert ask("first-invoice", {**ANNA, "policy": {"invoice_day": 15}}, "rural")["invoice_on"] == "2026-06-15"
    assert ask("first-invoice", {**ANNA, "policy": {"debit_day": 10}}, "rural")["debit_on"] == "2026-07-10"
    assert ask("first-invoice", {**ANNA, "policy": {"notice_days": 14}}, "rural")["debit_on"] == "2026-08-05"


def test_labels_and_steps_speak_the_language_asked_for() -> None:
    said = {lang: ask("first-invoice", ANNA, "rural", lang=lang)["lines"][1]["label"] for lang in ("fr", "nl", "en")}
    assert said == {
        "fr": "Du 12 juin 2026 au 30 juin 2026",
        "nl": "Van 12 juni 2026 tot en met 30 juni 2026",
        "en": "From 12 June 2026 to 30 June 2026",
    }


def test_refuses_what_can_not_start_or_does_not_exist() -> None:
    nothing = {"monthly_price": "29.90", "activation_fee": "39.00"}
    assert faults("first-invoice", nothing, "rural") == [("nothing-starts", "connected_on")]
    assert faults("first-invoice", ANNA) == [("missing", "country")]
    assert faults("first-invoice", {**ANNA, "country": "BE"}, "rural") == [("contradiction", "country")]
    assert faults("first-invoice", {**ANNA, "held_days": -1}, "rural") == [("too-small", "held_days")]
    assert faults("first-invoice", {**ANNA, "connected_on": "2014-12-31"}, "rural") == [("no-policy", "policy")]
    assert faults("first-invoice", {**ANNA, "options": [{"label": "", "monthly_price": "1"}]}, "rural") == [
        ("empty", "options[0].label"),
        ("money-text", "options[0].monthly_price"),
    ]


@given(st.dates(date(2016, 1, 1), date(2039, 12, 1)), st.integers(100, 20_000), st.integers(0, 10_000))
@pytest.mark.rule("BIL-03", "C2")
def test_every_day_is_paid_once(start: date, monthly: int, fee: int) -> None:
    facts = {
        "monthly_price": f"{monthly // 100}.{monthly % 100:02d}",
        "activation_fee": f"{fee // 100}.{fee % 100:02d}",
        "connected_on": start.isoformat(),
    }
    answer = ask("first-invoice", facts, "rural")
    invoice_on = date.fromisoformat(answer["invoice_on"])
    assert start < invoice_on <= start + timedelta(days=32)
    assert invoice_on.day == 2
    assert answer["total"] == str(sum_money(Money.of(line["amount"]) for line in answer["lines"]))
    days = [line["days"] for line in answer["lines"] if line["code"] == "pro-rata"]
    before = invoice_on.replace(day=1) - start
    assert (days or [0])[0] == max(before.days, 0)


@given(st.dates(date(2016, 1, 1), date(2039, 12, 1)), st.integers(1, 28))
@pytest.mark.rule("BIL-05")
def test_the_run_comes_after_the_start(start: date, day: int) -> None:
    run = run_day(start, day)
    assert start < run <= start + timedelta(days=31)
    assert run.day == day
