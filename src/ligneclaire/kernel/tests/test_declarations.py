"""Policies are declared whole, states as pairs."""

from dataclasses import dataclass

import pytest

from ligneclaire.kernel.policy import Anchor, declared, policy
from ligneclaire.kernel.states import StateTable, TransitionRefused


def test_every_field_has_a_rule_and_a_name_of_its_own() -> None:
    with pytest.raises(TypeError, match="frozen"):
        policy("tests.loose", Anchor.NOW, days="C4")(type("Loose", (), {}))

    @dataclass(frozen=True, slots=True)
    class Unruled:
        made_up_days: int

    with pytest.raises(TypeError, match="made_up_days"):
        policy("tests.unruled", Anchor.NOW)(Unruled)


def test_field_names_are_unique_over_all_classes() -> None:
    names = [name for found in declared().values() for name in found.rules]
    assert len(names) == len(set(names))


def test_only_listed_transitions_happen() -> None:
    table = StateTable("invoice", [("draft", "issued"), ("draft", "discarded")])
    table.check("draft", "issued")
    assert table.following("draft") == {"issued", "discarded"}
    with pytest.raises(TransitionRefused, match="issued"):
        table.check("issued", "draft")
