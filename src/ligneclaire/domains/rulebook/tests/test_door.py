"""What holds for every decision: language, operator, examples, steps, faults."""

import re
import tomllib
from datetime import date, timedelta
from typing import Any

import pytest

from ligneclaire.domains.rulebook import door, schema
from ligneclaire.domains.rulebook.places import CHECKOUT, operators
from ligneclaire.domains.rulebook.tests.asking import NOON, ask, faults
from ligneclaire.kernel import texts
from ligneclaire.kernel.decision import decisions

NAMES = sorted(decisions())
RULES = {
    rule
    for section in tomllib.loads((CHECKOUT / "docs" / "rules.toml").read_text(encoding="utf-8")).values()
    for rule in section
}
WORDS = [
    ("consumer", "business"),
    ("inclusive", "exclusive"),
    ("termination", "exchange"),
    ("billing", "sales", "helpdesk"),
    ("telephony", "internet", "hardware"),
    ("customer", "identification", "traffic", "location", "call-recording", "web-log"),
]
CHEQUE = {"month": "2026-04", "received_on": "2026-04-09"}


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_answered_and_its_last_step_is_in_the_answer(name: str) -> None:
    found = schema.example(decisions()[name], operators())
    because = found["answer"]["because"]
    assert because
    result = {key: value for key, value in found["answer"].items() if key != "because"}
    assert because[-1]["value"] in values(result)
    for step in because:
        assert set(step) == {"step", "rule", "policy", "value"}
        assert step["rule"] in RULES


def values(value: Any) -> list[Any]:
    """All that a JSON value says, at any depth."""
    if isinstance(value, dict | list):
        return [one for item in (value.values() if isinstance(value, dict) else value) for one in values(item)]
    return [value]


