"""Named refusals: why an act cannot be done, in the words that a page, the API and a job show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from ligneclaire.kernel import texts


class Refusal(Exception):
    """An act that cannot be done. Each one is a class of its own, defined beside the function that raises it.

    `code` names the sentence in domains/<domain>/texts; `params` fill it. Raising one undoes the whole act.
    """

    code: ClassVar[str] = ""

    def __init__(self, **params: object) -> None:
        self.params: Mapping[str, str | int] = {
            name: value if isinstance(value, int) else str(value) for name, value in params.items()
        }
        super().__init__(self.message("en"))

    def message(self, lang: str) -> str:
        """The reason in one language."""
        return texts.say(self.code, lang, self.params)
