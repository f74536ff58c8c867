"""Decisions: rules with an outside door. One function serves the bill run, the page, the API and the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Literal, Protocol, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, ValidationError

from ligneclaire.kernel import policy, texts
from ligneclaire.kernel.because import Step
from ligneclaire.kernel.policy import InForce, Law

T = TypeVar("T")
Country = Literal["BE", "FR"]
Segment = Literal["consumer", "business"]
_DECISIONS: dict[str, Decision] = {}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a fact: `code` names the sentence, `fact` the place, like "options[0].monthly_price"."""

    code: str
    fact: str
    params: Mapping[str, str | int] = field(default_factory=dict)

    def message(self, lang: str) -> str:
        """One line that names the fact."""
        return f"{self.fact}: {texts.say(self.code, lang, self.params)}"

    def to_json(self, lang: str) -> dict[str, str]:
        """As the API and the command line print it; the code is the last part of the sentence's code."""
        return {"code": self.code.rpartition(".")[2], "fact": self.fact, "message": self.message(lang)}


class Refused(Exception):
    """The facts can't be decided on: the list of what is wrong with them."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(f"{fault.fact}: {fault.code}" for fault in faults))
        self.faults = faults


def refuse(code: str, fact: str, **params: str | int) -> Refused:
    """A refusal with one fault, to be raised."""
    return Refused(Fault(code, fact, params))


class Record(BaseModel):
    """The base of everything that JSON may say: nothing unknown, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, ser_json_temporal="iso8601")


class Facts(Record):
    """The facts of a decision, with those that every decision knows.

    `operator` gives the policies, `country` the law (default: the operator's), `policy` overrides single policy values.
    """

    operator: str | None = None
    country: Country | None = None
    policy: dict[str, Any] | None = None

    def check(self) -> Iterable[Fault]:
        """What is wrong although each fact alone is right. Overridden by the decisions that need it."""
        return ()


class Answer(Record):
    """The answer of a decision, without its steps: those are added by the door."""


class Book(Protocol):
    """Where policies and law come from: the rulebook, read from folders or from the database."""

    def in_force(self, cls: type[T], day: date, contract_on: date | None = None) -> InForce[T] | None:
        """The policy of that day within the law, or None."""

    def law(self, law_id: str, day: date) -> Law | None:
        """The entry of the law of that day, or None."""


@dataclass(frozen=True, slots=True)
class Plan:
    """An offer as it prices usage on a day: its rate deck and its usage terms, as the catalogue keeps them."""

    code: str
    deck: Mapping[str, Any]
    terms: Mapping[str, Any]


