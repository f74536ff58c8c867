"""What policies are called at the desk, and how their values are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ligneclaire.interfaces.templatetags.ligneclaire import money, percent
from ligneclaire.kernel.texts import LANGUAGES


@dataclass(frozen=True, slots=True)
class Field:
    """A value's name, and its kind: what it counts in, or how it is written and chosen."""

    kind: str
    label: Promise


KEYS: Mapping[str, Promise] = {
    "access.invitations": gettext_lazy("Invitations"),
    "accounts.bank_change": gettext_lazy("New bank details"),
    "accounts.cheque": gettext_lazy("Payment by cheque"),
    "accounts.complementary": gettext_lazy("Complementary currency"),
    "accounts.debit": gettext_lazy("Direct debit"),
    "accounts.transfer": gettext_lazy("Payment by transfer"),
    "assistance.complaints": gettext_lazy("Complaints"),
    "assistance.goodwill": gettext_lazy("Goodwill after an outage"),
    "assistance.opening_hours": gettext_lazy("Opening hours"),
    "billing.calendar": gettext_lazy("Day of the invoice"),
    "billing.disputes": gettext_lazy("Answers to disputes"),
    "billing.private_invoice": gettext_lazy("Private invoices with split bill"),
    "collections.private_reminders": gettext_lazy("Unpaid private invoices"),
    "contracts.early_termination": gettext_lazy("Leaving before the end of the commitment"),
    "contracts.notice": gettext_lazy("Notice of termination"),
    "contracts.relocation": gettext_lazy("Moving house"),
    "contracts.service_start": gettext_lazy("Start of service"),
    "contracts.withdrawal": gettext_lazy("Withdrawal"),
    "devices.returns": gettext_lazy("Return of equipment"),
    "privacy.access": gettext_lazy("Access to personal data"),
    "privacy.retention": gettext_lazy("How long data is kept"),
    "usage.alerts": gettext_lazy("Warnings of usage"),
    "usage.ceilings": gettext_lazy("Ceiling outside the European area"),
    "usage.correction": gettext_lazy("Correction of a billed month"),
    "usage.late": gettext_lazy("Usage that comes late"),
}

FIELDS: Mapping[str, Field] = {
    "invitation_days": Field("days", gettext_lazy("Time for which the link of an invitation works")),
    "bank_change_before": Field("day", gettext_lazy("Day of the month before which details count for the next debit")),
    "cheque_before": Field("day", gettext_lazy("Day of the month before which a cheque arrives")),
    "cheque_surcharge": Field("money", gettext_lazy("What paying by cheque costs")),
    "complementary_shares": Field("percent", gettext_lazy("Shares that can be agreed")),
    "complementary_excluded": Field("category", gettext_lazy("Always paid in euro")),
    "debit_day": Field("day", gettext_lazy("Day of the debit")),
    "notice_days": Field("days", gettext_lazy("Notice that our mandates agree")),
    "transfer_days": Field("days", gettext_lazy("Time to pay")),
    "complaint_silence_months": Field("months", gettext_lazy("Silence after which the mediator can be asked")),
    "complaint_level_months": Field("months", gettext_lazy("Time of each level")),
    "complaint_answer_days": Field("days", gettext_lazy("Our own time to answer")),
    "goodwill_after_hours": Field("hours", gettext_lazy("Length of an outage from which goodwill can be asked")),
    "outage_scale": Field("money", gettext_lazy("Amount for each day of an outage")),
    "desks": Field("desks", gettext_lazy("Who answers when")),
    "invoice_day": Field("day", gettext_lazy("Day of the month on the invoices")),
    "dispute_answer_days": Field("days", gettext_lazy("Time to answer a dispute")),
    "private_threshold": Field("money", gettext_lazy("A private invoice comes above")),
    "threshold_basis": Field("choice", gettext_lazy("What is compared with it")),
    "private_skips": Field("months", gettext_lazy("Months that may pass without a private invoice")),
    "zero_statement": Field("yes-no", gettext_lazy("A statement when an invoice must come and nothing is due")),
    "private_reminder_days": Field("days", gettext_lazy("Time after the due date before the employee is reminded")),
    "private_payment_days": Field(
        "days", gettext_lazy("Time that the reminder leaves before the employer hears of it")
    ),
    "employer_payment_days": Field("days", gettext_lazy("Time after that before the employer owes it")),
    "full_months": Field("months", gettext_lazy("Months of the commitment due in full")),
    "reduced_rate": Field("percent", gettext_lazy("Part of the months after those")),
    "notice_days_termination": Field("days", gettext_lazy("Time after which service ends at the latest")),
    "move_preferred_days": Field("days", gettext_lazy("Best announced ahead")),
    "move_minimum_days": Field("days", gettext_lazy("Announced ahead at least")),
    "receipt_days": Field(
        "days", gettext_lazy("Time after receipt of the equipment at which service starts at the latest")
    ),
    "withdrawal_days": Field("days", gettext_lazy("Time to withdraw")),
    "return_days_termination": Field("days", gettext_lazy("Time to return after the last day with service")),
    "return_days_exchange": Field("days", gettext_lazy("Time to return after the delivery of the new unit")),
    "return_reference_prefix": Field("text", gettext_lazy("Begin of a return reference")),
    "access_months": Field("months", gettext_lazy("Time to answer a request")),
    "access_extension_months": Field("months", gettext_lazy("More time, with notice")),
    "customer_months": Field("months", gettext_lazy("Contract and accounting data, after the last contract")),
    "identification_months": Field("months", gettext_lazy("Identification data, after the last contract")),
    "traffic_months": Field("months", gettext_lazy("Traffic data")),
    "location_months": Field("months", gettext_lazy("Location data")),
    "call_recording_months": Field("months", gettext_lazy("Recorded calls")),
    "web_log_months": Field("months", gettext_lazy("Logs of the web site")),
    "newsletter_months": Field("months", gettext_lazy("Newsletter address, after the last sign of life")),
    "alert_thresholds": Field("percent", gettext_lazy("The user is warned when this part of an allowance is used")),
    "late_usage_months": Field("months", gettext_lazy("Time after its month in which usage that comes late is billed")),
    "correction_charges": Field("yes-no", gettext_lazy("A correction may make a billed month dearer")),
    "world_limit": Field("money", gettext_lazy("What a line may cost in a month outside the European area")),
}

