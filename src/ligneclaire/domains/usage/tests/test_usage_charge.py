"""RAT-01 to RAT-15 by the decision `usage-charge`: what single records cost."""

from __future__ import annotations

from typing import Any

import pytest

from ligneclaire.domains.rulebook.tests.asking import ask, faults, steps

NUMBERS = [
    {"prefix": "32", "zone": "be-fixed"},
    {"prefix": "324", "zone": "be-mobile"},
    {"prefix": "3290", "zone": "be-premium"},
    {"prefix": "33", "zone": "fr"},
]
PEAK = {"weekdays": [1, 2, 3, 4, 5], "from": "08:00", "to": "19:00", "holidays_off": True}
MONDAY = "2026-05-04T10:00:00+02:00"


def rate(service: str = "voice", zone: str = "be-fixed", price: str = "0.10", **more: Any) -> dict[str, Any]:
    return {"service": service, "zone": zone, "price": price, "unit": 60, **more}


def tariff(*rates: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"prefixes": NUMBERS, "rates": list(rates or [rate()]), **more}


def bundle(code: str = "B1", size: int = 100, **more: Any) -> dict[str, Any]:
    return {"code": code, "services": ["voice"], "zones": ["be-fixed", "be-mobile"], "size": size, **more}


def call(quantity: int = 60, to: str = "3225550147", at: str = MONDAY, name: str = "r1", **more: Any) -> dict[str, Any]:
    return {"id": name, "at": at, "service": "voice", "to": to, "quantity": quantity, **more}


def charge(priced: dict[str, Any], *records: dict[str, Any], **more: Any) -> Any:
    return ask("usage-charge", {"tariff": priced, "records": list(records), "country": "BE", **more})


def one(priced: dict[str, Any], record: dict[str, Any], **more: Any) -> Any:
    answer = charge(priced, record, **more)
    assert answer["suspense"] == []
    assert answer["total"] == steps(answer)[-1]
    return answer["records"][0]


def reasons(answer: Any) -> list[tuple[str, str]]:
    return [(waiting["id"], waiting["reason"]) for waiting in answer["suspense"]]


@pytest.mark.rule("RAT-04")
@pytest.mark.parametrize(
    ("first", "then", "quantity", "billed"),
    [
        (60, 1, 0, 0), (60, 1, 1, 60), (60, 1, 60, 60), (60, 1, 61, 61), (60, 1, 95, 95),
        (1, 1, 1, 1), (1, 1, 95, 95),
        (30, 6, 1, 30), (30, 6, 30, 30), (30, 6, 31, 36), (30, 6, 36, 36), (30, 6, 37, 42),
        (60, 60, 61, 120),
    ],
)  # fmt: skip
def test_quantities_are_billed_by_increments(first: int, then: int, quantity: int, billed: int) -> None:
    found = one(tariff(rate(first=first, next=then)), call(quantity))
    assert found["billed"] == found["outside"] == billed


@pytest.mark.rule("RAT-07", "RAT-14", "C1")
@pytest.mark.parametrize(
    ("priced", "quantity", "amount"),
    [
        (rate(), 60, "0.100000"),
        (rate(), 65, "0.108333"),  # 6.5 ÷ 60 = 0.1083333…
        (rate(), 50, "0.083333"),
        (rate(), 40, "0.066667"),  # 0.0666666… half-up
        (rate(price="0.000001"), 30, "0.000001"),  # half of a millionth, up
        (rate(price="0.000001"), 29, "0.000000"),
        (rate(fee="0.05"), 60, "0.150000"),
        (rate(minimum="0.20"), 60, "0.200000"),
        (rate(minimum="0.20", fee="0.05"), 60, "0.250000"),  # the fee comes after the minimum
        (rate(minimum="0.20", fee="0.05"), 240, "0.450000"),
        (rate(minimum="0.20", fee="0.05"), 0, "0.000000"),  # nothing costs nothing
    ],
)
def test_the_outside_part_is_priced_to_six_decimals(priced: dict[str, Any], quantity: int, amount: str) -> None:
    assert one(tariff(priced), call(quantity))["amount"] == amount


@pytest.mark.rule("RAT-06", "RAT-07")
def test_the_record_that_crosses_the_bundle_is_split_once() -> None:
    priced = tariff(rate(fee="0.05", minimum="0.01", first=60, next=60), bundles=[bundle(size=150)])
    answer = charge(priced, call(61, name="a"), call(61, name="b"), call(61, name="c"))
    # 61 seconds are billed as 120: 120 inside; 30 inside and 90 outside, without another increment and without the fee;
    # then 120 outside at 0.20 and the fee
    assert [(one["inside"], one["outside"], one["amount"]) for one in answer["records"]] == [
        ([{"bundle": "B1", "quantity": 120}], 0, "0.000000"),
        ([{"bundle": "B1", "quantity": 30}], 90, "0.150000"),
        ([], 120, "0.250000"),
    ]
    assert answer["used"] == {"B1": 150}
    assert answer["total"] == "0.400000"


