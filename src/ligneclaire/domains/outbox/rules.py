"""What a message must say, and when a failed one is tried again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

# Every template with the values that it needs, all text: amounts "87.84" (euro), dates "2026-07-06", months "2026-07",
# public ids for links. No names, and of a bank account only the last four digits.
TEMPLATES: Mapping[str, frozenset[str]] = {
    "invoice-ready": frozenset(
        {
            "invoice",
            "number",
            "month",
            "total",
            "due",
            "complementary",
            "method",
            "pay_on",
            "last_four",
            "communication",
        }
    ),
    "credit-note-ready": frozenset({"invoice", "number", "corrects", "total"}),
    "dispute-received": frozenset({"promise", "invoice", "number", "amount", "currency", "due_on"}),
    "termination-received": frozenset(
        {"promise", "number", "received_on", "last_day", "amount", "prices", "return_by", "reference"}
    ),
    "dispute-answered": frozenset({"promise", "invoice", "number", "amount", "currency", "outcome", "words"}),
    # Public ids of what is secret: the link and the code are made when they are sent.
    "split-bill-invitation": frozenset({"invitation", "company", "line", "until"}),
    "split-bill-accepted": frozenset({"company", "line", "from_on"}),
    "activation": frozenset({"invitation", "until"}),
    "phone-code": frozenset({"code_id"}),
    "email-proof": frozenset({"proof", "until"}),
    "contact-changed": frozenset({"what"}),
    "private-reminder": frozenset({"invoice", "number", "amount", "pay_by", "communication"}),
    # To the employer: the line and the amount due, and nothing by which the invoice could be found (FMP-11, SPL-11).
    "private-escalated": frozenset({"line", "amount", "pay_by"}),
    # `line` is the number as people write it; `used` and `allowance` are written in the reader's language ("25 GB").
    "bundle-alert": frozenset({"line", "service", "threshold", "used", "allowance", "at", "month"}),
    # `page`: the path of the limits of the line, where its reader can agree to go on.
    "spend-alert": frozenset({"line", "kind", "level", "amount", "limit", "at", "month", "page"}),
}

LEASE = timedelta(minutes=10)
DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 4 * 60, 12 * 60, 24 * 60))
MOST_ATTEMPTS = 10


class UnknownMessage(Exception):
    """A template that does not exist, or values that do not fit it; the message names them."""


def check_params(template: str, params: Mapping[str, str]) -> None:
    """Raise `UnknownMessage` unless these are exactly the values of that template, all of them text."""
    if template not in TEMPLATES:
        raise UnknownMessage(f"no message is called {template!r}")
    missing, unknown = TEMPLATES[template] - params.keys(), params.keys() - TEMPLATES[template]
    if missing or unknown:
        raise UnknownMessage(f"{template}: missing {sorted(missing)}, unknown {sorted(unknown)}")
    if wrong := sorted(name for name, value in params.items() if not isinstance(value, str)):
        raise UnknownMessage(f"{template}: not text: {wrong}")


def wait_after(attempts: int) -> timedelta:
    """How long to wait after that many failed attempts (at least one): a minute at first, a day at last."""
    return DELAYS[min(attempts, len(DELAYS)) - 1]
