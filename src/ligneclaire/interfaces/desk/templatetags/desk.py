"""Template words of the desk alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import phonenumbers
from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ligneclaire.domains.usage.queries import Group
from ligneclaire.domains.usage.queries.wall import Gauge
from ligneclaire.domains.usage.rules import spending
from ligneclaire.interfaces import charts
from ligneclaire.interfaces.desk import drawings, policy_words, trying, waiting_words
from ligneclaire.interfaces.templatetags.ligneclaire import day, language
from ligneclaire.journeys import desk_waiting, formats, usage_words
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.texts import knows, say

register = template.Library()
SOURCES = {
    "usage-file": gettext_lazy("usage file"),
    "radius-detail": gettext_lazy("RADIUS detail file"),
    "radius-radacct": gettext_lazy("RADIUS table"),
}
GROUNDS = {
    "complaint": gettext_lazy("a complaint"),
    "invoice": gettext_lazy("a disputed invoice"),
    "customer": gettext_lazy("the customer asks for it"),
    "fraud": gettext_lazy("suspected fraud"),
    "fault": gettext_lazy("a fault of the network, or of a record"),
    "authority": gettext_lazy("an order of an authority"),
}
LANGUAGES = {
    "fr": gettext_lazy("writes French"),
    "nl": gettext_lazy("writes Dutch"),
    "en": gettext_lazy("writes English"),
}


@register.filter
def phone(value: str) -> str:
    """`{{ person.phone|phone }}`: +33 6 39 98 12 34, as it can be called from anywhere."""
    try:
        number = phonenumbers.parse(value)
    except phonenumbers.NumberParseException:
        return value
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


@register.filter
def in_language(code: str) -> str:
    """`{{ person.language|in_language }}`: the language in which somebody is written to."""
    return str(LANGUAGES.get(code, code))


@register.filter
def policy_name(key: str) -> str:
    """`{{ "accounts.debit"|policy_name }}`: a policy's name."""
    return policy_words.key_name(key)


@register.filter
def field_name(field: str) -> str:
    """`{{ "debit_day"|field_name }}`: a policy value's name."""
    return policy_words.field_name(field)


@register.filter
def anchored(anchor: str) -> str:
    """`{{ policy.anchor|anchored }}`: which day's version counts, in a sentence."""
    return str(policy_words.ANCHORS[anchor])


@register.filter
def scope_name(scope: str) -> str:
    """`{{ version.scope|scope_name }}`: for whom a version is."""
    return str(policy_words.SCOPES.get(scope, scope))


