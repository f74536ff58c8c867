"""A promise as a wire with stations: what happened, what is promised next and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from ligneclaire.domains.promises.queries import PromiseView
from ligneclaire.interfaces.home.reader import Reader
from ligneclaire.interfaces.templatetags.ligneclaire import Station
from ligneclaire.kernel import texts

TERMINATION = "termination"


@dataclass(frozen=True, slots=True)
class Tracked:
    """A promise with its stations. `tone` tints it: "ok" ended, "warn" running, "stop" late."""

    promise: PromiseView
    name: str
    state: str
    tone: str
    stations: tuple[Station, ...]
    said: tuple[tuple[str, date, str], ...]

    @property
    def is_open(self) -> bool:
        """Whether it still waits for its end."""
        return not self.promise.outcome

    @property
    def waits(self) -> bool:
        """Whether it waits for our answer; a termination waits for its day only."""
        return self.is_open and self.promise.kind != TERMINATION


def tracked(promise: PromiseView, reader: Reader) -> Tracked:
    """The promise as its customer follows it."""
    lang, late = reader.language, promise.days_left < 0
    past = [Station(_word("step", one.code, lang), "done", one.at) for one in promise.stations]
    if promise.outcome:
        state, tone = _word("step", promise.outcome, lang), "ok"
    elif promise.held_on:
        state, tone = _("on hold: %(reason)s") % {"reason": promise.held_reason}, "warn"
    elif promise.kind == TERMINATION:
        state, tone = _("planned"), "calm"
        past.append(Station(_("Last day with service"), "now", promise.due_on))
    else:
        state, tone = (_("late"), "stop") if late else (_("we are on it"), "warn")
        past.append(Station(_("Our answer, at the latest"), "late" if late else "now", promise.due_on))
    said = tuple((one.code, one.at.date(), one.words) for one in promise.stations if one.words)
    return Tracked(promise, _word("kind", promise.kind, lang), state, tone, tuple(past), said)


def _word(section: str, code: str, lang: str) -> str:
    key = f"promises.{section}.{code}"
    return texts.say(key, lang) if texts.knows(key) else code
