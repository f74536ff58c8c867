"""A batch of SMS through the gateway that the settings name. Faults are codes: a server's words may hold a number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

FORMS = "smpp://user:password@host:port, http://host/path or https://host/path"
# Spaces and dashes of print, which would make of a short message two: the GSM alphabet does not know them.
PLAIN = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2019": "'", "\u2013": "-", "\u2026": "...", "ç": "c", "ê": "e",
                       "â": "a", "î": "i", "ô": "o", "û": "u", "ë": "e", "ï": "i", "œ": "oe", "«": '"', "»": '"',
                       "‘": "'", "“": '"', "”": '"', "À": "A", "È": "E", "Ê": "E"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sms:
    """A short message. `message_id` stays the same when it is sent again; `sender` has at most 11 letters or digits."""

    message_id: str
    sender: str
    recipient: str
    text: str


Send = Callable[[Sequence[Sms]], Iterator[str]]


def gateway(url: str, folder: Path) -> Send:
    """What sends a batch and yields for each message "" or the fault. Without an address, the stand-in's folder.

    Raises ValueError on an address that is none of the two kinds.
    """
    from ligneclaire.adapters.sms import folder as to_folder
    from ligneclaire.adapters.sms import http, smpp

    scheme = url.partition("://")[0]
    if not url:
        return to_folder.into(folder)
    if scheme == "smpp":
        return smpp.gateway(url)
    if scheme in ("http", "https"):
        return http.gateway(url)
    raise ValueError(f"an SMS gateway looks like {FORMS}")


def plain(text: str) -> str:
    """The text in letters that one short message can carry 160 of, as far as the language allows."""
    return text.translate(PLAIN)
