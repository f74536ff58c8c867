"""The sentences of each message, in the reader's language. Pure: values in, sentences out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from ligneclaire.kernel.texts import say

Params = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Letter:
    """A message before it has a sender: `path` is the page that it leads to, under the operator's own host."""

    subject: str
    heading: str
    sentences: tuple[str, ...]
    link: str
    path: str


def write(template: str, params: Params, lang: str) -> Letter:
    """The letter of a template that `rules.check_params` accepted."""
    return Letter(
        subject=say(f"outbox.{template}.subject", lang, params),
        heading=say(f"outbox.{template}.heading", lang, params),
        sentences=tuple(say(f"outbox.{template}.{key}", lang, params) for key in _SENTENCES[template](params)),
        link=say(f"outbox.{template}.link", lang, params),
        path=_path(template, params),
    )


def short(template: str, params: Params, lang: str) -> str:
    """The message as an SMS."""
    return say(f"outbox.{template}.{_SMS[template](params)}", lang, params)


def _path(template: str, params: Params) -> str:
    if template in _FOLLOWED:
        return f"/requests/{params['promise']}/"
    if template == "email-proof":
        return f"/contact/email/{params['token']}/"
    if template == "contact-changed":
        return "/contact/"
    if template in _INVITING:
        return f"/invitation/{params['token']}/"
    if "page" in params:
        return params["page"]
    return f"/invoices/{params['invoice']}/" if "invoice" in params else "/"


def _invoice_ready(params: Params) -> list[str]:
    keys = ["number"]
    if Decimal(params["complementary"]):
        keys.append("complementary")
    if Decimal(params["due"]):
        keys.append(params["method"])
    return keys


def _dispute_answered(params: Params) -> list[str]:
    return [params["outcome"], *(["answer"] if params["words"] else [])]


def _termination_received(params: Params) -> list[str]:
    cost = f"cost-{params['prices']}" if Decimal(params["amount"]) else "free"
    return ["what", "end", "effects", cost, *(["return"] if params["reference"] else [])]


def _bundle_alert(params: Params) -> str:
    return "reached" if int(params["threshold"]) >= 100 else "used"


def _spend_alert(params: Params) -> str:
    return f"{params['kind']}-{params['level']}"


_INVITING = frozenset({"split-bill-invitation", "activation"})  # `token` is added when they are sent
_FOLLOWED = frozenset({"dispute-received", "termination-received"})  # these lead to the request, not to an invoice
_SENTENCES: Mapping[str, Callable[[Params], list[str]]] = {
    "invoice-ready": _invoice_ready,
    "credit-note-ready": lambda params: ["number" if params["corrects"] else "number-alone"],
    "dispute-received": lambda params: ["what", "when"],
    "dispute-answered": _dispute_answered,
    "termination-received": _termination_received,
    "split-bill-invitation": lambda params: ["what", "steps", "until"],
    "split-bill-accepted": lambda params: ["from", "shared"],
    "activation": lambda params: ["what", "until"],
    "phone-code": lambda params: ["what"],
    "email-proof": lambda params: ["what", "until"],
    "contact-changed": lambda params: ["what", "not-you"],
    "private-reminder": lambda params: ["what", "pay", "employer"],
    "private-escalated": lambda params: ["what", "until", "private"],
    "bundle-alert": lambda params: ["what", _bundle_alert(params)],
    "spend-alert": lambda params: ["what", _spend_alert(params)],
}
_SMS: Mapping[str, Callable[[Params], str]] = {
    "phone-code": lambda params: "sms",
    "bundle-alert": lambda params: f"sms-{_bundle_alert(params)}",
    "spend-alert": lambda params: f"sms-{_spend_alert(params)}",
}