@pytest.mark.rule("RAT-05")
def test_bundles_are_used_by_priority_then_by_code() -> None:
    bundles = [bundle("Z", 50, priority=1), bundle("B", 50, priority=2), bundle("A", 50, priority=2)]
    answer = charge(tariff(bundles=bundles), call(120), used={"Z": 20})
    assert answer["records"][0]["inside"] == [
        {"bundle": "Z", "quantity": 30}, {"bundle": "A", "quantity": 50}, {"bundle": "B", "quantity": 40},
    ]  # fmt: skip
    assert answer["used"] == {"A": 50, "B": 40, "Z": 50}


@pytest.mark.rule("RAT-05", "RAT-08")
def test_a_bundle_covers_its_services_zones_and_band_alone() -> None:
    rates = [rate(), rate(zone="be-mobile"), rate("sms", price="0.10", unit=1)]
    mobile = bundle("M", zones=["be-mobile"])
    evening = bundle("E", band="off-peak")
    priced = tariff(*rates, bundles=[mobile, evening], peak=PEAK)
    late = "2026-05-04T19:00:00+02:00"
    answer = charge(priced, call(10, name="a"), call(10, name="b", at=late), call(10, "32470123456", name="c"),
                    call(1, name="d") | {"service": "sms"})  # fmt: skip
    inside = {one["id"]: [part["bundle"] for part in one["inside"]] for one in answer["records"]}
    assert inside == {"a": [], "b": ["E"], "c": ["M"], "d": []}


@pytest.mark.rule("RAT-08")
@pytest.mark.parametrize(
    ("at", "band"),
    [
        ("2026-05-04T07:59:59+02:00", "off-peak"),
        ("2026-05-04T08:00:00+02:00", "peak"),
        ("2026-05-04T18:59:59+02:00", "peak"),
        ("2026-05-04T19:00:00+02:00", "off-peak"),
        ("2026-05-04T06:00:00Z", "peak"),  # eight o'clock in Brussels
        ("2026-05-02T10:00:00+02:00", "off-peak"),  # a Saturday
        ("2026-05-14T10:00:00+02:00", "off-peak"),  # Ascension
        ("2026-03-30T06:00:00Z", "peak"),  # the day after the clock went forward
        ("2026-03-27T06:59:59Z", "off-peak"),
    ],
)
def test_the_band_is_that_of_the_start(at: str, band: str) -> None:
    prices = [rate(band="peak", price="0.20"), rate(band="any", price="0.10")]
    found = one(tariff(*prices, peak=PEAK), call(60, at=at))
    assert found["band"] == band
    assert found["amount"] == ("0.200000" if band == "peak" else "0.100000")


@pytest.mark.rule("RAT-03")
@pytest.mark.parametrize(
    ("record", "zone"),
    [
        (call(), "be-fixed"),
        (call(to="+32470123456"), "be-mobile"),
        (call(to="32901234567"[:11]), "be-premium"),
        (call(to="33123456789", visited="BE"), "fr"),
        (call(to="33123456789", visited="FR"), "eu-calls"),
        (call(to="32470123456", visited="US"), "world"),
        (call(to="", direction="in"), "home"),
        (call(to="", direction="in", visited="US"), "world"),
        ({"id": "r1", "at": MONDAY, "service": "data", "quantity": 5}, "home"),
        ({"id": "r1", "at": MONDAY, "service": "data", "quantity": 5, "visited": "FR"}, "eu"),
    ],
)
def test_the_longest_prefix_or_the_visited_country_gives_the_zone(record: dict[str, Any], zone: str) -> None:
    zones = ["be-fixed", "be-mobile", "be-premium", "fr", "eu-calls", "world", "home", "eu"]
    rates = [rate(service, zone) for service in ("voice", "data") for zone in zones]
    routes = [{"visited": "eu", "to": "fr", "zone": "eu-calls"}]
    priced = tariff(*rates, visited={"FR": "eu", "US": "world"}, routes=routes)
    assert one(priced, record)["zone"] == zone


@pytest.mark.rule("RAT-03")
def test_a_short_code_is_no_prefix() -> None:
    priced = tariff(rate(), rate(zone="info", price="0.30"), short={"1207": "info"})
    assert one(priced, call(60, "1207"))["zone"] == "info"
    assert reasons(charge(priced, call(60, "3207"))) == [("r1", "no-zone")]


