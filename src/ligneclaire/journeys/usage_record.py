"""One rated record of usage and why it costs what it costs: the steps of the rating engine (`usage.rules.explain`), in
words, behind the wall (FMP-11). The user of a line and the desk are told by the same functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from ligneclaire.domains.catalogue import queries as catalogue
from ligneclaire.domains.catalogue.models import Product
from ligneclaire.domains.catalogue.rules.tariff import PEAK, Rate
from ligneclaire.domains.operators.models import Operator
from ligneclaire.domains.usage.queries import own, wall
from ligneclaire.domains.usage.queries.wall import Seen
from ligneclaire.domains.usage.rules import explain, zones
from ligneclaire.journeys import formats, usage_words
from ligneclaire.kernel import texts
from ligneclaire.kernel.because import Step
from ligneclaire.kernel.refusal import Refusal
from ligneclaire.kernel.scope import Scope

QUANTITIES = ("quantity", "billed", "first", "next", "outside", "unit")


@dataclass(frozen=True, slots=True)
class UsedRecord:
    """A rated record: `row` has the columns of RATED, `at` is the local moment, `product` and `plan_from` are the plan
    that priced it, `names` the zones of that day, `steps` lead from the quantity to the amount."""

    seen: Seen
    name: str
    row: Mapping[str, Any]
    at: datetime
    product: Product | None
    plan_from: date | None
    names: Mapping[str, str]
    steps: tuple[Step, ...]


def used_record(scope: Scope, operator: Operator, seen: Seen, name: str, lang: str) -> UsedRecord:
    """The record of that name (`own.name_of`) of a line in a month, as far as the scope sees it. Raises NotFound,
    store.SegmentDamaged."""
    row = own.record(wall.records_of(scope, seen), name)
    at = row["start"].astimezone(ZoneInfo(operator.timezone))
    product, rate, has_peak = _priced(operator.pk, row, at.date())
    return UsedRecord(
        seen=seen,
        name=name,
        row=row,
        at=at,
        product=product,
        plan_from=date.fromisoformat(row["plan"].rpartition("@")[2]) if product else None,
        names=catalogue.zone_names(operator.pk, lang, at.date()),
        steps=explain.steps_of(explain.told_of(name, row), rate, has_peak=has_peak),
    )


def sentence(record: UsedRecord, step: Step, lang: str) -> str:
    """A step of a record in words, quantities with their unit, zones and bundles by name."""
    params = dict(step.params)
    for name in QUANTITIES:
        if isinstance(value := step.params.get(name), int):
            params[name] = usage_words.quantity(value, record.row["service"], lang)
    if "zone" in params:
        params["zone"] = record.names.get(str(params["zone"]), str(params["zone"]))
    if "bundle" in params:
        params["bundle"] = usage_words.bundle(str(params["bundle"]), lang)
    return formats.no_narrow_space(texts.say(f"usage.why.{step.code.rpartition('.')[2]}", lang, params))


def _priced(operator_id: int, row: Mapping[str, Any], on: date) -> tuple[Product | None, Rate | None, bool]:
    """The plan of a record, the rate that rating used (none when the catalogue has other terms for that day now), and
    whether its tariff has peak times."""
    is_peak = row["band"] == PEAK
    code = row["plan"].partition("@")[0]
    product = Product.objects.filter(operator_id=operator_id, code=code, kind__in=("offer", "option")).first()
    try:
        tariff = catalogue.tariff_for(operator_id, code, on).tariff
    except Refusal:
        return product, None, is_peak
    if tariff is None or tariff.code != row["plan"]:
        return product, None, is_peak
    return product, zones.rate_of(tariff, row["service"], row["zone"], row["band"]), tariff.peak is not None
