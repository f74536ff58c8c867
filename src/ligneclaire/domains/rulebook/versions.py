"""Which version of a policy holds: by key, day, contract and scope, within the law of the country."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any, TypeVar

from ligneclaire.domains.rulebook import decode
from ligneclaire.domains.rulebook.law import Entry
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.policy import Clip, InForce, Law, declaration_of

T = TypeVar("T")
SCOPES = ("contract", "account", "segment", "offer", "legal_entity", "operator", "country", "common")


@dataclass(frozen=True, slots=True)
class Version:
    """The values of one policy, from a day until (without) another, for one scope.

    `contracts_from`: holds only for contracts signed on that day or later. `all_from`: from that day on it holds for
    running contracts too. Without both it holds for all.
    """

    key: str
    value: object
    effective_from: date
    effective_until: date | None = None
    scope: str = "operator"
    scope_value: str = ""
    contracts_from: date | None = None
    all_from: date | None = None

    def __post_init__(self) -> None:
        if self.effective_until is not None and self.effective_until <= self.effective_from:
            raise ValueError(f"ends ({self.effective_until}) before it starts ({self.effective_from})")
        if self.scope not in SCOPES:
            raise ValueError(f"unknown scope {self.scope!r}")
        if self.all_from is not None and self.contracts_from is None:
            raise ValueError("all_from needs contracts_from")

    @property
    def source(self) -> str:
        """The key and the version, as steps show it."""
        return f"{self.key}@{self.effective_from.isoformat()}"

    def covers(self, day: date) -> bool:
        """Whether the day lies in its dates."""
        return self.effective_from <= day and (self.effective_until is None or day < self.effective_until)

    def binds(self, day: date, contract_on: date | None) -> bool:
        """Whether it counts for a contract of that date (None: nothing signed yet, so a new one)."""
        if self.contracts_from is None or contract_on is None or contract_on >= self.contracts_from:
            return True
        return self.all_from is not None and day >= self.all_from

    def overlaps(self, other: Version) -> bool:
        """Whether a day lies in the dates of both."""
        mine, other_end = self.effective_until or date.max, other.effective_until or date.max
        return self.effective_from < other_end and other.effective_from < mine


@dataclass(frozen=True, slots=True)
class Where:
    """What a policy is asked for: the narrower scopes that apply, each optional."""

    contract: str | None = None
    account: str | None = None
    segment: str | None = None
    offer: str | None = None
    legal_entity: str | None = None
    operator: str | None = None
    country: str | None = None

    def matches(self, version: Version) -> bool:
        """Whether a version's scope is one of these."""
        if version.scope == "common" or (version.scope == "operator" and not version.scope_value):
            return True
        return bool(getattr(self, version.scope) == version.scope_value)


def overlapping(versions: Iterable[Version]) -> list[tuple[Version, Version]]:
    """Pairs of versions of one key and scope whose dates overlap, in order."""
    ordered = sorted(versions, key=lambda one: (one.key, one.scope, one.scope_value, one.effective_from))
    return [
        (first, second)
        for first, second in pairwise(ordered)
        if (first.key, first.scope, first.scope_value) == (second.key, second.scope, second.scope_value)
        and first.overlaps(second)
    ]


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All versions that one operator knows, with the law of its country. `tried` overrides single fields."""

    versions: tuple[Version, ...]
    laws: tuple[Entry, ...]
    where: Where = field(default_factory=Where)
    tried: Mapping[str, Any] = field(default_factory=dict)

    def at(self, **scopes: str | None) -> Rulebook:
        """The same rulebook, asked for narrower scopes: at(segment="consumer", offer="fibre")."""
        return replace(self, where=replace(self.where, **scopes))

    def trying(self, values: Mapping[str, Any]) -> Rulebook:
        """The same rulebook with single fields overridden, to try a policy before it is published."""
        return replace(self, tried=dict(values))

    def law(self, law_id: str, day: date) -> Law | None:
        """The entry of the law in force on a day, whatever the country; None when there was none."""
        found = next((entry for entry in self.laws if entry.id == law_id and entry.covers(day)), None)
        return found.as_law() if found else None

    def in_force(self, cls: type[T], day: date, contract_on: date | None = None) -> InForce[T] | None:
        """The version that counts on a day, narrowest scope first, within the law; None when there is none.

        Raises decode.NotBuilt when a tried value is refused by the policy class.
        """
        version = self.version(declaration_of(cls).key, day, contract_on)
        if version is None:
            return None
        value: Any = version.value
        tried = {name: raw for name, raw in self.tried.items() if name in declaration_of(cls).rules}
        if tried:
            value = _tried(cls, decode.to_plain(value), tried)
        clipped, clips = clip(value, self.laws, self.where.country, day)
        return InForce(clipped, version.source + ("+tried" if tried else ""), clips)

    def version(self, key: str, day: date, contract_on: date | None = None) -> Version | None:
        """The version that counts on a day for a contract of that date: narrowest scope first."""
        mine = [one for one in self.versions if one.key == key and self.where.matches(one)]
        for scope in SCOPES:
            found = _of_scope([one for one in mine if one.scope == scope], day, contract_on)
            if found is not None:
                return found
        return None


def _tried(cls: type[T], plain: Mapping[str, Any], tried: Mapping[str, Any]) -> T:
    """The policy with tried values. Raises decode.NotBuilt naming tried fields alone, not those they quarrel with."""
    try:
        return decode.build(cls, {**plain, **tried})
    except decode.NotBuilt as error:
        reason = "; ".join(reason for _, reason in error.faults)
        guilty = [name for name in tried if not _fits(cls, {**plain, name: tried[name]})] or list(tried)
        raise decode.NotBuilt(*((name, reason) for name in guilty)) from None


def _fits(cls: type, plain: Mapping[str, Any]) -> bool:
    try:
        decode.build(cls, plain)
    except decode.NotBuilt:
        return False
    return True


def _of_scope(versions: list[Version], day: date, contract_on: date | None) -> Version | None:
    """The latest version that began and binds the contract; one that was passed over keeps its predecessor alive."""
    passed_over = False
    for version in sorted(versions, key=lambda one: one.effective_from, reverse=True):
        if version.effective_from > day:
            continue
        if not version.binds(day, contract_on):
            passed_over = True
        elif version.covers(day) or passed_over:
            return version
        else:
            return None
    return None


def clip(value: T, laws: Iterable[Entry], country: str | None, day: date) -> tuple[T, tuple[Clip, ...]]:
    """A policy value bounded by the law of the country on a day, with what was bounded."""
    clips: list[Clip] = []
    for entry in laws:
        if entry.country not in (country, "EU") or not entry.covers(day):
            continue
        for bound in entry.bounds:
            if not hasattr(value, bound.field):
                continue
            before = getattr(value, bound.field)
            after = bound.apply(before)
            if after != before:
                value = replace(value, **{bound.field: after})  # type: ignore[type-var]
                clips.append(Clip(bound.field, _text(before), _text(after), entry.id))
    return value, tuple(clips)


def _text(value: int | Decimal | Money) -> str:
    return str(decode.to_plain(value))