@pytest.mark.rule("RAT-09")
@pytest.mark.parametrize(
    ("country", "visited", "to", "is_emergency"),
    [
        ("BE", None, "112", True), ("BE", None, "101", True), ("BE", None, "116000", True), ("BE", None, "15", False),
        ("FR", None, "15", True), ("FR", None, "112", True), ("FR", None, "101", False), ("BE", "FR", "17", True),
        ("BE", "US", "112", True),
    ],
)  # fmt: skip
def test_emergency_calls_are_free_and_take_nothing(
    country: str, visited: str | None, to: str, is_emergency: bool
) -> None:
    answer = charge(tariff(bundles=[bundle(zones=["emergency"])]), call(60, to, visited=visited), country=country)
    if not is_emergency:
        assert reasons(answer) == [("r1", "no-zone")]
        return
    found = answer["records"][0]
    assert (found["amount"], found["inside"], found["reason"]) == ("0.000000", [], "emergency")


@pytest.mark.rule("RAT-09")
def test_free_rates_and_incoming_cost_nothing() -> None:
    free = one(tariff(rate(flags=["free"], fee="0.05"), bundles=[bundle()]), call(90))
    assert (free["amount"], free["inside"], free["reason"]) == ("0.000000", [], "free")
    incoming = one(tariff(rate()), call(90, "", direction="in"))
    assert (incoming["zone"], incoming["amount"], incoming["reason"]) == ("home", "0.000000", "free")
    abroad = tariff(rate(zone="world", price="0.60"), visited={"US": "world"})
    assert one(abroad, call(90, "", direction="in", visited="US"))["amount"] == "0.900000"


@pytest.mark.rule("RAT-10")
def test_a_special_number_has_two_parts_and_only_one_may_lie_in_a_bundle() -> None:
    special = rate("special", "be-premium", call_fee="0.50", minute_fee="1.20")
    record = call(90, "32901234567") | {"service": "special"}
    # the operator's part 90 × 0.10 ÷ 60 = 0.15; the service's 0.50 + 90 × 1.20 ÷ 60 = 2.30
    assert one(tariff(special), record)["amount"] == "2.450000"
    covered = bundle(services=["special"], zones=["be-premium"])
    assert one(tariff(special, bundles=[covered]), record)["amount"] == "2.300000"
    assert one(tariff(special), record | {"quantity": 0})["amount"] == "0.000000"


@pytest.mark.rule("RAT-10")
def test_a_third_party_asks_its_own_amount() -> None:
    record = {"id": "r1", "at": MONDAY, "service": "third-party", "to": "4411", "quantity": 1, "amount": "2.15"}
    everything = bundle(services=["third-party"], zones=["third-party"])
    found = one(tariff(bundles=[everything]), record)
    assert (found["amount"], found["inside"], found["outside"]) == ("2.150000", [], 1)


@pytest.mark.rule("RAT-12")
def test_the_order_is_by_start_then_by_key() -> None:
    records = [call(60, name="b"), call(60, name="a"), call(60, at="2026-05-04T09:59:59+02:00", name="c")]
    answer = charge(tariff(bundles=[bundle(size=90)]), *records)
    assert [(one["id"], one["outside"]) for one in answer["records"]] == [("c", 0), ("a", 30), ("b", 60)]
    assert charge(tariff(bundles=[bundle(size=90)]), *reversed(records)) == answer


@pytest.mark.rule("RAT-15", "RAT-01")
@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"quantity": -1}, "negative-number"),
        ({"service": "fax"}, "unknown-service"),
        ({"visited": "XYZ"}, "unknown-country"),
        ({"visited": "JP"}, "no-zone"),
        ({"to": "999123456"}, "no-zone"),
        ({"to": "33123456789"}, "no-rate"),
        ({"to": "9" * 40}, "no-zone"),
        ({"at": "2026-06-01T15:00:01+02:00"}, "in-the-future"),  # asked at 14:00, an hour is allowed
        ({"service": "third-party", "amount": "-1"}, "negative-number"),
        ({"service": "third-party"}, "missing-amount"),
        ({"quantity": 10**16}, "absurd-number"),
    ],
)
def test_what_cannot_be_waits_with_its_reason(changed: dict[str, Any], reason: str) -> None:
    answer = charge(tariff(), call(name="good"), call() | changed, **{})
    assert reasons(answer) == [("r1", reason)]
    assert [one["id"] for one in answer["records"]] == ["good"]


@pytest.mark.rule("RAT-15")
def test_an_hour_ahead_is_allowed() -> None:
    at = "2026-06-01T15:00:00+02:00"
    assert one(tariff(), call(at=at))["id"] == "r1"


@pytest.mark.rule("RAT-01")
def test_the_same_record_counts_once() -> None:
    answer = charge(tariff(), call(), call(), call(at="2026-05-04T11:00:00+02:00"))
    assert [one["id"] for one in answer["records"]] == ["r1", "r1"]
    assert reasons(answer) == [("r1", "duplicate")]


