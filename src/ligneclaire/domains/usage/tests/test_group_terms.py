"""What is in force for a rating group: plans and options by instant, allowances of the month, ceilings of the law."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from tests import cast

from ligneclaire.domains.contracts.models import Contract
from ligneclaire.domains.usage import queries
from ligneclaire.domains.usage.rules.instants import micros
from ligneclaire.domains.usage.rules.terms import ALWAYS, GroupTerms, LineTerms

pytestmark = pytest.mark.usefixtures("database")
ZONE = ZoneInfo("Europe/Brussels")
GB = 10**9
MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)


def us(day: date, hour: int = 0, minute: int = 0) -> int:
    return micros(datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE))


def terms_of(customer: cast.Customer, month: date) -> GroupTerms:
    with customer.acting():
        return queries.group_terms(customer.operator.pk, customer.account.pk, month)


def of_line(customer: cast.Customer, contract: Contract, month: date) -> LineTerms:
    assert contract.line_id is not None
    return terms_of(customer, month).lines[contract.line_id]


def allowances(line: LineTerms) -> list[tuple[str, int, int, int]]:
    return [(one.bundle.code, one.bundle.size, one.from_us, one.to_us) for one in line.allowances]


def codes(line: LineTerms) -> list[tuple[int, str]]:
    return [(start, tariff.code) for start, tariff in line.tariffs]


def test_a_plan_gives_its_tariff_and_full_allowances() -> None:
    bora = cast.bora_mobile()
    group = terms_of(bora, MAY)
    line = of_line(bora, bora.contract, MAY)
    whole = (us(MAY), us(JUNE))
    assert codes(line) == [(us(MAY), "vlinder-25@2015-01-01")]
    assert allowances(line) == [
        ("data-home", 25 * GB, *whole),
        ("sms-home", 1000, *whole),
        ("voice-home", 500 * 60, *whole),
    ]
    assert line.existed == (us(date(2026, 4, 2)), ALWAYS[1])
    assert (group.country, group.zone, group.thresholds) == ("BE", ZONE, (75, 90, 100))
    assert group.holidays >= {date(2026, 5, 1), date(2026, 5, 14), date(2026, 5, 25)}
    assert group.late_free_us == us(date(2026, 9, 1))
