"""A promise as the desk follows it: a wire with stations, how many days are left, and whose it is."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ligneclaire.domains.promises.queries import PromiseView
from ligneclaire.interfaces.templatetags.ligneclaire import Station, language
from ligneclaire.kernel import texts

SOON = 3  # days before its end from which a promise is shown as about to be late


@dataclass(frozen=True, slots=True)
class Followed:
    """A promise with its stations. `tone` tints its state: "ok" ended, "stop" late, "warn" about to be, "calm"."""

    promise: PromiseView
    name: str
    state: str
    tone: str
    stations: tuple[Station, ...]

    @property
    def is_open(self) -> bool:
        """Whether somebody still waits for it."""
        return not self.promise.outcome


def followed(promise: PromiseView) -> Followed:
    """The promise as staff follows it."""
    past = [Station(word("step", one.code), "done", one.at, one.words) for one in promise.stations]
    if promise.outcome:
        return Followed(promise, word("kind", promise.kind), word("step", promise.outcome), "ok", tuple(past))
    left = promise.days_left
    past.append(Station(_("Promised for"), "late" if left < 0 else "now", promise.due_on))
    if promise.held_on:
        state, tone = _("on hold: %(reason)s") % {"reason": promise.held_reason}, "calm"
    elif left < 0:
        state, tone = ngettext("%(days)d day late", "%(days)d days late", -left) % {"days": -left}, "stop"
    elif not left:
        state, tone = _("today is the last day"), "warn"
    else:
        state = ngettext("%(days)d day left", "%(days)d days left", left) % {"days": left}
        tone = "warn" if left <= SOON else "calm"
    return Followed(promise, word("kind", promise.kind), state, tone, tuple(past))


def word(section: str, code: str) -> str:
    """A word of the promises in the language of the page; the code itself when it has none."""
    key = f"promises.{section}.{code}"
    return texts.say(key, language()) if texts.knows(key) else code
