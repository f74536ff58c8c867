"""What was charged after a ceiling of the law without a warning that left is found, and given back once (W-07)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests import cast, using
from tests.using import Bram

from ligneclaire.domains.billing import operations as billing
from ligneclaire.domains.billing.models import Charge, InvoiceLine
from ligneclaire.domains.billing.tests.runs import AUGUST, JULY, bill
from ligneclaire.domains.lines import operations as lines
from ligneclaire.domains.lines.rules import notices as kinds
from ligneclaire.domains.usage.models import Alert, Total
from ligneclaire.domains.usage.operations import limits
from ligneclaire.domains.usage.operations.limits import Way
from ligneclaire.domains.usage.queries import wall
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.scope import Scope

pytestmark = pytest.mark.usefixtures("database")
JUNE = date(2026, 6, 1)
CALLS = 40  # of an hour each to Geneva
NIGHT = date(2026, 7, 20)


def call_geneva(bram: Bram, folder: Path, *, warns: bool = False, sends: bool = False) -> None:
    """A month in which the ceiling at home is passed; somebody is warned of it or not."""
    rows = [
        using.call(using.GENEVA, 3600, cast.moment(date(2026, 6, 1 + number // 4), 9 + number % 4), f"g{number}")
        for number in range(CALLS)
    ]
    bram.take_in(folder, rows, cast.moment(date(2026, 6, 20)), warns=warns, sends=sends)


def credit(bram: Bram, on: date = NIGHT) -> list[Charge]:
    return list(billing.credit_unwarned(operator_id=bram.operator_id, on=on, at=cast.moment(on, 3), actor="job"))


def after_the_ceiling(bram: Bram) -> tuple[Decimal, Decimal]:
    """(all that was charged, what of it came after the call that reached 50 euro with tax)."""
    with bram.company.acting():
        total = Total.objects.get(usage_type="voice-international").amount
    each = total / CALLS
    calls = next(number for number in range(1, CALLS + 1) if each * number * Decimal("1.21") >= 50)
    return total, each * (CALLS - calls)


@pytest.mark.rule("W-07", "L-BE-07")
def test_what_came_after_a_ceiling_without_a_warning_is_given_back_once(tmp_path: Path) -> None:
    bram = using.bram(contribution=None)
    call_geneva(bram, tmp_path)
    assert credit(bram) == []  # the month is not billed yet
    bill(bram.company.operator, JULY)
    _whole, beyond = after_the_ceiling(bram)
    assert beyond > 0
    (charge,) = credit(bram)
    assert charge.amount == -beyond.quantize(Decimal("0.01"))
    assert (charge.account_id, charge.tax_code) == (bram.company.account.pk, "standard")
    assert [one["code"] for one in charge.because] == ["billing.unwarned.reached", "billing.unwarned.back"]
    assert credit(bram) == []
    bill(bram.company.operator, AUGUST)
    with bram.company.acting():
        assert InvoiceLine.objects.get(product_code="unwarned").amount == abs(charge.amount)  # of a credit note


@pytest.mark.rule("W-07")
@pytest.mark.parametrize(("warns", "sends", "given"), [(True, True, 0), (True, False, 1), (False, False, 1)])
def test_a_warning_counts_when_it_left(tmp_path: Path, warns: bool, sends: bool, given: int) -> None:
    bram = using.bram(contribution=None)
    call_geneva(bram, tmp_path, warns=warns, sends=sends)
    bill(bram.company.operator, JULY)
    assert len(credit(bram)) == given


@pytest.mark.rule("W-07", "L-BE-07", "USE-03")
def test_who_switched_the_warning_off_was_warned_as_he_wished(tmp_path: Path) -> None:
    bram = using.bram()
    on = date(2026, 6, 1)
    with bram.company.acting():
        for channel in kinds.CHANNELS:
            lines.choose_notice(
                line=bram.company.contract.line, person=bram.person, kind=kinds.BILL_SHOCK, channel=channel,
                wanted=False, on=on, at=cast.moment(on), actor="person:bram",
            )  # fmt: skip
    call_geneva(bram, tmp_path, warns=True)
    bill(bram.company.operator, JULY)
    assert credit(bram) == []


@pytest.mark.rule("W-07", "SPL-01", "FMP-11")
def test_of_a_shared_line_each_gets_back_what_he_paid_of_it(tmp_path: Path) -> None:
    bram = using.bram(contribution={"type": "percentage", "percent": "40"})
    call_geneva(bram, tmp_path)
    bill(bram.company.operator, JULY)
    whole, beyond = after_the_ceiling(bram)
    company, own = sorted(credit(bram), key=lambda one: one.account_id != bram.company.account.pk)
    cents = Decimal("0.01")
    part = Decimal("0.4")
    assert company.amount == ((whole - beyond) * part).quantize(cents) - (whole * part).quantize(cents)
    with_tax = Decimal("1.21") * Decimal("0.6")
    assert own.amount == ((whole - beyond) * with_tax).quantize(cents) - (whole * with_tax).quantize(cents)
    # the company is not told of the ceiling
    assert [one["code"] for one in company.because] == ["billing.unwarned.back"]
    assert [one["code"] for one in own.because] == ["billing.unwarned.reached", "billing.unwarned.back"]


def test_a_message_that_may_still_leave_is_waited_for(tmp_path: Path) -> None:
    bram = using.bram(contribution=None)
    call_geneva(bram, tmp_path, warns=True)
    bill(bram.company.operator, JULY)
    with bram.company.acting():
        alert = Alert.objects.get(counter="domestic-be")
    assert credit(bram, alert.raised_at.date()) == []


@pytest.mark.rule("W-07", "W-22", "L-EU-02")
def test_who_agreed_to_go_on_abroad_is_charged_for_it(tmp_path: Path) -> None:
    bram, agreed = using.bram(contribution=None), date(2026, 6, 2)
    with bram.company.acting():
        company = wall.as_employer(Scope.staff(bram.operator_id), [bram.company.account.pk])
        limits.agree(
            scope=company, line=bram.company.contract.line.public_id, on=agreed, at=cast.moment(agreed),
            actor=cast.ACTOR, way=Way("telephone", "is in America"), ceiling="roaming-eu", this_month=True,
        )  # fmt: skip
    rows = [using.data(0.02, cast.moment(date(2026, 6, number)), f"a{number}", visited="US") for number in range(3, 10)]
    bram.take_in(tmp_path, rows, cast.moment(date(2026, 6, 20)), warns=False)
    bill(bram.company.operator, JULY)
    with bram.company.acting():
        reached = Alert.objects.get(counter="roaming-eu", threshold=100)
        assert Total.objects.get(amount__gt=0).amount > Money.from_micro(reached.allowance).amount
    assert credit(bram) == []
