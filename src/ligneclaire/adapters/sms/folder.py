"""The stand-in: a file for each message, in a folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from ligneclaire.adapters.sms.sending import Send, Sms


def into(folder: Path) -> Send:
    """Write each message into a file of its own, named after it: a second sending changes nothing."""

    def send_all(messages: Sequence[Sms]) -> Iterator[str]:
        for sms in messages:
            yield _write(folder, sms)

    return send_all


def _write(folder: Path, sms: Sms) -> str:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.joinpath(f"{sms.message_id}.txt").write_text(
            f"From: {sms.sender}\nTo: {sms.recipient}\n\n{sms.text}\n", encoding="utf-8"
        )
    except OSError as fault:
        return type(fault).__name__
    return ""