@pytest.mark.rule("RAT-02")
def test_a_plan_is_priced_as_on_its_day() -> None:
    record = {"id": "r1", "at": MONDAY, "service": "data", "quantity": 10**9}
    facts = {"plan": "vlinder-10", "records": [record], "used": {"data-home": 8 * 10**9}}
    before, after = (ask("usage-charge", facts | {"on": on}, "fleet") for on in ("2024-12-31", "2025-01-01"))
    # the plan had 8 GB until 2024 and has had 10 GB since
    assert before["records"][0]["inside"] == []
    assert after["records"][0]["inside"] == [{"bundle": "data-home", "quantity": 10**9}]


def test_refuses_what_is_no_tariff() -> None:
    twice = {**tariff(), "prefixes": [{"prefix": "32", "zone": "a"}, {"prefix": "32", "zone": "b"}]}
    records = [call()]
    assert faults("usage-charge", {"tariff": twice, "records": records}) == [("twice", "tariff.prefixes[1].prefix")]
    prices = tariff(rate(), rate(price="0.20"))
    assert faults("usage-charge", {"tariff": prices, "records": records}) == [("twice", "tariff.rates[1].zone")]
    backwards = tariff(peak={**PEAK, "from": "19:00", "to": "08:00"})
    assert faults("usage-charge", {"tariff": backwards, "records": records}) == [("peak-ends-before", "tariff.peak.to")]
    assert faults("usage-charge", {"records": records}) == [("missing", "tariff")]
    both = {"tariff": tariff(), "plan": "vlinder-10", "records": records}
    assert faults("usage-charge", both) == [("tariff-or-plan", "plan")]
    assert faults("usage-charge", {"plan": "nothing", "records": records}, "fleet") == [("unknown-plan", "plan")]
    assert faults("usage-charge", {"plan": "vlinder-10", "records": records}) == [("missing", "operator")]
    unknown = {"tariff": tariff(), "records": records, "used": {"B9": 1}}
    assert faults("usage-charge", unknown) == [("unknown", "used.B9")]


@pytest.mark.rule("RAT-07")
def test_what_lies_above_a_quantity_of_the_month_has_another_price() -> None:
    tiers = {"tiers": [{"above": 60, "price": "0.06"}], "count": "calls"}
    priced = tariff(rate(**tiers), rate(zone="fr", price="0.30", **tiers))
    later = "2026-05-05T10:00:00+02:00"
    answer = charge(priced, call(40), call(40, to="33142030405", at=later, name="r2"))
    # 40 s at 0.10 a minute; then 20 s at 0.30 and 20 s at 0.06, since both zones are counted together
    assert [found["amount"] for found in answer["records"]] == ["0.066667", "0.120000"]
    told = [step["step"] for step in answer["because"] if "quantity so far" in step["step"]]
    assert [text.rpartition("= ")[2] for text in told] == ["€0.066667.", "€0.12."]


def test_tiers_ascend_and_are_counted_by_a_name() -> None:
    falling = [{"above": 60, "price": "0.06"}, {"above": 60, "price": "0.05"}]
    assert faults("usage-charge", {"tariff": tariff(rate(tiers=falling)), "records": []}) == [
        ("missing", "tariff.rates[0].count"), ("tiers-ascend", "tariff.rates[0].tiers"),
    ]  # fmt: skip


@pytest.mark.rule("RAT-05")
def test_a_day_pass_is_bought_once_a_day_and_told() -> None:
    priced = tariff(rate(fee="0.05"), bundles=[bundle("day", 100, day_price="1.50")])
    answer = charge(priced, call(80), call(50, at="2026-05-04T11:00:00+02:00", name="r2"))
    # 1.50 for the day; then 20 s lie inside and 30 s cost 0.10 a minute, without a fee
    assert [found["amount"] for found in answer["records"]] == ["1.500000", "0.050000"]
    assert answer["records"][1]["inside"] == [{"bundle": "day", "quantity": 20}]
    told = [step["value"] for step in answer["because"] if "day pass" in step["step"]]
    assert (told, answer["used"]) == (["1.50"], {})
    assert faults("usage-charge", {"tariff": priced, "records": [], "used": {"day": 5}}) == [("unknown", "used.day")]


@pytest.mark.rule("RAT-08")
def test_the_band_is_a_reason_only_where_there_are_peak_times() -> None:
    with_peak, without = charge(tariff(peak=PEAK), call(10)), charge(tariff(), call(10))
    assert with_peak["because"][0]["step"] == "r1: zone be-fixed, peak."
    assert without["because"][0]["step"] == "r1: zone be-fixed."
