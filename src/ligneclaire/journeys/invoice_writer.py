"""The words and forms in which a document is written for its reader."""

from __future__ import annotations

from typing import Any

from ligneclaire.adapters import pdf
from ligneclaire.journeys import formats
from ligneclaire.journeys.invoice_view import InvoiceView
from ligneclaire.kernel import texts
from ligneclaire.kernel.money import Money

Sheet = dict[str, Any]


class Writer:
    """The reader's words and forms for one view."""

    def __init__(self, view: InvoiceView) -> None:
        self.view = view
        self.lang = view.language
        self.words = pdf.labels(view.language, view.seller.country)

    def say(self, key: str, **params: str) -> str:
        """The words of the documents under a key, with their places filled."""
        return texts.fill(self.words[key], self.lang, params)

    def money(self, value: Money) -> str:
        """An amount with its currency."""
        return formats.money(value, self.lang)
