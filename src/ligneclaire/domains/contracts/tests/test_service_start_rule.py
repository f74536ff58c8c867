"""The start of service as a pure rule: tables and properties."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ligneclaire.domains.contracts.policies import ServiceStart
from ligneclaire.domains.contracts.rules.service_start import StartFacts, service_start
from ligneclaire.kernel import texts
from ligneclaire.kernel.policy import InForce

TERMS = InForce(ServiceStart(30), "contracts.service_start@2015-01-01")
DAYS = st.dates(date(2015, 1, 1), date(2035, 12, 31))
JUNE = [date(2026, 6, day) for day in range(1, 31)]


@pytest.mark.rule("BIL-01", "BIL-02", "BIL-12", "C4")
@pytest.mark.parametrize(
    ("connected", "received", "held", "expected", "rule"),
    [
        (date(2026, 6, 12), date(2026, 6, 9), 0, date(2026, 6, 12), "BIL-01"),
        (None, date(2026, 6, 9), 0, date(2026, 7, 9), "BIL-02"),
        (date(2026, 7, 20), date(2026, 6, 9), 0, date(2026, 7, 9), "BIL-02"),
        (date(2026, 7, 9), date(2026, 6, 9), 0, date(2026, 7, 9), "BIL-01"),
        (None, date(2026, 6, 9), 5, date(2026, 7, 14), "BIL-02"),
        (date(2026, 6, 12), None, 5, date(2026, 6, 12), "BIL-01"),
        (None, date(2024, 1, 31), 0, date(2024, 3, 1), "BIL-02"),
        (None, date(2026, 1, 30), 0, date(2026, 3, 1), "BIL-02"),
    ],
)
def test_the_earlier_of_connection_and_thirty_days_after_the_kit(
    connected: date | None, received: date | None, held: int, expected: date, rule: str
) -> None:
    start = service_start(StartFacts(connected, received, held_days=held), TERMS)
    assert start is not None
    assert (start.on, start.because[-1].rule) == (expected, rule)
    assert start.because[-1].value == expected.isoformat()


@pytest.mark.rule("BIL-02")
def test_the_days_are_the_policys() -> None:
    shorter = InForce(ServiceStart(10), "contracts.service_start@2026-01-01")
    start = service_start(StartFacts(equipment_received_on=JUNE[8]), shorter)
    assert start is not None
    assert start.on == JUNE[18]
    assert start.because[0].policy == "contracts.service_start@2026-01-01"


def test_nothing_starts_by_itself() -> None:
    assert service_start(StartFacts(), TERMS) is None


def test_the_source_of_the_connection_is_named_in_each_language() -> None:
    start = service_start(StartFacts(JUNE[11], source="RADIUS 8f21"), None)
    assert start is not None
    said = [texts.say(start.because[0].code, lang, start.because[0].params) for lang in ("fr", "nl", "en")]
    assert said == [
        "Le réseau a enregistré la première connexion le 12 juin 2026 (RADIUS 8f21).",
        "Het netwerk zag de eerste verbinding op 12 juni 2026 (RADIUS 8f21).",
        "The network recorded the first connection on 12 June 2026 (RADIUS 8f21).",
    ]


def test_a_receipt_without_terms_is_a_fault_of_the_caller() -> None:
    with pytest.raises(ValueError, match="judged by a policy"):
        service_start(StartFacts(equipment_received_on=JUNE[8]), None)
    with pytest.raises(ValueError, match="negative"):
        StartFacts(held_days=-1)


@pytest.mark.rule("BIL-01", "BIL-02")
@given(st.none() | DAYS, st.none() | DAYS, st.none() | DAYS, st.integers(0, 60))
def test_it_is_one_of_the_days_and_never_after_any(
    connected: date | None, received: date | None, installed: date | None, held: int
) -> None:
    start = service_start(StartFacts(connected, received, installed, held), TERMS)
    latest = received + timedelta(days=30 + held) if received else None
    known = [day for day in (connected, installed, latest) if day]
    assert (start.on if start else None) == (min(known) if known else None)
    if start:
        assert start.because[-1].value == start.on.isoformat()
        assert all(texts.say(one.code, lang, one.params) for one in start.because for lang in texts.LANGUAGES)


@given(DAYS, DAYS, st.integers(0, 60), st.integers(1, 400))
def test_an_earlier_connection_never_makes_it_later(connected: date, received: date, held: int, sooner: int) -> None:
    late = service_start(StartFacts(connected, received, held_days=held), TERMS)
    soon = service_start(StartFacts(connected - timedelta(days=sooner), received, held_days=held), TERMS)
    assert late is not None
    assert soon is not None
    assert soon.on <= late.on
