"""The decisions of usage: `usage-charge`, `usage-alerts`, `spend-alerts`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field

from ligneclaire.domains.usage import charging, policies
from ligneclaire.domains.usage.rules import spending, warning
from ligneclaire.domains.usage.tariff_facts import Cost, TariffFact, Units
from ligneclaire.kernel.because import Step, step
from ligneclaire.kernel.decision import Answer, Context, Facts, Fault, Record, decision, refuse
from ligneclaire.kernel.facts import At, Day, Flag, Stamp, Text, UnitPrice, percent_text
from ligneclaire.kernel.money import Money, divided
from ligneclaire.kernel.policy import Law

MOST = 10_000
Threshold = Annotated[int, Field(strict=True, ge=1, le=1000)]
Whole = Annotated[int, Field(strict=True, ge=-(2**62), le=2**62)]
Called = Annotated[str, Field(strict=True, max_length=64)]


class RecordFact(Record):
    """One usage record. `to`: as E.164 with or without "+", or a short code as dialled; `visited` absent = home."""

    id: Text
    at: At
    service: Text
    direction: Literal["out", "in"] = "out"
    to: Called | None = None
    quantity: Whole
    visited: Text | None = None
    amount: UnitPrice | None = None


class UsageChargeFacts(Facts):
    """Records of one line in one month, with the tariff or the plan; `used` of each bundle already."""

    tariff: TariffFact | None = None
    plan: Text | None = None
    on: Day | None = None
    records: Annotated[list[RecordFact], Field(max_length=MOST)]
    used: dict[str, Units] = {}

    def check(self) -> Iterable[Fault]:
        """Either a tariff or a plan, and a tariff that says everything once."""
        if self.tariff is None and self.plan is None:
            yield Fault("rulebook.fault.missing", "tariff")
        if self.tariff is not None:
            if self.plan is not None:
                yield Fault("usage.fault.tariff-or-plan", "plan")
            yield from self.tariff.faults()


class InsideAnswer(Record):
    """What a record took from a bundle."""

    bundle: str
    quantity: int


class RatedAnswer(Record):
    """One rated record; `reason` says why nothing was charged, or null."""

    id: str
    zone: str | None
    band: str
    billed: int
    inside: list[InsideAnswer]
    outside: int
    amount: str
    reason: str | None


class SuspenseAnswer(Record):
    """One record that can't be rated, with its reason."""

    id: str
    reason: str


class UsageChargeAnswer(Answer):
    """Records in rating order; `used` of each bundle afterwards; `total` of all amounts."""

    records: list[RatedAnswer]
    used: dict[str, int]
    total: str
    suspense: list[SuspenseAnswer]
    prices: str | None


@decision(
    "usage-charge",
    "What usage records cost",
    rules=(*(f"RAT-{n:02}" for n in range(1, 13)), "RAT-14", "RAT-15", "C1"),
    facts=UsageChargeFacts,
    answer=UsageChargeAnswer,
    example={
        "tariff": {
            "prefixes": [{"prefix": "32", "zone": "be-fixed"}, {"prefix": "324", "zone": "be-mobile"}],
            "rates": [
                {
                    "service": "voice",
                    "zone": "be-fixed",
                    "band": "any",
                    "price": "0.10",
                    "unit": 60,
                    "first": 60,
                    "next": 1,
                    "fee": "0.05",
                    "minimum": "0",
                    "flags": [],
                }
            ],
            "bundles": [
                {
                    "code": "B1",
                    "services": ["voice"],
                    "zones": ["be-fixed", "be-mobile"],
                    "size": 3600,
                    "band": "any",
                }
            ],
            "peak": {"weekdays": [1, 2, 3, 4, 5], "from": "08:00", "to": "19:00", "holidays_off": True},
        },
        "records": [
            {"id": "r1", "at": "2026-04-13T09:00:00+02:00", "service": "voice", "to": "3225550147", "quantity": 95},
            {"id": "r2", "at": "2026-04-06T09:00:00+02:00", "service": "voice", "to": "3225550147", "quantity": 20},
        ],
        "used": {"B1": 3570},
    },
    example_operator="fleet",
)
def decide_usage_charge(facts: UsageChargeFacts, context: Context) -> tuple[UsageChargeAnswer, tuple[Step, ...]]:
    """The engine of the rating pass, over the records of the facts."""
    tariff, bundles = _tariff(facts, context)
    unknown = sorted(set(facts.used) - {bundle.code for bundle in bundles if bundle.day_price is None})
    if unknown:
        raise refuse("rulebook.fault.unknown", f"used.{unknown[0]}")
    asked = [
        charging.Asked(one.id, one.at.at, one.service, one.direction, one.to or "", one.quantity, one.visited or "",
                       None if one.amount is None else one.amount.micro)
        for one in facts.records
    ]  # fmt: skip
    place = charging.Place(context.zone, context.country_known or "", context.at)
    charged = charging.charge(asked, tariff, bundles, facts.used, place)
    answer = UsageChargeAnswer(
        records=[RatedAnswer.model_validate(one) for one in charged.records],
        used=dict(charged.used),
        total=charged.total,
        suspense=[SuspenseAnswer(id=name, reason=reason) for name, reason in charged.suspense],
        prices=context.prices(),
    )
    return answer, charged.because


