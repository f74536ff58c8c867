"""Policies: every number that an operator may want to change, as frozen dataclasses beside their owners.

    @policy("billing.calendar", Anchor.PERIOD_START, invoice_day="BIL-05", debit_day="PAY-02")
    @dataclass(frozen=True, slots=True)
    class BillingCalendar:
        invoice_day: int
        debit_day: int

The constructor rejects nonsense (ValueError). Values live in the rulebook, by effective date and scope.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from ligneclaire.kernel.because import Step, step

T = TypeVar("T")
_DECLARED: dict[str, Declaration] = {}
_BY_CLASS: dict[type, Declaration] = {}


class Anchor(Enum):
    """The moment whose policy version counts."""

    SIGNED = "signed"
    EVENT = "event"
    RECEIVED = "received"
    PERIOD_START = "period-start"
    ISSUED = "issued"
    NOW = "now"


@dataclass(frozen=True, slots=True)
class Declaration:
    """A policy class with its key, its anchor and the rule that each of its fields carries out."""

    key: str
    anchor: Anchor
    rules: Mapping[str, str]
    cls: type

    @property
    def summary(self) -> str:
        """The first line of the class's docstring."""
        return (self.cls.__doc__ or "").strip().partition("\n")[0]


def policy(key: str, anchor: Anchor, **rules: str) -> Callable[[type[T]], type[T]]:
    """Declare a policy class: its dotted key, its anchor, and one rule id per field.

    Raises TypeError when a field has no rule, or when another class already has a field of that name: names are unique
    over all classes, so that `policy` in the facts of a decision can name a field alone.
    """

    def declare(cls: type[T]) -> type[T]:
        if not is_dataclass(cls) or not cls.__dataclass_params__.frozen:  # type: ignore[attr-defined]
            raise TypeError(f"{cls.__name__} is not a frozen dataclass")
        names = {field.name for field in fields(cls)}
        if names != set(rules):
            raise TypeError(f"{key}: every field names its rule; these differ: {sorted(names ^ set(rules))}")
        for other in _DECLARED.values():
            if other.key != key and names & set(other.rules):
                raise TypeError(f"{key} and {other.key} share {sorted(names & set(other.rules))}")
        declaration = Declaration(key, anchor, MappingProxyType(dict(rules)), cls)
        _DECLARED[key] = _BY_CLASS[cls] = declaration
        return cls

    return declare


@cache
def discover(module: str = "policies") -> None:
    """Import that module of every domain that has it, so that what it declares is known. Looks once a process."""
    domains = Path(__file__).resolve().parent.parent / "domains"
    for folder in sorted(domains.iterdir()):
        if (folder / f"{module}.py").is_file():
            importlib.import_module(f"ligneclaire.domains.{folder.name}.{module}")


def declared() -> Mapping[str, Declaration]:
    """All policy classes of the product, by key."""
    discover()
    return MappingProxyType(dict(sorted(_DECLARED.items())))


def declaration_of(cls: type) -> Declaration:
    """The declaration of one class. Raises KeyError when it was never declared."""
    return _BY_CLASS[cls]


def declaration_of_field(name: str) -> Declaration | None:
    """The class that owns a field name, or None."""
    return next((found for found in declared().values() if name in found.rules), None)


@dataclass(frozen=True, slots=True)
class Clip:
    """A policy value that the law bounded: both are shown."""

    field: str
    policy_value: str
    law_value: str
    law: str


@dataclass(frozen=True, slots=True)
class InForce(Generic[T]):
    """A policy as it holds on a day: its value, already within the law, and where it comes from.

    `source` is "key@effective-from", with "+tried" when a value was overridden to try it out.
    """

    value: T
    source: str
    clips: tuple[Clip, ...] = ()

    def clip_of(self, field: str) -> Clip | None:
        """How the law bounded that field, or None."""
        return next((clip for clip in self.clips if clip.field == field), None)

    def step(self, code: str, rule: str, value: object, **params: object) -> Step:
        """A step of an explanation that this policy decided."""
        return step(code, rule, value, self.source, **params)


@dataclass(frozen=True, slots=True)
class Law:
    """One entry of the law on one day: its id, its numbers, its dates and how sure the source is."""

    id: str
    values: Mapping[str, Any]
    effective_from: date
    effective_until: date | None
    source: str
    confidence: str

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    @property
    def text(self) -> str:
        """The entry and the version, as steps show it."""
        return f"{self.id}@{self.effective_from.isoformat()}"


def field_names(classes: Iterable[type]) -> tuple[str, ...]:
    """All field names of some policy classes, sorted."""
    return tuple(sorted(field.name for cls in classes for field in fields(cls)))
