"""Steps of a `because` as a reader sees them: a sentence and where it comes from, in one language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from ligneclaire.journeys import formats
from ligneclaire.journeys.invoice_view import Reason
from ligneclaire.kernel import texts
from ligneclaire.kernel.because import Step

SINCE = {
    "fr": "conditions en vigueur depuis le {}",
    "nl": "voorwaarden van kracht sinds {}",
    "en": "terms in force since {}",
}


def of(steps: Iterable[Any], lang: str) -> tuple[Reason, ...]:
    """Reasons from `Step`s, from steps as stored (JSON), or from reasons, which stay as they are."""
    return tuple(one(step, lang) for step in steps)


def one(step: Any, lang: str) -> Reason:
    """One step in words. A step whose text is missing shows what it found, never an error."""
    if isinstance(step, Reason):
        return step
    if isinstance(step, Mapping):
        step = Step.from_json(step)
    try:
        sentence = formats.no_narrow_space(texts.say(step.code, lang, step.params))
    except texts.TextMissing:
        sentence = step.value
    return Reason(sentence, step.rule, source(step.policy, lang))


def source(policy: str | None, lang: str) -> str:
    """Where a policy's value comes from: "billing.calendar@2015-01-01" is the terms in force since that day."""
    _key, _, version = (policy or "").partition("@")
    try:
        return SINCE[lang].format(formats.day(date.fromisoformat(version[:10]), lang))
    except ValueError:
        return ""
