"""What policies are called at the desk, and how their values are written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ligneclaire.interfaces.templatetags.ligneclaire import money, percent
from ligneclaire.kernel.money import Money

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
}

FIELDS: Mapping[str, Promise] = {
    "invitation_days": gettext_lazy("Time for which the link of an invitation works"),
    "bank_change_before": gettext_lazy("Day of the month before which details count for the next debit"),
    "cheque_before": gettext_lazy("Day of the month before which a cheque arrives"),
    "cheque_surcharge": gettext_lazy("What paying by cheque costs"),
    "complementary_shares": gettext_lazy("Shares that can be agreed"),
    "complementary_excluded": gettext_lazy("Always paid in euro"),
    "debit_day": gettext_lazy("Day of the debit"),
    "notice_days": gettext_lazy("Notice that our mandates agree"),
    "transfer_days": gettext_lazy("Time to pay"),
    "complaint_silence_months": gettext_lazy("Silence after which the mediator can be asked"),
    "complaint_level_months": gettext_lazy("Time of each level"),
    "complaint_answer_days": gettext_lazy("Our own time to answer"),
    "goodwill_after_hours": gettext_lazy("Length of an outage from which goodwill can be asked"),
    "outage_scale": gettext_lazy("Amount for each day of an outage"),
    "desks": gettext_lazy("Who answers when"),
    "invoice_day": gettext_lazy("Day of the month on the invoices"),
    "dispute_answer_days": gettext_lazy("Time to answer a dispute"),
    "private_threshold": gettext_lazy("A private invoice comes above"),
    "threshold_basis": gettext_lazy("What is compared: the balance (accumulated) or the month (period)"),
    "private_skips": gettext_lazy("Months that may pass without a private invoice"),
    "zero_statement": gettext_lazy("A statement when an invoice must come and nothing is due"),
    "private_reminder_days": gettext_lazy("Time after the due date before the employee is reminded"),
    "private_payment_days": gettext_lazy("Time that the reminder leaves before the employer hears of it"),
    "employer_payment_days": gettext_lazy("Time after that before the employer owes it"),
    "full_months": gettext_lazy("Months of the commitment due in full"),
    "reduced_rate": gettext_lazy("Part of the months after those"),
    "notice_days_termination": gettext_lazy("Time after which service ends at the latest"),
    "move_preferred_days": gettext_lazy("Best announced ahead"),
    "move_minimum_days": gettext_lazy("Announced ahead at least"),
    "receipt_days": gettext_lazy("Time after receipt of the equipment at which service starts at the latest"),
    "withdrawal_days": gettext_lazy("Time to withdraw"),
    "return_days_termination": gettext_lazy("Time to return after the last day with service"),
    "return_days_exchange": gettext_lazy("Time to return after the delivery of the new unit"),
    "return_reference_prefix": gettext_lazy("Begin of a return reference"),
    "access_months": gettext_lazy("Time to answer a request"),
    "access_extension_months": gettext_lazy("More time, with notice"),
    "customer_months": gettext_lazy("Contract and accounting data, after the last contract"),
    "identification_months": gettext_lazy("Identification data, after the last contract"),
    "traffic_months": gettext_lazy("Traffic data"),
    "location_months": gettext_lazy("Location data"),
    "call_recording_months": gettext_lazy("Recorded calls"),
    "web_log_months": gettext_lazy("Logs of the web site"),
    "newsletter_months": gettext_lazy("Newsletter address, after the last sign of life"),
}

CATEGORIES: Mapping[str, Promise] = {
    "telephony": gettext_lazy("telephony"),
    "internet": gettext_lazy("internet"),
    "hardware": gettext_lazy("hardware"),
    "software": gettext_lazy("software"),
    "service": gettext_lazy("services"),
}

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
    return str(FIELDS.get(field, field))


def written(field: str, value: Any) -> str:
    """A value with its unit, in the language of the page. `value` is plain, as JSON holds it."""
    if field == "desks":
        return "; ".join(f"{desk['name']} {_hours(desk['hours'])}" for desk in value)
    if isinstance(value, list | tuple):
        return ", ".join(_part(field, one) for one in value) or str(_("the scale of the law"))
    if isinstance(value, Money) or field.endswith("_surcharge"):
        return money(value)
    if field.endswith("_rate"):
        return percent(value)
    return _counted(field, value)


def _counted(field: str, value: Any) -> str:
    if not isinstance(value, int):
        return str(value)
    if field.endswith("_hours"):
        return ngettext("%(n)d hour", "%(n)d hours", value) % {"n": value}
    if "_months" in field:
        return ngettext("%(n)d month", "%(n)d months", value) % {"n": value}
    if "_days" in field:
        return ngettext("%(n)d day", "%(n)d days", value) % {"n": value}
    return _("day %(n)d of the month") % {"n": value}


def _part(field: str, value: Any) -> str:
    if field == "complementary_shares":
        return percent(value)
    if field == "outage_scale":
        return money(value)
    return str(CATEGORIES.get(value, value))


def _hours(hours: Any) -> str:
    return ", ".join(f"{_days(one['days'])} {one['opens']}–{one['closes']}" for one in hours)


def _days(days: Any) -> str:
    names = [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]
    first, last = names[days[0] - 1], names[days[-1] - 1]
    return first if len(days) == 1 else f"{first}–{last}"
