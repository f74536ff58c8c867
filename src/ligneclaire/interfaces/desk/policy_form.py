"""The form of a new version: one field per value of the policy, filled with what holds, and its days."""

from __future__ import annotations

import re
import typing
from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ligneclaire.domains.rulebook import decode
from ligneclaire.interfaces.desk import policy_words
from ligneclaire.interfaces.desk.forms import DayField, Form
from ligneclaire.interfaces.templatetags.ligneclaire import language
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.policy import declared

HOURS = re.compile(r"\s*([1-7])(?:-([1-7]))?\s+(\d\d:\d\d)-(\d\d:\d\d)\s*")
RANGE = re.compile(r"(\d+) (?:and|to) (\d+)")


class VersionForm(Form):
    """Days, values and reason. `values` gives them as plain values, as JSON holds them."""

    effective_from = DayField(
        label=gettext_lazy("From"),
        help_text=gettext_lazy("Today or later. The version before ends on that day."),
    )
    effective_until = DayField(
        label=gettext_lazy("Until, without that day"), help_text=gettext_lazy("Empty: without an end."), required=False
    )
    contracts_from = DayField(
        label=gettext_lazy("Only for contracts signed from"), help_text=gettext_lazy("Empty: for all."), required=False
    )
    all_from = DayField(
        label=gettext_lazy("And for older contracts from"),
        help_text=gettext_lazy("Empty: never for older ones."),
        required=False,
    )

    def __init__(self, key: str, *args: Any, holds: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.key = key
        hints = decode.hints_of(declared()[key].cls)
        self.own = tuple(one.name for one in fields(declared()[key].cls))
        for name in self.own:
            self.fields[name] = _field(name, hints[name], holds.get(name))

    def bound_values(self) -> list[Any]:
        """The fields of the policy's own values."""
        return [self[name] for name in self.own]

    @property
    def values(self) -> dict[str, Any]:
        """The values as the policy class reads them."""
        return {name: self.cleaned_data[name] for name in self.own}

    def refuse(self, error: decode.NotBuilt) -> None:
        """Show what the policy class refuses beside its field."""
        for name, reason in error.faults:
            found = RANGE.search(reason)
            said = _("This value is refused.")
            if found:
                said = _("This lies between %(least)s and %(most)s.") % {"least": found[1], "most": found[2]}
            self.add_error(name if name in self.fields else None, said)


def _field(name: str, kind: Any, holds: Any) -> forms.Field:
    label, hint, known = policy_words.field_name(name), _hint(name, kind), policy_words.choices(name)
    if known:
        return ChosenField(
            kind, label=label, initial=str(holds).lower(), choices=list(known.items()), error_messages=_MISSING
        )
    if kind is int:
        return forms.IntegerField(label=label, initial=holds, help_text=hint, error_messages=_MISSING, widget=_number())
    return PlainField(name, kind, label=label, initial=_as_text(name, holds), help_text=hint)


_MISSING = {"required": gettext_lazy("Please give a value."), "invalid": gettext_lazy("This is not a whole number.")}


def _number() -> forms.Widget:
    return forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})


class ChosenField(forms.ChoiceField):
    """A value that is one of a few: yes or no, or a word of the policy."""

    def __init__(self, kind: Any, **kwargs: Any) -> None:
        self.kind = kind
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        """The plain value: a truth for a yes or no."""
        found = super().clean(value)
        return found == "true" if self.kind is bool else found


class PlainField(forms.CharField):
    """A value written as text: an amount, a percentage, a list, the hours of desks."""

    def __init__(self, name: str, kind: Any, **kwargs: Any) -> None:
        self.name, self.kind = name, kind
        many = name == "desks"
        widget = forms.Textarea(attrs={"rows": 4}) if many else forms.TextInput(attrs={"autocomplete": "off"})
        super().__init__(widget=widget, required=False, **kwargs)

    def clean(self, value: Any) -> Any:
        """The plain value. What cannot be read is said."""
        text = str(super().clean(value) or "").strip()
        try:
            return _read(self.name, self.kind, text)
        except ValueError:
            raise forms.ValidationError(_("This can't be read. Write it like the value before.")) from None