class Plans(Protocol):
    """Where plans come from: the operator's folder, or the database."""

    def plan(self, code: str, day: date) -> Plan | None:
        """The plan of that code as it is on a day, or None."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a decision may ask for besides its facts. Reads no clock: `on` and `at` are given."""

    book: Book
    on: date
    at: datetime
    lang: str = "en"
    operator: str | None = None
    country_known: str | None = None
    zone_known: ZoneInfo | None = None
    customers: str | None = None
    plans: Plans | None = None

    def prices(self, segment: str | None = None) -> str | None:
        """How prices are given: "inclusive" to a person, "exclusive" to a business (C1).

        Without a segment: as the operator mostly sells, else as the country does; None when nothing says it.
        """
        of_segment = {"consumer": "inclusive", "business": "exclusive"}
        known = segment or self.customers
        if known:
            return of_segment[known]
        return {"FR": "inclusive", "BE": "exclusive"}.get(self.country_known or "")

    @property
    def country(self) -> str:
        """The country of the facts or the operator. Refused when neither says it."""
        if self.country_known is None:
            raise refuse("rulebook.fault.missing", "country")
        return self.country_known

    @property
    def zone(self) -> ZoneInfo:
        """The operator's zone, else that of the country; Paris and Brussels keep the same hours."""
        return self.zone_known or ZoneInfo("Europe/Paris" if self.country_known == "FR" else "Europe/Brussels")

    def policy(self, cls: type[T], day: date, contract_on: date | None = None) -> InForce[T]:
        """The policy in force on the day that counts. Refused when there is none."""
        found = self.book.in_force(cls, day, contract_on)
        if found is None:
            key = policy.declaration_of(cls).key
            raise refuse("rulebook.fault.no-policy", "policy", key=key, on=day.isoformat())
        return found

    def plan(self, code: str, day: date) -> Plan:
        """The operator's plan on a day. Refused when it has none of that code, or when nobody says whose it is."""
        if self.plans is None:
            raise refuse("rulebook.fault.missing", "operator")
        found = self.plans.plan(code, day)
        if found is None:
            raise refuse("rulebook.fault.unknown-plan", "plan", plan=code, on=day.isoformat())
        return found

    def law(self, law_id: str, day: date) -> Law | None:
        """The entry of the law in force on a day, or None when there was none yet."""
        return self.book.law(law_id, day)

    def say(self, code: str, **params: str | int) -> str:
        """A label in the language asked for."""
        return texts.say(code, self.lang, params)


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision: its name, one line, what it enforces, its facts, its answer and the function between them."""

    name: str
    summary: str
    rules: tuple[str, ...]
    facts: type[Facts]
    answer: type[Answer]
    decide: Callable[[Any, Context], tuple[Answer, tuple[Step, ...]]]
    policies: tuple[type, ...]
    example: Mapping[str, Any]
    example_operator: str
    example_on: date


def decision(
    name: str,
    summary: str,
    *,
    rules: tuple[str, ...],
    facts: type[Facts],
    answer: type[Answer],
    example: Mapping[str, Any],
    example_operator: str,
    example_on: date = date(2026, 6, 1),
    policies: tuple[type, ...] = (),
) -> Callable[[Callable[[Any, Context], tuple[Answer, tuple[Step, ...]]]], Callable[..., Any]]:
    """Register a function (facts, context) -> (answer, steps) as a decision under its outside name."""

    def register(function: Callable[[Any, Context], tuple[Answer, tuple[Step, ...]]]) -> Callable[..., Any]:
        if name in _DECISIONS and _DECISIONS[name].decide.__module__ != function.__module__:
            raise TypeError(f"two decisions are called {name}")
        _DECISIONS[name] = Decision(
            name, summary, rules, facts, answer, function, policies, example, example_operator, example_on
        )
        return function

    return register


def decisions() -> Mapping[str, Decision]:
    """All decisions of the product, by name."""
    policy.discover("decisions")
    return MappingProxyType(dict(sorted(_DECISIONS.items())))


def read(model: type[Facts], data: object) -> Facts:
    """The facts out of parsed JSON. Raises Refused with one fault for each thing that is wrong; null is absent."""
    if not isinstance(data, dict):
        raise refuse("rulebook.fault.not-an-object", "facts")
    unknown = [key for key, value in data.items() if value is None and key not in model.model_fields]
    wrong = [Fault("rulebook.fault.unknown", key) for key in unknown]
    try:
        facts = model.model_validate(without_nulls(data))
    except ValidationError as error:
        raise Refused(*(_fault(one, data) for one in error.errors(include_url=False)), *wrong) from None
    if wrong:
        raise Refused(*wrong)
    faults = tuple(facts.check())
    if faults:
        raise Refused(*faults)
    return facts


def without_nulls(value: object) -> object:
    """The same JSON without the keys whose value is null."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value]
    return value


_FAULTS = {
    "missing": "missing",
    "extra_forbidden": "unknown",
    "unexpected_keyword_argument": "unknown",
    "literal_error": "not-allowed",
    "union_tag_invalid": "not-allowed",
    "union_tag_not_found": "missing",
    "greater_than_equal": "too-small",
    "greater_than": "too-small",
    "less_than_equal": "too-large",
    "less_than": "too-large",
    "too_short": "too-few",
    "too_long": "too-many",
    "string_too_short": "empty",
    "string_too_long": "too-long",
    "twice": "twice",
}


def _fault(error: Any, data: object) -> Fault:
    """One error of pydantic as our fault: its own sentence, its place as people write it."""
    kind, context = error["type"], error.get("ctx", {})
    params = {key: str(value) for key, value in context.items() if key in ("ge", "le", "gt", "lt", "expected")}
    if kind in _FAULTS:
        code = _FAULTS[kind]
    elif "_" in kind and kind.split("_")[0] in ("money", "date", "time", "month", "percent", "price"):
        code = kind.replace("_", "-")
    else:
        code = {"int_type": "integer", "bool_type": "flag", "string_type": "text"}.get(kind, "type")
    if code in ("too-small", "too-large"):
        params = {"bound": next(iter(params.values()))}
    place = _place(error["loc"], data)
    if kind.startswith("union_tag"):
        place = (*place, context["discriminator"].strip("'"))
        params = {"expected": context.get("expected_tags", "")}
    return Fault(f"rulebook.fault.{code}", path_text(place), params)


def _place(loc: tuple[str | int, ...], data: object) -> tuple[str | int, ...]:
    """Where an error lies in the facts as they were written: without the sort of a value ("type"), which pydantic puts
    after the place of the value, and without its mark for a key."""
    found: list[str | int] = []
    here, entered = data, False
    for part in loc:
        sort = here.get("type") if isinstance(here, dict) and entered else None
        entered = sort != part
        if not entered or part == "[key]":
            continue
        found.append(part)
        if isinstance(here, dict):
            here = here.get(str(part))
        elif isinstance(here, list) and isinstance(part, int) and part < len(here):
            here = here[part]
        else:
            here = None
    return tuple(found)


def path_text(path: Iterable[str | int]) -> str:
    """The place of a fact as people write it: "options[0].monthly_price"."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text or "facts"