CATEGORIES: Mapping[str, Promise] = {
    "telephony": gettext_lazy("telephony"),
    "internet": gettext_lazy("internet"),
    "hardware": gettext_lazy("hardware"),
    "software": gettext_lazy("software"),
    "service": gettext_lazy("services"),
}

DESKS: Mapping[str, Promise] = {
    "billing": gettext_lazy("invoices"),
    "helpdesk": gettext_lazy("help"),
    "sales": gettext_lazy("sales"),
}

CHOICES: Mapping[str, Mapping[str, Promise]] = {
    "threshold_basis": {
        "accumulated": gettext_lazy("all since the last invoice"),
        "period": gettext_lazy("what this month added"),
    },
}
YES_NO: Mapping[str, Promise] = {"true": gettext_lazy("yes"), "false": gettext_lazy("no")}

REASONS: Mapping[str, Promise] = {"operator folder": gettext_lazy("read from the operator's folder")}

ANCHORS: Mapping[str, Promise] = {
    "signed": gettext_lazy("The version of the day on which the contract was signed counts."),
    "event": gettext_lazy("The version of the day on which it happens counts."),
    "received": gettext_lazy("The version of the day on which the request came in counts."),
    "period-start": gettext_lazy("The version of the first day of the billed month counts."),
    "issued": gettext_lazy("The version of the day on the invoice counts."),
    "now": gettext_lazy("The version of the day of asking counts."),
}

SCOPES: Mapping[str, Promise] = {
    "operator": gettext_lazy("your own"),
    "common": gettext_lazy("common to all operators"),
    "country": gettext_lazy("for a country"),
    "segment": gettext_lazy("for a kind of customers"),
    "offer": gettext_lazy("for an offer"),
    "account": gettext_lazy("for an account"),
    "contract": gettext_lazy("for a contract"),
    "legal_entity": gettext_lazy("for a legal entity"),
}


def key_name(key: str) -> str:
    """A policy's name."""
    return str(KEYS.get(key, key))


def field_name(field: str) -> str:
    """A value's name."""
    return str(FIELDS[field].label) if field in FIELDS else field


def kind_of(field: str) -> str:
    """What a value counts in; a text when nothing is known of it."""
    return FIELDS[field].kind if field in FIELDS else "text"


def reason(given: str) -> str:
    """Why a version was published, as its author wrote it, or as the product says it."""
    return str(REASONS.get(given, given))


def choices(field: str) -> Mapping[str, Promise]:
    """What may be chosen, by code. Empty when a value is typed."""
    return YES_NO if kind_of(field) == "yes-no" else CHOICES.get(field, {})


def code_of(words: Mapping[str, Promise], said: str) -> str:
    """The code that a word stands for in any of the languages; what is no such word stays as it is."""
    for language in LANGUAGES:
        with translation.override(language):
            for code, word in words.items():
                if said.casefold() in (code, str(word).casefold()):
                    return code
    return said


def written(field: str, value: Any) -> str:
    """A value with its unit, in the language of the page. `value` is plain, as JSON holds it."""
    kind = kind_of(field)
    if kind == "desks":
        return "; ".join(f"{DESKS.get(desk['name'], desk['name'])} {_hours(desk['hours'])}" for desk in value)
    if isinstance(value, list | tuple):
        nothing = _("the scale of the law") if field == "outage_scale" else _("none")
        return ", ".join(_one(field, kind, one) for one in value) or nothing
    return _one(field, kind, value)


def _one(field: str, kind: str, value: Any) -> str:
    if kind == "money":
        return money(value)
    if kind == "percent":
        return percent(Decimal(str(value)))
    if kind == "category":
        return str(CATEGORIES.get(value, value))
    if kind in ("yes-no", "choice"):
        code = str(value).lower()
        return str(choices(field).get(code, code))
    return str(value) if kind == "text" else _counted(kind, int(value))


def _counted(kind: str, value: int) -> str:
    if kind == "hours":
        return ngettext("%(n)d hour", "%(n)d hours", value) % {"n": value}
    if kind == "months":
        return ngettext("%(n)d month", "%(n)d months", value) % {"n": value}
    if kind == "days":
        return ngettext("%(n)d day", "%(n)d days", value) % {"n": value}
    return _("day %(n)d of the month") % {"n": value}


def _hours(hours: Any) -> str:
    return ", ".join(f"{_days(one['days'])} {one['opens']}–{one['closes']}" for one in hours)


def _days(days: Any) -> str:
    names = [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]
    first, last = names[days[0] - 1], names[days[-1] - 1]
    return first if len(days) == 1 else f"{first}–{last}"