def _read(name: str, kind: Any, text: str) -> Any:
    if name == "desks":
        return [_desk(line) for line in text.splitlines() if line.strip()]
    if typing.get_origin(kind) is tuple:
        inner = typing.get_args(kind)[0]
        return [
            _one(name, inner, part.strip())
            for part in re.split(r"[;,\n]" if inner is int else r"[;\n]", text)
            if part.strip()
        ]
    return _one(name, kind, text)


def _one(name: str, kind: Any, text: str) -> Any:
    bare = re.sub(r"[\s\u00a0\u202f€%]", "", text).replace(",", ".")
    if kind is Money:
        return f"{_decimal(bare):.2f}"
    if kind is Decimal:
        return f"{_decimal(bare):f}"
    if kind is int:
        return int(bare)
    return policy_words.code_of(policy_words.CATEGORIES, text) if policy_words.kind_of(name) == "category" else text


def _decimal(text: str) -> Decimal:
    if not re.fullmatch(r"\d{1,9}(\.\d{1,6})?", text):
        raise ValueError(text)
    return Decimal(text)


def _desk(line: str) -> dict[str, Any]:
    """ "help: 1-5 08:00-18:00; 6 09:00-13:00" (1 is Monday)."""
    name, _colon, hours = line.partition(":")
    found = [HOURS.fullmatch(part) for part in hours.split(";")]
    if not name.strip() or not all(found):
        raise ValueError(line)
    code = policy_words.code_of(policy_words.DESKS, name.strip())
    return {"name": code, "hours": [_hours(one) for one in found if one]}


def _hours(found: re.Match[str]) -> dict[str, Any]:
    first, last = int(found[1]), int(found[2] or found[1])
    return {"days": list(range(first, last + 1)), "opens": found[3], "closes": found[4]}


def _as_text(name: str, holds: Any) -> str:
    if holds is None:
        return ""
    if name == "desks":
        return "\n".join(f"{_said(policy_words.DESKS, one['name'])}: {_desk_text(one)}" for one in holds)
    if isinstance(holds, list | tuple):
        return "; ".join(_part_text(name, one) for one in holds)
    return _part_text(name, holds)


def _part_text(name: str, holds: Any) -> str:
    """One value as somebody of the page's language would type it."""
    kind = policy_words.kind_of(name)
    if kind in ("money", "percent"):
        return str(holds) if language() == "en" else str(holds).replace(".", ",")
    return _said(policy_words.CATEGORIES, holds) if kind == "category" else str(holds)


def _said(words: Mapping[str, Promise], code: str) -> str:
    return str(words.get(code, code))


def _desk_text(desk: Mapping[str, Any]) -> str:
    return "; ".join(map(_hours_text, desk["hours"]))


def _hours_text(one: Mapping[str, Any]) -> str:
    days = one["days"]
    said = str(days[0]) if len(days) == 1 else f"{days[0]}-{days[-1]}"
    return f"{said} {one['opens']}-{one['closes']}"


def _hint(name: str, kind: Any) -> str:
    """What a value counts in, and how several are written."""
    said = str(UNITS.get(policy_words.kind_of(name), ""))
    if typing.get_origin(kind) is tuple and name != "desks":
        said = f"{said} {_('Several are parted by a semicolon.')}"
    return said.strip()


UNITS: Mapping[str, Promise] = {
    "day": gettext_lazy("A day of the month."),
    "days": gettext_lazy("In days."),
    "months": gettext_lazy("In months."),
    "hours": gettext_lazy("In hours."),
    "money": gettext_lazy("In euro."),
    "percent": gettext_lazy("In percent."),
    "desks": gettext_lazy("One desk a line, 1 is Monday. Like “help: 1-5 08:00-18:00; 6 09:00-13:00”."),
    "category": gettext_lazy("Of telephony, internet, hardware, software, services."),
}