def changed(value: Any) -> list[Any]:
    """Other values of the same kind, near this one."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1, 100]
    if isinstance(value, list):
        return [[other, *value[1:]] for other in changed(value[0])] if value else []
    if isinstance(value, dict):
        return [{**value, key: other} for key, item in value.items() if key != "label" for other in changed(item)]
    if re.fullmatch(r"\d+\.\d\d", value):
        return [f"{int(value[:-3]) + 1}{value[-3:]}"]
    if re.match(r"\d{4}-\d{2}-\d{2}", value):
        return [f"{day}{value[10:]}" for day in (date.fromisoformat(value[:10]) - timedelta(days=1),)]
    if re.fullmatch(r"\d{4}-\d{2}", value):
        return ["2026-09"]
    return [other for words in WORDS if value in words for other in words if other != value]


@pytest.mark.parametrize("name", NAMES)
def test_changing_a_fact_changes_a_step(name: str) -> None:
    found = decisions()[name]
    facts = {key: value for key, value in found.example.items() if key != "policy"}
    before = ask(name, facts, found.example_operator, found.example_on.isoformat())["because"]
    for key, value in facts.items():
        for other in changed(value):
            try:
                after = ask(name, {**facts, key: other}, found.example_operator, found.example_on.isoformat())
            except door.Refused:
                continue
            assert after["because"] != before, f"{key}: {other}"


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_prints_facts_answer_and_policies(name: str) -> None:
    found = schema.schema(decisions()[name], operators())
    assert set(found) == {"name", "summary", "rules", "facts", "answer", "example"}
    assert found["facts"]["additionalProperties"] is False
    assert "because" in found["answer"]["required"]
    assert set(found["example"]["facts"]) <= set(found["facts"]["properties"])


@pytest.mark.parametrize("name", NAMES)
def test_every_step_speaks_three_languages(name: str) -> None:
    found = decisions()[name]
    said = [
        door.answer(name, dict(found.example), door.Asked(NOON, found.example_operator, lang=lang), operators())
        for lang in texts.LANGUAGES
    ]
    rest = [[(step["value"], step["rule"], step["policy"]) for step in one["because"]] for one in said]
    assert rest[0] == rest[1] == rest[2]


@pytest.mark.parametrize("name", NAMES)
def test_unknown_facts_and_operators_are_refused(name: str) -> None:
    found = decisions()[name]
    facts = dict(found.example)
    assert faults(name, facts | {"colour": "blue"}, found.example_operator) == [("unknown", "colour")]
    assert faults(name, facts, "nobody") == [("unknown-operator", "operator")]
    assert faults(name, facts, "../rural") == [("unknown-operator", "operator")]
    assert faults(name, facts | {"policy": {"colour": 1}}, found.example_operator) == [
        ("unknown-policy", "policy.colour")
    ]
    assert ("not-an-object", "facts") in faults(name, "facts")


def test_all_that_is_wrong_is_named_at_once() -> None:
    wrong = {"month": 4, "country": "DE", "colour": None, "policy": {"shade": 1, "cheque_before": "10"}}
    assert faults("cheque", wrong, "nobody", "2026-02-30") == [
        ("bad-policy", "policy.cheque_before"),
        ("date-impossible", "on"),
        ("missing", "received_on"),
        ("month-type", "month"),
        ("not-allowed", "country"),
        ("unknown", "colour"),
        ("unknown-operator", "operator"),
        ("unknown-policy", "policy.shade"),
    ]
    assert faults("cheque", CHEQUE | {"country": "BE", "policy": {"shade": 1}}, "rural") == [
        ("contradiction", "country"),
        ("unknown-policy", "policy.shade"),
    ]
    assert faults("cheque", {"operator": 5, "policy": []}) == [
        ("missing", "month"),
        ("missing", "received_on"),
        ("text", "operator"),
        ("type", "policy"),
    ]


@pytest.mark.parametrize(
    ("fact", "value", "code"),
    [
        ("monthly_price", "\u0663\u0660.\u0660\u0660", "money-text"),
        ("from_on", "\u0662026-04-10", "date-text"),
        ("to_on", "2026-04-1\uff19", "date-text"),
    ],
)
def test_only_our_own_digits_are_digits(fact: str, value: str, code: str) -> None:
    facts = {"monthly_price": "30.00", "from_on": "2026-04-10", "to_on": "2026-04-19"}
    assert faults("pro-rata", facts | {fact: value}) == [(code, fact)]


def test_an_amount_beyond_all_money_is_a_fault() -> None:
    most = {"monthly_price": "99999999999.99", "from_on": "2020-01-01", "to_on": "2026-01-01"}
    assert faults("pro-rata", most) == [("money-range", "facts")]
    assert faults("vat", {"lines": [{"amount": "99999999999.99", "rate": 21}] * 11, "prices": "exclusive"}) == [
        ("money-range", "facts")
    ]


def test_the_operator_of_the_question_wins() -> None:
    assert ask("cheque", CHEQUE | {"operator": "nobody"}, "rural")["in_time"] is True
    assert faults("cheque", CHEQUE | {"operator": "nobody"}) == [("unknown-operator", "operator")]
    assert faults("cheque", CHEQUE | {"country": "BE"}, "rural") == [("contradiction", "country")]
    assert ask("cheque", CHEQUE | {"country": "FR"}, "rural")["in_time"] is True


def test_the_language_is_asked_for_else_the_operators_first() -> None:
    def last(operator: str | None, lang: str | None) -> str:
        found = door.answer("cheque", CHEQUE, door.Asked(NOON, operator, lang=lang), operators())
        return str(found["because"][-1]["step"])

    assert last("rural", None).startswith("Il est arrivé")
    assert last("fleet", None).startswith("Ze kwam aan")
    assert last(None, None).startswith("It arrived")
    assert last("rural", "nl").startswith("Ze kwam aan")


def test_null_is_absent_and_wrong_json_is_named() -> None:
    assert ask("cheque", CHEQUE | {"policy": None, "operator": None})["in_time"] is True
    assert faults("cheque", CHEQUE | {"received_on": None}) == [("missing", "received_on")]
    assert faults("cheque", CHEQUE | {"colour": None}) == [("unknown", "colour")]
    for text, code in (
        ("{", "not-json"),
        ('{"a": NaN}', "not-json"),
        ('{"a": 1, "a": 2}', "twice"),
        (f'{{"a": {"9" * 5000}}}', "not-json"),
        ("[" * 9999, "not-json"),
    ):
        with pytest.raises(door.Refused) as refused:
            door.parse_json(text)
        assert refused.value.faults[0].code == f"rulebook.fault.{code}"


@pytest.mark.parametrize(
    ("on", "code"),
    [
        ("2026-02-30", "date-impossible"),
        ("tomorrow", "date-text"),
        ("2026-06-01T10:00", "time-text"),
        ("0001-01-01", "date-range"),
    ],
)
def test_the_day_of_asking_is_a_day(on: str, code: str) -> None:
    assert faults("cheque", CHEQUE, "rural", on) == [(code, "on")]
