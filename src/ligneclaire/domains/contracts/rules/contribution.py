"""What an employer contributes to a line with split bill: five types (W-54), and `all`, which is no split bill."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from ligneclaire.kernel.facts import Percent, Price

Category = Literal["subscription", "voice", "data", "messages", "other"]
UsageType = Literal[
    "voice-national", "voice-international", "voice-roaming", "sms-national", "sms-international", "sms-roaming", "mms",
    "data-national", "data-roaming", "special-number", "sms-parking", "premium", "option", "subscription",
]  # fmt: skip
_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True)
class FixedAmount:
    """Up to an amount a month of what it covers; what is not used lapses (SPL-03)."""

    __pydantic_config__ = _STRICT

    amount: Price
    type: Literal["amount"] = "amount"


@dataclass(frozen=True, slots=True)
class Percentage:
    """A percentage of what it covers, at most `cap` a month when there is one."""

    __pydantic_config__ = _STRICT

    percent: Percent
    cap: Price | None = None
    type: Literal["percentage"] = "percentage"


Simple = Annotated[FixedAmount | Percentage, Field(discriminator="type")]


@dataclass(frozen=True, slots=True)
class PerCategory:
    """A contribution for each category that it names; what it does not name is the employee's (SPL-10)."""

    __pydantic_config__ = _STRICT

    categories: Annotated[dict[Category, Simple], Field(min_length=1)]
    type: Literal["per-category"] = "per-category"


@dataclass(frozen=True, slots=True)
class PerUsageType:
    """A contribution for each usage type that it names; what it does not name is the employee's (SPL-10)."""

    __pydantic_config__ = _STRICT

    usage_types: Annotated[dict[UsageType, Simple], Field(min_length=1)]
    type: Literal["per-usage-type"] = "per-usage-type"


@dataclass(frozen=True, slots=True)
class Except:
    """An exception of a combination: its own contribution for one usage type."""

    __pydantic_config__ = _STRICT

    usage_type: UsageType
    contribution: Simple


def _each_once(exceptions: list[Except]) -> list[Except]:
    if len({one.usage_type for one in exceptions}) < len(exceptions):
        raise PydanticCustomError("twice", "a usage type twice")
    return exceptions


@dataclass(frozen=True, slots=True)
class Combination:
    """A default for all that the exceptions do not name."""

    __pydantic_config__ = _STRICT

    default: Simple
    exceptions: Annotated[list[Except], AfterValidator(_each_once)]
    type: Literal["combination"] = "combination"


@dataclass(frozen=True, slots=True)
class Everything:
    """The employer pays all: no split bill (SPL-01)."""

    __pydantic_config__ = _STRICT

    type: Literal["all"] = "all"


Contribution = Annotated[
    FixedAmount | Percentage | PerCategory | PerUsageType | Combination | Everything, Field(discriminator="type")
]
_READER: TypeAdapter[Any] = TypeAdapter(Contribution)


class WrongContribution(ValueError):
    """None of the five types; the message names the place that is wrong."""


def read(value: object) -> Contribution:
    """The contribution out of parsed JSON, as the decision split-bill takes it. Raises WrongContribution."""
    try:
        found: Contribution = _READER.validate_python(value)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors(include_url=False)[0]["loc"])
        raise WrongContribution(place or "contribution") from None
    return found


def written(contribution: Contribution) -> dict[str, Any]:
    """As JSON, without what is absent: `read` gives the same value back."""
    found: dict[str, Any] = _READER.dump_python(contribution, mode="json", exclude_none=True)
    return found
