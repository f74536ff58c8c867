"""Kinds of warnings, and which of them their reader may switch off (USE-03, UPO-01, L-BE-07)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

BUNDLE = "bundle"  # 75 and 90 percent of a bundle: a service of the operator
BILL_SHOCK = "bill-shock"  # bundle reached, spend at home: the law, from which a Belgian customer may opt out (L-BE-07)
ROAMING = "roaming"  # spend abroad: the law, without a way out (L-EU-02)
KINDS = (BUNDLE, BILL_SHOCK, ROAMING)
SMS, MAIL = "sms", "mail"
CHANNELS = (SMS, MAIL)
OPT_OUT = frozenset({"BE"})  # countries whose law lets a customer refuse the warnings of bill shock

Choice = tuple[str, str]  # (kind, channel)


@dataclass(frozen=True, slots=True)
class Switch:
    """One switch of the page: whether a kind goes by a channel, and whether its reader may change that."""

    kind: str
    channel: str
    on: bool
    may_change: bool


def may_switch_off(kind: str, channel: str, country: str) -> bool:
    """Whether a warning may be refused: mails always, an SMS unless the law wants it to be sent."""
    return channel == MAIL or kind == BUNDLE or (kind == BILL_SHOCK and country in OPT_OUT)


def switches(choices: Mapping[Choice, bool], country: str) -> tuple[Switch, ...]:
    """Every kind and channel as it holds: what was chosen where that is allowed, else on."""
    return tuple(
        Switch(kind, channel, on=choices.get((kind, channel), True) or not free, may_change=free)
        for kind in KINDS
        for channel in CHANNELS
        for free in (may_switch_off(kind, channel, country),)
    )


def channels_of(kind: str, choices: Mapping[Choice, bool], country: str) -> tuple[str, ...]:
    """The channels by which a kind of warning goes to its reader, SMS first."""
    return tuple(one.channel for one in switches(choices, country) if one.kind == kind and one.on)
