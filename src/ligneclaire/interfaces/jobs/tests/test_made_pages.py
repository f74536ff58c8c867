"""The pages that the program writes are current, and every proven rule is known."""

from ligneclaire.interfaces.jobs import docs, rules
from ligneclaire.kernel.decision import decisions
from ligneclaire.kernel.policy import declared


def test_made_pages_are_current() -> None:
    for path, text in docs.pages().items():
        assert path.read_text(encoding="utf-8") == text, "type `ligneclaire docs`"


def test_every_rule_that_is_named_is_known() -> None:
    known = {rule for section in rules.known_rules().values() for rule in section}
    named = {rule for found in decisions().values() for rule in found.rules}
    named |= {rule for found in declared().values() for rule in found.rules.values()}
    assert (named | set(rules.proofs())) - known == set()