@register.filter
def values_in_words(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """`{% for name, value in version.values|values_in_words %}`: each value with its name and unit."""
    return [(policy_words.field_name(name), policy_words.written(name, value)) for name, value in values.items()]


@register.filter
def bound_in_words(bound: Any) -> str:
    """`{{ bound|bound_in_words }}`: what the law allows for a value."""
    if bound.most is not None:
        return _("at most %(value)s") % {"value": policy_words.written(bound.field, bound.most)}
    return _("at least %(value)s") % {"value": policy_words.written(bound.field, bound.least)}


@register.inclusion_tag("parts/chart.html")
def time_wire(stretches: Sequence[Any], today: date, label: str) -> dict[str, Any]:
    """`{% time_wire policy.stretches on label %}`: what held, holds and will hold, along a wire."""
    wires = [drawings.time_wire([_stretch(one) for one in stretches], width) for width in (charts.WIDE, charts.NARROW)]
    return {"wide": wires[0], "narrow": wires[1], "label": label}


def _stretch(one: Any) -> drawings.Stretch:
    said = [policy_words.written(name, value) for name, value in one.values.items()]
    since = _("%(on)s, holds today") % {"on": day(one.start)} if one.state == "now" else day(one.start)
    return drawings.Stretch(since, one.state, ", ".join(said[:2]) + (" …" if len(said) > 2 else ""))


@register.inclusion_tag("parts/chart.html")
def differences(rows: Sequence[drawings.Difference], label: str) -> dict[str, Any]:
    """`{% differences rows label %}`: what went up and what went down, from one line in the middle."""
    return {
        "wide": drawings.differences(rows, charts.WIDE),
        "narrow": drawings.differences(rows, charts.NARROW),
        "label": label,
    }


@register.inclusion_tag("parts/chart.html")
def pay_days(days: Sequence[drawings.PayDay], label: str) -> dict[str, Any]:
    """`{% pay_days days label %}`: how much comes in on which day, before and after."""
    return {
        "wide": drawings.pay_days(days, charts.WIDE),
        "narrow": drawings.pay_days(days, charts.NARROW),
        "label": label,
    }


@register.filter
def suspense_reason(code: str) -> str:
    """`{{ record.reason|suspense_reason }}`: why a record of the network waits."""
    key = f"usage.reason.{code}"
    return say(key, language()) if knows(key) else code


@register.filter
def alike(group: Group) -> str:
    """`{{ group|alike }}`: the value or the file that records in suspense have in common."""
    return waiting_words.subject(group)


@register.filter
def alike_kind(group: Group) -> str:
    """`{{ group|alike_kind }}`: whether that is a line, a country, a file."""
    return waiting_words.kind(group)


@register.filter
def age(since: datetime, at: datetime) -> str:
    """`{{ group.oldest_at|age:staff.at }}`: for how long something waits, in days."""
    return waiting_words.age(desk_waiting.days(since, at))


@register.inclusion_tag("parts/chart.html")
def pieces(parts: Sequence[charts.Piece], label: str) -> dict[str, Any]:
    """`{% pieces parts label %}`: what a number is made of, to scale, in two sizes."""
    return {"wide": charts.bar_wide(parts), "narrow": charts.bar_narrow(parts), "label": label}


@register.filter
def usage_kind(code: str) -> str:
    """`{{ row.usage_type|usage_kind }}`: a kind of usage, or a category, as invoices call it."""
    return usage_words.kind(code, language())


@register.filter
def used_quantity(value: int, service: str) -> str:
    """`{{ row.billed|used_quantity:row.service }}`: minutes and seconds, MB, or pieces as they are."""
    return usage_words.quantity(value, service, language())


@register.filter
def gauge_name(gauge: Gauge) -> str:
    """`{{ gauge|gauge_name }}`: the name of a bundle, or of a ceiling of spending."""
    return usage_words.gauge(gauge.code, gauge.service, language())


@register.filter
def has_tax(gauge: Gauge, prices: str) -> bool:
    """`{{ gauge|has_tax:line.prices }}`: whether what a ceiling of spending counts has VAT in it."""
    return spending.includes_tax(spending.ceiling_of(gauge.code), prices)


@register.filter
def gauged(value: int, gauge: Gauge) -> str:
    """`{{ gauge.used|gauged:gauge }}`: an amount of a ceiling, or a quantity."""
    if gauge.is_spend:
        return formats.money(Money.from_micro(value).rounded_down(), language())
    return usage_words.about(value, gauge.service, language())


@register.filter
def ground(kind: str) -> str:
    """`{{ disclosure.kind|ground }}`: why whole numbers were shown."""
    return str(GROUNDS.get(kind, kind))


@register.filter
def line_number(identifier: str) -> str:
    """`{{ seen.identifier|line_number }}`: the number of a line, as it can be called from anywhere."""
    return phone(identifier if identifier.startswith("+") else f"+{identifier}")


@register.filter
def delivered_by(source: str) -> str:
    """`{{ fate.source|delivered_by }}`: the way by which a delivery came."""
    return str(SOURCES.get(source, source))


@register.filter
def signed(amount: Money) -> str:
    """`{{ trial.difference|signed }}`: an amount with its sign, also when it is positive."""
    return trying.signed(amount)


@register.filter
def promised_by(source: str) -> str:
    """`{{ promise.due_source|promised_by }}`: what sets the day of a promise: an agreement, a policy, a law."""
    key = source.partition("@")[0]
    if source == "agreed":
        return _("as agreed")
    return policy_words.key_name(key) if key in policy_words.KEYS else source


@register.filter
def desk_name(owner: str) -> str:
    """`{{ promise.owner|desk_name }}`: whose promise it is."""
    key = f"access.role.{owner}"
    return say(key, language()) if knows(key) else owner


@register.filter
def with_unit(value: str, field: str) -> str:
    """`{{ clip.law_value|with_unit:clip.field }}`: a value that is kept as text, with its unit."""
    return policy_words.written(field, value)


@register.filter
def policy_reason(given: str) -> str:
    """`{{ version.reason|policy_reason }}`: why a version was published."""
    return policy_words.reason(given)
