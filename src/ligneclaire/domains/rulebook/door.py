"""The door of the decisions: JSON in, JSON out, for the command line and the API alike. No clock, no Django."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from ligneclaire.domains.rulebook import decode, law, policy_tables
from ligneclaire.domains.rulebook.versions import Rulebook, Version, Where
from ligneclaire.kernel import decision, texts
from ligneclaire.kernel.because import Step
from ligneclaire.kernel.decision import Context, Decision, Facts, Fault, Plans, Refused, refuse
from ligneclaire.kernel.facts import parse_day, parse_stamp
from ligneclaire.kernel.money import TooLarge
from ligneclaire.kernel.policy import declaration_of_field, field_names

CODE = re.compile(r"[a-z][a-z0-9-]{0,31}")  # of an operator
LITERALS: Mapping[str, bool | None] = {"true": True, "false": False, "null": None}  # how steps write what is no text


@dataclass(frozen=True, slots=True)
class KnownOperator:
    """What a decision needs to know of an operator: where it is, how it speaks, its own policy versions."""

    code: str
    country: str
    zone: ZoneInfo
    languages: tuple[str, ...]
    customers: str
    versions: tuple[Version, ...]
    plans: Plans | None = None


class Operators(Protocol):
    """Where operators are found: a folder of folders, or the database."""

    def find(self, code: str) -> KnownOperator | None:
        """The operator of that code, or None."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How a question is put: by the command's options or the address's parameters, and the moment of asking.

    `operator` wins over the facts, and they over `host_operator`, the operator of the host name.
    """

    now: datetime
    operator: str | None = None
    on: str | None = None
    lang: str | None = None
    host_operator: str | None = None


def answer(name: str, data: object, asked: Asked, operators: Operators) -> dict[str, Any]:
    """The answer of one decision to one object of facts. Raises Refused with all faults of the facts."""
    found = decision_of(name)
    facts, context = _question(found, data, asked, operators)
    result, steps = decide(found, facts, context)
    answered = result.model_dump(mode="json")
    answered["because"] = [step_json(step, context.lang) for step in steps]
    return answered


def decide(found: Decision, facts: Facts, context: Context) -> tuple[decision.Answer, tuple[Step, ...]]:
    """Call the function of a decision; a tried policy value that its class refuses is a fault of the facts."""
    try:
        return found.decide(facts, context)
    except decode.NotBuilt as error:
        raise Refused(*_policy_faults(error)) from None
    except OverflowError:
        raise refuse("rulebook.fault.date-range", "facts") from None
    except TooLarge:
        raise refuse("rulebook.fault.money-range", "facts") from None


def decision_of(name: str) -> Decision:
    """The decision of that name. Refused when there is none."""
    try:
        return decision.decisions()[name]
    except KeyError:
        raise refuse("rulebook.fault.unknown-decision", name) from None


def context_of(found: Decision, facts: Facts, asked: Asked, operators: Operators) -> Context:
    """Everything that a decision may ask for: policies and law, day of asking, country, zone, language.

    Raises Refused with all that is wrong with the question, not only with the first.
    """
    faults: list[Fault] = []
    operator, lang, tried = None, "en", {}
    with _noted(faults):
        operator = _operator(asked.operator or facts.operator or asked.host_operator, operators)
    if operator and facts.country and facts.country != operator.country:
        faults.append(Fault("rulebook.fault.contradiction", "country", {"country": operator.country}))
    with _noted(faults):
        lang = language(asked.lang, operator)
    with _noted(faults):
        tried = _tried(found, facts.policy)
    country = operator.country if operator else facts.country
    context = Context(
        book=_book(operator, country, getattr(facts, "segment", None)).trying(tried),
        on=asked.now.date(),
        at=asked.now,
        lang=lang,
        operator=operator.code if operator else None,
        country_known=country,
        zone_known=operator.zone if operator else None,
        customers=operator.customers if operator else None,
        plans=operator.plans if operator else None,
    )
    with _noted(faults):
        at = _moment(asked, context.zone)
        context = replace(context, at=at, on=at.astimezone(context.zone).date())
    if faults:
        raise Refused(*faults)
    return context


def _question(found: Decision, data: object, asked: Asked, operators: Operators) -> tuple[Facts, Context]:
    """Facts and context; when the facts are refused, what is wrong with operator, policies and day is told as well."""
    try:
        facts = decision.read(found.facts, data)
    except Refused as refused:
        faults = list(refused.faults)
        named = {fault.fact for fault in faults}
        given = decision.without_nulls(data)
        with _noted(faults):
            context_of(found, _common_facts(given if isinstance(given, dict) else {}, named), asked, operators)
        raise Refused(*faults) from None
    return facts, context_of(found, facts, asked, operators)


def _common_facts(given: Mapping[str, Any], wrong: set[str]) -> Facts:
    """The facts that every decision knows, without those that are already refused."""
    kept = {key: given.get(key) for key in Facts.model_fields if key not in wrong}
    return Facts.model_construct(None, **kept)


@contextmanager
def _noted(faults: list[Fault]) -> Iterator[None]:
    """Note what is refused inside, and go on."""
    try:
        yield
    except Refused as refused:
        faults.extend(refused.faults)


def language(wanted: str | None, operator: KnownOperator | None) -> str:
    """The language asked for when it is known, else the operator's first, else English."""
    if wanted:
        if wanted not in texts.LANGUAGES:
            raise refuse("rulebook.fault.not-allowed", "lang", expected=", ".join(texts.LANGUAGES))
        return wanted
    return operator.languages[0] if operator else "en"