def _tariff(facts: UsageChargeFacts, context: Context) -> charging.Priced:
    """The tariff of the facts, or of the operator's plan on a day (default: that of asking)."""
    if facts.tariff is not None:
        return facts.tariff.tariff(), tuple(one.bundle() for one in facts.tariff.bundles)
    return charging.of_plan(context.plan(facts.plan or "", facts.on or context.on))


class AlertEvent(Record):
    """What happens to an allowance: a quantity is used, or it changes; a later `period` starts anew."""

    at: At
    quantity: Units = 0
    allowance: Units | None = None
    period: Text | None = None


class UsageAlertsFacts(Facts):
    """An allowance in whole units, and what happens to it, in order of time; a late record of an earlier period may
    come later."""

    allowance: Units
    events: Annotated[list[AlertEvent], Field(max_length=MOST)]
    thresholds: Annotated[list[Threshold], Field(max_length=100)] | None = None

    def check(self) -> Iterable[Fault]:
        """Events in order of time, but for late ones."""
        running, in_time = "", list[tuple[int, Stamp]]()
        for place, one in enumerate(self.events):
            if one.period is None or one.period >= running:
                running = one.period or running
                in_time.append((place, one.at))
        yield from _in_order(in_time)


class AlertAnswer(Record):
    """One warning; `share` is what was used by then, in percent."""

    at: At
    threshold: int
    share: str


class UsageAlertsAnswer(Answer):
    """The warnings in the order of sending."""

    alerts: list[AlertAnswer]


@decision(
    "usage-alerts",
    "When a customer is warned of a bundle that runs out",
    rules=("C10", "USE-01"),
    facts=UsageAlertsFacts,
    answer=UsageAlertsAnswer,
    policies=(policies.UsageAlerts,),
    example={
        "allowance": 10000000000,
        "events": [
            {"at": "2026-05-12T18:00:00+02:00", "quantity": 7600000000, "period": "2026-05"},
            {"at": "2026-05-20T09:30:00+02:00", "quantity": 2400000000, "period": "2026-05"},
        ],
    },
    example_operator="fleet",
)
def decide_usage_alerts(facts: UsageAlertsFacts, context: Context) -> tuple[UsageAlertsAnswer, tuple[Step, ...]]:
    """Thresholds of the facts, else of the policy on the day of the first event."""
    source, thresholds = None, facts.thresholds
    if thresholds is None:
        policy = context.policy(policies.UsageAlerts, _first_day([one.at for one in facts.events], context))
        source, thresholds = policy.source, list(policy.value.alert_thresholds)
    events = [warning.Event(one.quantity, one.allowance, one.period) for one in facts.events]
    found = warning.warnings(facts.allowance, thresholds, events)
    alerts = [AlertAnswer(at=facts.events[one.place].at, threshold=one.threshold, share=_share(one)) for one in found]
    steps = [
        step("usage.step.warned", "C10", answered.share, source, at=answered.at, threshold=answered.threshold,
             used=one.used, allowance=one.allowance)
        for one, answered in zip(found, alerts, strict=True)
    ]  # fmt: skip
    return UsageAlertsAnswer(alerts=alerts), tuple(steps) or (step("usage.step.not-warned", "USE-01", "null", source),)


def _share(reached: warning.Reached) -> str:
    """Percent with up to six decimals, half-up."""
    return percent_text(Decimal(divided(reached.used * 100 * 10**6, reached.allowance)).scaleb(-6))


class SpendEvent(Record):
    """What an event adds to the spending; `accepted`: the customer agreed to go on."""

    at: At
    amount: Cost
    accepted: Flag = False


