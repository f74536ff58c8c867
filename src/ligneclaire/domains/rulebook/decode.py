"""From TOML or JSON to a policy class: strict, with every fault by its field."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, time
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

from pydantic_core import PydanticCustomError

from ligneclaire.kernel.facts import parse_percent, percent_text
from ligneclaire.kernel.money import Money, _from_json

T = TypeVar("T")


class NotBuilt(ValueError):
    """A value that its class refuses: (field, reason) for each fault."""

    def __init__(self, *faults: tuple[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {reason}" if field else reason for field, reason in faults))
        self.faults = faults


def build(cls: type[T], raw: Mapping[str, Any]) -> T:
    """An instance of a policy class from plain values. Raises NotBuilt naming all fields that are wrong."""
    hints = hints_of(typing.cast(type, cls))
    known = {field.name for field in fields(cls)}  # type: ignore[arg-type]
    faults = [(key, "unknown key") for key in raw if key not in known]
    values: dict[str, Any] = {}
    for field in fields(cls):  # type: ignore[arg-type]
        if field.name not in raw:
            if field.default is MISSING:
                faults.append((field.name, "missing"))
            continue
        try:
            values[field.name] = value_of(hints[field.name], raw[field.name])
        except (ValueError, TypeError) as error:
            faults.append((field.name, str(error)))
    if faults:
        raise NotBuilt(*faults)
    try:
        return cls(**values)
    except ValueError as error:
        raise NotBuilt((_named(str(error), known), str(error))) from None


@cache
def hints_of(cls: type) -> dict[str, Any]:
    """The types of the fields of a policy class, by name."""
    return typing.get_type_hints(cls)


def value_of(kind: Any, raw: Any) -> Any:
    """One value of an annotated type. Raises ValueError with the reason."""
    origin = typing.get_origin(kind)
    if origin is tuple:
        if not isinstance(raw, list | tuple):
            raise ValueError("a list is wanted")
        return tuple(value_of(typing.get_args(kind)[0], item) for item in raw)
    if origin is typing.Literal:
        if raw not in typing.get_args(kind):
            raise ValueError(f"none of {', '.join(map(str, typing.get_args(kind)))}")
        return raw
    if origin in (typing.Union, types.UnionType):
        return value_of(next(arg for arg in typing.get_args(kind) if arg is not type(None)), raw)
    if is_dataclass(kind) and kind is not Money and isinstance(raw, Mapping):
        return build(typing.cast(type, kind), raw)
    return _plain(kind, raw)


def _plain(kind: Any, raw: Any) -> Any:
    if isinstance(raw, kind) and not (isinstance(raw, bool) and kind is not bool):
        return raw
    try:
        if kind is Money:
            return _from_json(raw)
        if kind is Decimal:
            return parse_percent(raw)
    except PydanticCustomError as error:
        raise ValueError(error.message()) from None
    if kind is time and isinstance(raw, str):
        return time.fromisoformat(raw)
    if kind is date and isinstance(raw, str):
        return date.fromisoformat(raw)
    wanted = {int: "a whole number", bool: "true or false", str: "a text"}.get(kind, kind.__name__)
    raise ValueError(f"{wanted} is wanted, not {raw!r}")


def to_plain(value: object) -> Any:
    """A policy value as JSON holds it, so that `build` gives it back."""
    if is_dataclass(value) and not isinstance(value, Money | type):
        return {field.name: to_plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple | list):
        return [to_plain(item) for item in value]
    if isinstance(value, Decimal):
        return percent_text(value)
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Money) else value


def _named(reason: str, known: set[str]) -> str:
    """The field that a constructor's reason begins with, else none."""
    first = reason.partition(" ")[0]
    return first if first in known else ""
