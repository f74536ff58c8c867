"""Fields as people fill them in: days, amounts, sentences."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ligneclaire.interfaces.templatetags.ligneclaire import language
from ligneclaire.kernel.money import Money

_AMOUNT = re.compile(r"[-−]?\d{1,9}([.,]\d{1,2})?")


class DayField(forms.DateField):
    """A day, chosen in the browser's own calendar."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        kwargs.setdefault("error_messages", {"required": _("Please choose a day."), "invalid": _("This is not a day.")})
        super().__init__(**kwargs)


class AmountField(forms.CharField):
    """An amount in euro as people write it: 87,84 or 87.84."""

    def __init__(self, *, positive: bool = True, **kwargs: Any) -> None:
        self.positive = positive
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        kwargs.setdefault("error_messages", {"required": _("Please give the amount.")})
        super().__init__(max_length=16, **kwargs)

    def clean(self, value: Any) -> Money | None:
        """Money. A fault names what is wrong with the amount."""
        text = re.sub(r"[\s\u00a0\u202f€]|EUR", "", super().clean(value) or "")
        if not text:
            return None
        if not _AMOUNT.fullmatch(text):
            raise forms.ValidationError(_("This is not an amount with at most two decimals, like 87,84."))
        amount = Decimal(text.replace(",", ".").replace("−", "-"))
        if self.positive and amount <= 0:
            raise forms.ValidationError(_("The amount is more than zero."))
        return Money.of(amount)


class WordsField(forms.CharField):
    """A sentence or more."""

    def __init__(self, rows: int = 3, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        kwargs.setdefault("error_messages", {"required": _("Please say it in a sentence.")})
        super().__init__(**kwargs)


class Form(forms.Form):
    """A form of the desk: no colon after labels, and what is wrong is announced with its field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


def written(amount: Money) -> str:
    """An amount as somebody of the page's language would type it: 87,84 or, in English, 87.84."""
    return str(amount) if language() == "en" else str(amount).replace(".", ",")
