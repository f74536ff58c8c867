"""Rate decks and usage terms of a folder: every fault by file, key and reason."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from ligneclaire.domains.rulebook import decks, folders, rates
from ligneclaire.domains.rulebook.places import CHECKOUT

DECK, CATALOGUE = "rates/vlinder.toml", "catalogue.toml"
LANDLINE = 'services = ["voice"]\nzones = ["be-fixed", "be-mobile"]\nprice = "0.1500"\n'


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    shutil.copytree(CHECKOUT / "operators" / "fleet", tmp_path / "fleet")
    return tmp_path / "fleet"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def faults(folder: Path) -> list[tuple[str, str, str]]:
    with pytest.raises(folders.FolderRefused) as refused:
        folders.read(folder)
    return [(fault.file, fault.key, fault.reason) for fault in refused.value.faults]


def test_the_catalogue_of_fleet_is_of_a_real_size() -> None:
    found = folders.read(CHECKOUT / "operators" / "fleet")
    usage = {one.code: one.usage for one in found.products}
    offers = [one for one in found.products if one.kind == "offer"]
    options = [one for one in found.products if one.kind == "option"]
    assert len(offers) >= 12
    assert len(options) >= 20
    assert all(usage[one.code] for one in offers)
    assert {row.deck for one in offers for row in one.usage} == {"vlinder"}
    once = [one.code for one in options if all(price.monthly is None for price in one.prices)]
    assert len(once) >= 8
    [deck] = found.decks
    named = {country for row in deck.content["countries"] for country in row["of"]}
    visited = {country for countries in deck.content["visited"].values() for country in countries}
    assert len(named) == 245
    assert visited == named - {"BE"}


def test_counters_of_the_country_have_one_code_in_all_plans() -> None:
    found = folders.read(CHECKOUT / "operators" / "fleet")
    codes = {}
    for one in found.products:
        for row in one.usage:
            for bundle in row.content["bundles"]:
                codes.setdefault(bundle["code"], set()).add((*bundle["services"], *bundle["zones"], bundle["band"]))
    assert {"data-home", "voice-home", "sms-home"} <= set(codes)
    assert [code for code in ("data-home", "voice-home", "sms-home") if len(codes[code]) > 1] == []


@pytest.mark.parametrize(
    ("file", "old", "new", "key", "reason"),
    [
        (DECK, 'prefixes = ["3278"]', 'prefixes = ["3278", "3270"]', "numbers[3].prefixes", "two prices for one"),
        (DECK, 'prefixes = ["3278"]', 'prefixes = ["+3278"]', "numbers[3].prefixes", "digits"),
        (DECK, 'prefixes = ["3278"]', 'prefixes = "3278"', "numbers[3].prefixes", "list"),
        (DECK, 'prefixes = ["3278"]', "", "numbers[3].prefixes", "missing"),
        (DECK, 'zone = "be-078"', 'zone = "be-079"', "numbers[3].zone", "unknown zone 'be-079'"),
        (DECK, 'of = ["BE"]', 'of = ["BE", "DE"]', "countries[2].of", "two prices for one country"),
        (DECK, 'of = ["BE"]', 'of = ["BE", "XX"]', "countries[1].of", "unknown country 'XX'"),
        (DECK, 'mobile = "be-mobile"', 'mobile = "mobile"', "countries[1].mobile", "unknown zone"),
        (DECK, '"4411"', '"44-11"', "short[3].codes", "range"),
        (DECK, '"4411"', '"3000-99999"', "short[3].codes", "range"),
        (DECK, '"4411"', '"9999-9000"', "short[3].codes", "range"),
        (DECK, '"4411"', '"1207"', "short[3].codes", "two prices for one code: 1207"),
        (DECK, '"4411"', '"101"', "short[3].codes", "101 is in zone emergency"),
        (DECK, 'roam-ch = ["CH"]', 'roam-ch = ["CH", "FR"]', "visited.roam-ch", "two prices for one country"),
        (DECK, 'roam-ch = ["CH"]', 'be-fixed = ["CH"]', "visited.be-fixed", "kind roaming"),
        (DECK, 'roam-ch = ["CH"]', 'roam-no = ["CH"]', "visited.roam-no", "unknown zone"),
        (DECK, 'from = ["roam-ch"]', 'from = ["be-fixed"]', "routes[5].from", "no country and no zone"),
        (DECK, 'from = ["roam-ch"]', 'from = ["roam-uk"]', "routes[6].to", "two zones for roam-uk to *"),
        (DECK, 'zone = "roam-ch-calls"', "", "routes[5].zone", "missing"),
        (DECK, LANDLINE, LANDLINE.replace("0.1500", "0.15000001"), "rate[1].price", "six decimals"),
        (DECK, LANDLINE, LANDLINE.replace('"0.1500"', "0.15"), "rate[1].price", "six decimals"),
        (DECK, LANDLINE, LANDLINE.replace("0.1500", "-0.15"), "rate[1].price", "six decimals"),
        (DECK, LANDLINE, LANDLINE.replace('price = "0.1500"\n', ""), "rate[1].price", "missing"),
        (DECK, LANDLINE, LANDLINE.replace('"voice"', '"telex"'), "rate[1].services", "'telex' is none of"),
        (DECK, LANDLINE, LANDLINE.replace('"voice"', '"voice", "voice"'), "rate[1].services", "twice"),
        (DECK, LANDLINE, LANDLINE.replace("be-fixed", "be-vast"), "rate[1].zones", "unknown zone 'be-vast'"),
        (DECK, LANDLINE, f'band = "noon"\n{LANDLINE}', "rate[1].band", "none of"),
        (DECK, LANDLINE, f'flags = ["emergency"]\n{LANDLINE}', "rate[1].flags", "one flag"),
        (DECK, LANDLINE, f'usage_type = "voice"\n{LANDLINE}', "rate[1].usage_type", "none of"),
        (DECK, LANDLINE, f"cost = 1\n{LANDLINE}", "rate[1].cost", "unknown key"),
        (DECK, "unit = 60\nfirst = 60", "unit = 60\nfirst = 0", "rate[1].first", "at least 1"),
        (DECK, "unit = 60\nfirst = 60", "unit = 60\nnext = -6", "rate[1].next", "at least 1"),
        (DECK, "unit = 60\nfirst = 60", "unit = 0\nfirst = 60", "rate[1].unit", "at least 1"),
        (DECK, "unit = 60\nfirst = 60", "unit = 60.5\nfirst = 60", "rate[1].unit", "whole number"),
        (DECK, 'price = "0.020000"', 'price = "5.000000"', "rate[5].price", "more than 2^62"),
        (DECK, 'price = "0.020000"\nunit = 1_000_000\n', 'price = "2.500000"\nunit = 1_000_000_000_000\n',
         "rate[5].price", "a smaller unit"),
        (DECK, "unit = 60\nfirst = 60", "unit = 3_000_000_000_000_000_000\nfirst = 60", "rate[1].price",
         "a smaller unit"),
        (DECK, LANDLINE, f"{LANDLINE.replace('0.1500', '0')}next = 1_000_000_000_000_001\n", "rate[1].next", "at most"),
        (DECK, "from = 2015-01-01", 'from = "2015"', "from", "date"),
        (DECK, "from = 2015-01-01", "from = 2015-01-01\nuntil = 2014-01-01", "until", "ends"),
        (DECK, 'code = "vlinder"', 'code = "Vlinder!"', "code", "small letters"),
        (DECK, 'home = { kind = "national"', 'home = { kind = "local"', "zones.home.kind", "none of"),
        (DECK, 'home = { kind = "national", names = { fr = "Belgique", ', 'home = { kind = "national", names = { ',
         "zones.home.names.fr", "translation"),
        (DECK, "home = {", "emergency = {", "zones.emergency", "can't be the name"),
        (CATALOGUE, 'deck = "vlinder"', 'deck = "papillon"', "offer[1].usage[1].deck", "there is no deck 'papillon'"),
        (CATALOGUE, 'zones = ["home", "roam-eu"]', 'zones = ["home", "moon"]', "offer[2].usage[1].bundle[1].zones",
         "unknown zone 'moon'"),
        (CATALOGUE, 'services = ["data"]', 'services = ["fax"]', "offer[2].usage[1].bundle[1].services", "'fax'"),
        (CATALOGUE, 'services = ["data"]', 'services = ["data", "voice"]', "offer[2].usage[1].bundle[1].services",
         "share"),
        (CATALOGUE, 'services = ["data"]', "services = []", "offer[2].usage[1].bundle[1].services", "at least one"),
        (CATALOGUE, "size = 1_000_000_000 }", "size = 0 }", "offer[2].usage[1].bundle[1].size", "between"),
        (CATALOGUE, "size = 1_000_000_000 }", "size = 1, priority = -1 }", "offer[2].usage[1].bundle[1].priority",
         "between"),
        (CATALOGUE, "size = 1_000_000_000 }", 'size = 1, shared = "all" }', "offer[2].usage[1].bundle[1].shared",
         "none of account, cost-centre, holders"),
        (CATALOGUE, "size = 1_000_000_000 }", 'size = 1, shared = "account" }', "data-home", "of two kinds"),
        (CATALOGUE, 'code = "data-deel", services', f'code = "data-deel-{"x" * 30}", services',
         "offer[18].usage[1].bundle[1].code", "at most 32"),
        (CATALOGUE, "size = 1_000_000_000 }", "size = 1, rollover = 13 }", "offer[2].usage[1].bundle[1].rollover",
         "between 1 and 12 months"),
        (CATALOGUE, "size = 5_000_000_000, shared", "size = 5, rollover = 1, shared",
         "offer[18].usage[1].bundle[1].rollover", "lapses"),
        (CATALOGUE, "size = 2_000_000_000 }", "size = 2, rollover = 1 }", "option[20].usage", "bought once"),
        (CATALOGUE, 'count = "voice-national"\n', "", "offer[16].usage[1].rate[1].count", "missing"),
        (CATALOGUE, 'count = "voice-national"\n', 'count = "All!"\n', "offer[16].usage[1].rate[1].count",
         "small letters"),
        (CATALOGUE, "above = 18_000", "above = 3_600", "offer[16].usage[1].rate[1].tiers", "ascend"),
        (CATALOGUE, 'above = 18_000, price = "0.0600"', 'above = 18_000, price = "0.06", of = 1',
         "offer[16].usage[1].rate[1].tiers[2].of", "unknown key"),
        (CATALOGUE, 'above = 18_000, price = "0.0600"', 'above = 18_000, price = "999999.99"',
         "offer[16].usage[1].rate[1].price", "a smaller unit"),
        (CATALOGUE, 'count = "voice-national"\n', 'count = "voice-national"\nflags = ["free"]\n',
         "offer[16].usage[1].rate[1].tiers", "a price of ours"),
        (CATALOGUE, 'day_price = "4.0000"', "day_price = 4", "option[1].usage[1].bundle[1].day_price", "a text"),
        (CATALOGUE, 'day_price = "4.0000"', 'day_price = "4.00", rollover = 1',
         "option[1].usage[1].bundle[1].day_price", "one line and one day"),
        (CATALOGUE, 'code = "data-centre"', 'code = "data-day"', "data-day", "of two kinds"),
        (CATALOGUE, 'start = "08:00"', 'start = "20:00"', "offer[9].usage[1].peak.end", "ends"),
        (CATALOGUE, "weekdays = [1,", "weekdays = [0,", "offer[9].usage[1].peak.weekdays", "between 1"),
        (CATALOGUE, 'peak = { weekdays = [1, 2, 3, 4, 5], start = "08:00", end = "19:00", holidays_off = true }\n', "",
         "offer[9].usage[1].peak", "need peak times"),
        (CATALOGUE, 'band = "peak"\nprice = "0.2400"', 'band = "off-peak"\nprice = "0.2400"', "offer[9].usage[1].rate",
         "two prices for voice be-fixed off-peak"),
        (CATALOGUE, "[[option.usage]]\n",
         '[[option.usage]]\nrate = [{ services = ["sms"], zones = ["home"], price = "0" }]\n',
         "option[1].usage[1].rate", "prices need a deck"),
        (CATALOGUE, "until = 2025-01-01", "until = 2025-02-01", "offer[4].usage", "overlaps"),
    ],
)  # fmt: skip
def test_each_fault_names_its_key_and_reason(fleet: Path, file: str, old: str, new: str, key: str, reason: str) -> None:
    edit(fleet / file, old, new)
    said = [one for one in faults(fleet) if one[:2] == (file, key)]
    assert said, faults(fleet)
    assert any(reason in one[2] for one in said), said


def test_two_rates_for_one_service_and_zone_are_named(fleet: Path) -> None:
    deck = fleet / DECK
    deck.write_text(deck.read_text(encoding="utf-8") + f"\n[[rate]]\n{LANDLINE}", encoding="utf-8")
    assert (DECK, "rate", "two prices for voice be-fixed any") in faults(fleet)


def test_a_zone_without_a_rate_is_named_by_the_offer(fleet: Path) -> None:
    edit(fleet / DECK, '["be-premium-1"]\nprice = "0.0500"', '["be-premium-2"]\nprice = "0.0500"')
    edit(
        fleet / DECK,
        '["be-premium-2"]\nprice = "0.0500"\nunit = 60\nfirst = 60\nminute_fee = "0.8264"',
        '["home"]\nprice = "0"',
    )
    said = faults(fleet)
    assert (
        CATALOGUE,
        "offer[1].usage[1].rate",
        f"zone 'be-premium-1', which {DECK} names, has no rate for calls",
    ) in said


def test_a_price_at_one_time_of_the_day_alone_is_named(fleet: Path) -> None:
    edit(fleet / CATALOGUE, 'band = "peak"\n', 'band = "any"\n')
    edit(fleet / DECK, 'services = ["sms"]\nzones = ["be-078"', 'band = "peak"\nservices = ["sms"]\nzones = ["be-078"')
    reasons = [reason for file, _, reason in faults(fleet) if file == CATALOGUE]
    assert "sms be-fixed has a price at one time of the day alone" in reasons


def test_a_broken_deck_does_not_make_a_fault_of_every_plan(fleet: Path) -> None:
    edit(fleet / DECK, 'code = "vlinder"', "code = ")
    [(file, key, reason)] = faults(fleet)
    assert (file, key) == (DECK, "")
    assert "is not TOML" in reason


def test_versions_of_a_deck_follow_each_other(fleet: Path) -> None:
    text = (fleet / DECK).read_text(encoding="utf-8")
    (fleet / "rates" / "later.toml").write_text(text.replace("2015-01-01", "2026-01-01", 1), encoding="utf-8")
    assert ("rates/later.toml", "from", f"overlaps the deck of {DECK}") in faults(fleet)
    edit(fleet / DECK, "from = 2015-01-01", "from = 2015-01-01\nuntil = 2026-01-01")
    assert [one.effective_from for one in folders.read(fleet).decks] == [date(2015, 1, 1), date(2026, 1, 1)]
    edit(fleet / "rates" / "later.toml", "from = 2026-01-01", "from = 2026-02-01")
    assert all("does not cover all days" in reason for _, _, reason in faults(fleet))


def test_prices_are_whole_millionths() -> None:
    assert [rates.micro(text) for text in ("0", "0.0001", "12.345678", "999999")] == [0, 100, 12345678, 999999000000]


def test_codes_and_ranges_of_codes() -> None:
    assert decks.codes_of("4411") == ("4411",)
    assert decks.codes_of("098-101") == ("098", "099", "100", "101")
    assert decks.codes_of("1") == decks.codes_of("99-100") == decks.codes_of("x") == ()