class SpendAlertsFacts(Facts):
    """What is spent, event by event in order of time. A `ceiling` at home lies on top of the `bundle`, and so does
    `cap`, the customer's own stop."""

    kind: Literal["domestic-be", "roaming-eu"]
    events: Annotated[list[SpendEvent], Field(max_length=MOST)]
    bundle: Cost | None = None
    ceiling: Cost | None = None
    cap: Cost | None = None

    def check(self) -> Iterable[Fault]:
        """Events in order of time. A cap is a domestic stop: abroad the ceiling stops."""
        yield from _in_order([(place, one.at) for place, one in enumerate(self.events)])
        if self.cap is not None and self.kind == spending.ROAMING:
            yield Fault("usage.fault.cap-at-home", "cap")


class SpendAlertAnswer(Record):
    """One warning: of the bundle or the ceiling at home; of the limit, before it or beyond it abroad."""

    at: At
    level: str


class SpendAlertsAnswer(Answer):
    """The warnings in the order of sending, and when usage stopped (null: it did not)."""

    alerts: list[SpendAlertAnswer]
    stopped_at: At | None
    prices: str


@decision(
    "spend-alerts",
    "When a customer is warned of costs, and when usage stops",
    rules=("L-BE-07", "L-EU-02", "W-22"),
    facts=SpendAlertsFacts,
    answer=SpendAlertsAnswer,
    example={
        "kind": "roaming-eu",
        "events": [
            {"at": "2026-05-12T18:00:00+02:00", "amount": "41.00"},
            {"at": "2026-05-12T18:20:00+02:00", "amount": "12.50"},
        ],
    },
    example_operator="fleet",
)
def decide_spend_alerts(facts: SpendAlertsFacts, context: Context) -> tuple[SpendAlertsAnswer, tuple[Step, ...]]:
    """By the law of the day of the first event; the customer's own ceiling where he chose one."""
    law = context.law(spending.LAWS[facts.kind], _first_day([one.at for one in facts.events], context))
    if law is None:
        raise refuse("usage.fault.no-law-then", "kind", law=spending.LAWS[facts.kind])
    watched = _ceiling(facts, law)
    events = [spending.Spent(one.amount.micro, one.accepted) for one in facts.events]
    found = spending.watch(watched, events)
    stopped_at = None if found.stopped_at is None else facts.events[found.stopped_at].at
    alerts = [SpendAlertAnswer(at=facts.events[place].at, level=level.name) for place, level in found.alerts]
    steps = [
        step("usage.step.level", law.id, level.name, law.text, at=facts.events[place].at, level=level.name,
             amount=Money.from_micro(level.amount), spent=Money.from_micro(found.spent[place]))
        for place, level in found.alerts
    ]  # fmt: skip
    prices = "inclusive" if facts.kind == spending.DOMESTIC else "exclusive"
    last = _stopped(stopped_at, law, facts.kind)
    return SpendAlertsAnswer(alerts=alerts, stopped_at=stopped_at, prices=prices), (*steps, last)


def _ceiling(facts: SpendAlertsFacts, law: Law) -> spending.Ceiling:
    """The ceiling of the facts, else the law's own; a domestic one is among those that the law names."""
    bundle = facts.bundle.micro if facts.bundle is not None else 0
    if facts.kind == spending.ROAMING:
        limit = facts.ceiling if facts.ceiling is not None else Money.of(law["limit_default"])
        return spending.roaming(law, bundle, limit.micro)
    ceiling = facts.ceiling if facts.ceiling is not None else Money.of(law["ceiling_default"])
    allowed = [Money.of(one) for one in law["ceilings"]]
    if ceiling not in allowed:
        raise refuse("rulebook.fault.not-allowed", "ceiling", expected=", ".join(str(one) for one in allowed))
    return spending.domestic(bundle, ceiling.micro, None if facts.cap is None else facts.cap.micro)


def _stopped(at: Stamp | None, law: Law, kind: str) -> Step:
    rule = "W-22" if kind == spending.DOMESTIC else law.id
    if at is None:
        return step("usage.step.not-stopped", rule, "null", law.text)
    return step("usage.step.stopped", rule, at, law.text, at=at)


def _in_order(moments: Sequence[tuple[int, Stamp]]) -> Iterable[Fault]:
    """The first event that lies before the one before it."""
    for (_, before), (place, at) in pairwise(moments):
        if at.at < before.at:
            yield Fault("usage.fault.out-of-order", f"events[{place}].at")
            return


def _first_day(moments: list[Stamp], context: Context) -> Day:
    """The local day of the first event, else that of asking."""
    return min(one.at for one in moments).astimezone(context.zone).date() if moments else context.on