def step_json(step: Step, lang: str) -> dict[str, Any]:
    """A step as an answer shows it: its sentence in the language asked for, and its value as the answer has it."""
    value = LITERALS.get(step.value, step.value)
    return {"step": texts.say(step.code, lang, step.params), "rule": step.rule, "policy": step.policy, "value": value}


def parse_json(text: str) -> Any:
    """Parsed JSON; a key that stands twice in one object, NaN and what is not JSON are refused."""
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise refuse("rulebook.fault.not-json", "facts", reason=f"{error.msg} ({error.lineno}:{error.colno})") from None
    except RecursionError:
        raise refuse("rulebook.fault.not-json", "facts", reason="too deep") from None
    except ValueError:  # Python reads no integer of more than some thousand digits
        raise refuse("rulebook.fault.not-json", "facts", reason="too long a number") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise refuse("rulebook.fault.twice", key)
        found[key] = value
    return found


def _no_constant(name: str) -> Any:
    raise refuse("rulebook.fault.not-json", "facts", reason=name)


def _operator(code: str | None, operators: Operators) -> KnownOperator | None:
    if code is None:
        return None
    found = operators.find(code) if CODE.fullmatch(code) else None
    if found is None:
        raise refuse("rulebook.fault.unknown-operator", "operator", operator=code)
    return found


def _book(operator: KnownOperator | None, country: str | None, segment: str | None) -> Rulebook:
    own = operator.versions if operator else ()
    stored = any(version.scope == "common" for version in own)
    versions = own if stored else policy_tables.common() + own
    return Rulebook(versions, law.entries(), Where(country=country, segment=segment))


def _moment(asked: Asked, zone: ZoneInfo) -> datetime:
    """The moment of asking: `on` may be a day (then its first second, in the zone) or a timestamp."""
    from pydantic_core import PydanticCustomError

    if asked.on is None:
        return asked.now.astimezone(zone)
    try:
        if "T" in asked.on:
            return parse_stamp(asked.on).at
        return datetime.combine(parse_day(asked.on), time(), zone)
    except PydanticCustomError as error:
        raise refuse(f"rulebook.fault.{error.type.replace('_', '-')}", "on") from None


def _tried(found: Decision, values: Mapping[str, Any] | None) -> dict[str, Any]:
    """The overriding policy values of the facts, checked against the fields that this decision uses."""
    known = set(field_names(found.policies))
    faults = [Fault("rulebook.fault.unknown-policy", f"policy.{name}") for name in values or () if name not in known]
    for name, value in (values or {}).items():
        if name in known:
            faults += _wrong(name, value)
    if faults:
        raise Refused(*faults)
    return dict(values or {})


def _wrong(name: str, value: object) -> list[Fault]:
    declaration = declaration_of_field(name)
    hints = decode.hints_of(declaration.cls) if declaration else {}
    try:
        decode.value_of(hints[name], value)
    except (ValueError, TypeError) as error:
        return [Fault("rulebook.fault.bad-policy", f"policy.{name}", {"reason": str(error)})]
    return []


def _policy_faults(error: decode.NotBuilt) -> list[Fault]:
    return [
        Fault("rulebook.fault.bad-policy", f"policy.{field}" if field else "policy", {"reason": reason})
        for field, reason in error.faults
    ]
