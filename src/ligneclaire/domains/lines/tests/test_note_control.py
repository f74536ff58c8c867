"""What is said of a line's spending is written down: who, when, by which way, and why."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError
from tests import cast

from ligneclaire.domains.audit.models import AuditEntry
from ligneclaire.domains.lines import operations as lines
from ligneclaire.domains.lines.models import Control
from ligneclaire.domains.lines.rules import controls
from ligneclaire.domains.lines.rules.controls import AGREEMENT, BLOCK, CAP, Said
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.refusal import Refusal

pytestmark = pytest.mark.usefixtures("database")
AT = cast.moment(date(2026, 5, 10))


def say(bora: cast.Customer, **said: Any) -> Control:
    known = {"side": "company", "person": None, "channel": "portal", "on": True, "at": AT, "actor": "person:nora"}
    return lines.note_control(line=bora.contract.line, **(known | said))


def refused(bora: cast.Customer, said: dict[str, Any]) -> type[Refusal] | None:
    """By which refusal; None when it was kept."""
    try:
        say(bora, **said)
    except Refusal as refusal:
        return type(refusal)
    return None


@pytest.mark.rule("W-22", "W-32")
def test_a_cap_is_kept_with_who_said_it_and_audited() -> None:
    bora = cast.bora_mobile()
    with bora.acting():
        made = say(bora, kind=CAP, subject="own", amount=Money.of("30.00"), stops=True)
        assert (str(made.amount), made.stops, made.side, made.channel, made.at) == (
            "30.00",
            True,
            "company",
            "portal",
            AT,
        )
        entry = AuditEntry.objects.get(act="note_control")
        assert (entry.actor, entry.detail["kind"], entry.detail["on"]) == ("person:nora", "cap", "yes")


@pytest.mark.rule("W-22")
def test_what_makes_no_sense_is_refused_and_nothing_is_kept() -> None:
    bora = cast.bora_mobile()
    with bora.acting():
        for said, refusal in (
            ({"kind": CAP, "subject": "own"}, lines.WrongCap),
            ({"kind": CAP, "subject": "own", "amount": Money.of("-1.00")}, lines.WrongCap),
            ({"kind": CAP, "subject": "own", "amount": Money.of("0.005")}, lines.WrongCap),
            ({"kind": CAP, "subject": "own", "amount": Money.of("10000.01")}, lines.WrongCap),
            ({"kind": CAP, "subject": "roaming-eu", "amount": Money.of("1.00")}, lines.NoSuchControl),
            ({"kind": AGREEMENT, "subject": "domestic-be"}, lines.NoSuchControl),
            ({"kind": BLOCK, "subject": "own"}, lines.NoSuchControl),
            ({"kind": BLOCK, "subject": "line", "channel": "pigeon"}, lines.NoSuchControl),
            ({"kind": BLOCK, "subject": "line", "channel": "telephone", "why": " x "}, lines.NoReasonSaid),
        ):
            assert refused(bora, said) is refusal, said
            assert not Control.objects.exists(), said


def test_what_was_said_stays() -> None:
    bora = cast.bora_mobile()
    with bora.acting():
        made = say(bora, kind=BLOCK, subject="line", channel="telephone", why="the telephone is lost")
    with pytest.raises(DatabaseError, match="permission denied"), bora.acting():
        Control.objects.filter(pk=made.pk).update(on=False)


def of(number: int, at: int, *, on: bool = True, **more: Any) -> Said:
    return Said(number, AGREEMENT, "roaming-eu", on, "user", at, **more)


def test_times_go_from_each_word_to_the_next() -> None:
    said = (of(1, 10), of(2, 20, on=False), of(3, 30, until_us=50), of(4, 60), of(5, 60, on=False))
    assert controls.times_of(said, AGREEMENT, "roaming-eu", "user") == ((10, 20), (30, 50))
    assert controls.times_of(said, AGREEMENT, "roaming-eu", "company") == ()
    assert controls.without(((0, 100),), ((10, 20), (30, 50))) == ((0, 10), (20, 30), (50, 100))
    assert controls.without(((0, 100),), ((0, 200),)) == ()


def test_what_was_replaced_before_a_month_does_not_count_in_it() -> None:
    said = (of(1, 10), of(2, 20, on=False), of(3, 30), of(4, 60))
    assert [one.number for one in controls.since(said, 25)] == [3, 4]
    assert [one.number for one in controls.since(said, 40)] == [3, 4]
    assert [one.number for one in controls.since(said, 15)] == [1, 2, 3, 4]
    assert [one.number for one in controls.since(said, 60)] == [4]


def test_a_word_ends_with_the_say_of_who_said_it() -> None:
    said = controls.in_time([of(1, 10), *controls.ended([of(1, 10)], 40)])
    assert controls.times_of(said, AGREEMENT, "roaming-eu", "user") == ((10, 40),)
