"""Which version of a policy holds: by date, contract, scope, within the law."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ligneclaire.domains.rulebook import decode, law, policy_tables
from ligneclaire.domains.rulebook.versions import SCOPES, Rulebook, Version, Where, overlapping
from ligneclaire.kernel.policy import Clip, InForce, declared

DAY = date(2026, 6, 1)

# Classes of domains above this one, by their keys.
BankChange: Any = declared()["accounts.bank_change"].cls
EarlyTermination: Any = declared()["contracts.early_termination"].cls
TerminationNotice: Any = declared()["contracts.notice"].cls
Withdrawal: Any = declared()["contracts.withdrawal"].cls
Retention: Any = declared()["privacy.retention"].cls


def terms(rate: int, start: str, until: str | None = None, **more: Any) -> Version:
    """A version of early termination with that reduced rate."""
    end = date.fromisoformat(until) if until else None
    value = EarlyTermination(12, Decimal(rate))
    return Version("contracts.early_termination", value, date.fromisoformat(start), end, **more)


def rate(book: Rulebook, day: date, contract_on: date | None = None) -> int | None:
    found = book.in_force(EarlyTermination, day, contract_on)
    return int(found.value.reduced_rate) if found else None


def test_a_version_holds_from_its_day_until_its_end() -> None:
    book = Rulebook((terms(25, "2015-01-01", "2023-01-01"), terms(20, "2023-01-01", "2024-01-01")), ())
    days = [date(2014, 12, 31), date(2015, 1, 1), date(2022, 12, 31), date(2023, 1, 1), date(2024, 1, 1)]
    assert [rate(book, day) for day in days] == [None, 25, 25, 20, None]


def test_running_contracts_keep_what_they_signed() -> None:
    """From 2026 for new contracts; for running ones from July on."""
    signed, running = date(2026, 2, 1), date(2025, 12, 31)
    new = terms(10, "2026-01-01", contracts_from=date(2026, 1, 1), all_from=date(2026, 7, 1))
    book = Rulebook((terms(25, "2015-01-01", "2026-01-01"), new), ())
    assert rate(book, date(2026, 3, 1), signed) == 10
    assert rate(book, date(2026, 3, 1), running) == 25
    assert rate(book, date(2026, 7, 1), running) == 10
    assert rate(book, date(2026, 3, 1)) == 10
    never = replace(new, all_from=None)
    assert rate(Rulebook((terms(25, "2015-01-01", "2026-01-01"), never), ()), date(2030, 1, 1), running) == 25


@pytest.mark.parametrize("narrow", range(len(SCOPES)))
def test_the_narrowest_scope_wins(narrow: int) -> None:
    values = {scope: "" if scope in ("operator", "common") else "x" for scope in SCOPES}
    versions = tuple(
        terms(index, "2015-01-01", scope=scope, scope_value=values[scope]) for index, scope in enumerate(SCOPES)
    )[narrow:]
    where = Where(contract="x", account="x", segment="x", offer="x", legal_entity="x", operator="x", country="x")
    assert rate(Rulebook(versions, (), where), DAY) == narrow
    assert rate(Rulebook(versions, (), Where()), DAY) == SCOPES.index("operator" if narrow <= 5 else "common")


def test_a_narrower_question_finds_a_narrower_version() -> None:
    book = Rulebook(
        (terms(25, "2015-01-01"), terms(5, "2020-01-01", "2026-01-01", scope="offer", scope_value="fibre")), ()
    )
    assert rate(book.at(offer="fibre"), date(2025, 1, 1)) == 5
    assert rate(book.at(offer="fibre"), DAY) == 25
    assert rate(book.at(offer="radio"), date(2025, 1, 1)) == 25


def test_overlaps_are_found_within_a_key_and_scope() -> None:
    first, second = terms(25, "2015-01-01"), terms(20, "2023-01-01")
    assert overlapping([second, first]) == [(first, second)]
    assert overlapping([terms(25, "2015-01-01", "2023-01-01"), second]) == []
    assert overlapping([first, terms(20, "2023-01-01", scope="offer", scope_value="fibre")]) == []


def test_a_version_that_ends_before_it_starts_can_not_be_made() -> None:
    with pytest.raises(ValueError, match="ends"):
        terms(25, "2023-01-01", "2023-01-01")
    with pytest.raises(ValueError, match="contracts_from"):
        terms(25, "2023-01-01", all_from=date(2023, 1, 1))


def in_country(country: str, **tried: Any) -> Rulebook:
    return Rulebook(policy_tables.common(), law.entries(), Where(country=country)).trying(tried)


def found(book: Rulebook, cls: type, day: date = DAY) -> InForce[Any]:
    value = book.in_force(cls, day)
    assert value is not None
    return value


@pytest.mark.rule("PRV-07", "L-FR-12")
def test_the_law_of_the_country_bounds_a_policy_and_both_are_shown() -> None:
    french = found(in_country("FR"), Retention)
    assert french.value.traffic_months == 12
    assert french.clip_of("traffic_months") == Clip("traffic_months", "24", "12", "L-FR-12")
    belgian = found(in_country("BE"), Retention)
    assert belgian.value.traffic_months == 24
    assert belgian.clip_of("traffic_months") is None


@pytest.mark.rule("L-FR-02", "L-FR-05")
def test_a_cap_and_a_floor() -> None:
    longer = found(in_country("FR", notice_days_termination=30), TerminationNotice)
    assert (longer.value.notice_days_termination, longer.source) == (10, "contracts.notice@2015-01-01+tried")
    assert found(in_country("FR", notice_days_termination=5), TerminationNotice).value.notice_days_termination == 5
    assert found(in_country("FR", withdrawal_days=3), Withdrawal).value.withdrawal_days == 14
    assert found(in_country("FR", withdrawal_days=30), Withdrawal).value.withdrawal_days == 30


def test_a_tried_value_must_make_sense() -> None:
    with pytest.raises(decode.NotBuilt, match="bank_change_before"):
        in_country("FR", bank_change_before=40).in_force(BankChange, DAY)


# Policies that came later; nothing is asked of them for the time before.
LATER = {"usage.ceilings": date(2026, 11, 22)}


def test_every_policy_has_a_common_version_and_survives_json() -> None:
    for version in policy_tables.common():
        plain = decode.to_plain(version.value)
        assert decode.build(type(version.value), plain) == version.value
        assert version.effective_from == LATER.get(version.key, date(2015, 1, 1))
