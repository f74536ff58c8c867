"""What an employer contributes, in sentences for the employee and the manager."""

from __future__ import annotations

import re

from ligneclaire.domains.contracts.rules import contribution as contributions
from ligneclaire.domains.contracts.rules.contribution import (
    Combination,
    FixedAmount,
    PerCategory,
    Percentage,
    PerUsageType,
)
from ligneclaire.kernel import texts
from ligneclaire.kernel.facts import percent_text

Lines = tuple[str, ...]


def in_words(contribution: object, lang: str) -> Lines:
    """One sentence for each thing that the employer pays: "Calls: up to €15.00 a month". Raises WrongContribution."""
    value = contributions.read(contribution)
    if isinstance(value, FixedAmount | Percentage):
        return (_one(value, texts.say("contracts.contribution.all", lang), lang),)
    if isinstance(value, PerCategory):
        return tuple(_one(one, _name("category", key, lang), lang) for key, one in value.categories.items())
    if isinstance(value, PerUsageType):
        return tuple(_one(one, _name("usage-type", key, lang), lang) for key, one in value.usage_types.items())
    if isinstance(value, Combination):
        named = [_one(one.contribution, _name("usage-type", one.usage_type, lang), lang) for one in value.exceptions]
        return (*named, _one(value.default, texts.say("contracts.contribution.rest", lang), lang))
    return ()  # everything: no split bill


def pays_whole_subscription(contribution: object) -> bool:
    """Whether the subscription is the employer's alone, because the contribution does not name it (SPL-10)."""
    value = contributions.read(contribution)
    if isinstance(value, PerCategory):
        return "subscription" not in value.categories
    if isinstance(value, PerUsageType):
        return "subscription" not in value.usage_types
    return not isinstance(value, Combination) or all(one.usage_type != "subscription" for one in value.exceptions)


def _name(kind: str, key: str, lang: str) -> str:
    return texts.say(f"contracts.{kind}.{key}", lang)


def _one(value: FixedAmount | Percentage, what: str, lang: str) -> str:
    if isinstance(value, FixedAmount):
        known = {"what": what, "amount": str(value.amount)}
        return _unbroken(texts.say("contracts.contribution.amount", lang, known))
    known = {"what": what, "percent": percent_text(value.percent)}
    if value.cap is None:
        return texts.say("contracts.contribution.percentage", lang, known)
    return _unbroken(texts.say("contracts.contribution.capped", lang, {**known, "cap": str(value.cap)}))


def _unbroken(sentence: str) -> str:
    """An amount and its currency stay on one line."""
    return re.sub(r"(?<=€)[ \u202f](?=\d)|(?<=\d)[ \u202f](?=€)", "\u00a0", sentence)
