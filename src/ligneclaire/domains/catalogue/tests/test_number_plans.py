"""Fixed, mobile and premium prefixes of countries, out of the patterns of telephone numbers."""

from __future__ import annotations

import pytest

from ligneclaire.domains.catalogue.rules import number_plans


@pytest.mark.parametrize(
    ("country", "code", "own", "mobile"),
    [
        ("BE", "32", ("",), ("45", "46", "47", "48", "49")),
        ("FR", "33", ("",), ("6", "7")),
        ("NL", "31", ("",), ("6", "9")),
        ("US", "1", ("",), ()),  # fixed and mobile numbers are alike
        ("BS", "1", ("242",), ("2428",)),
        ("GG", "44", ("1481", "7781", "7839"), ("7781", "7839")),
        ("SJ", "47", ("79",), ()),
        ("VA", "39", ("06698",), ()),
        ("KZ", "7", ("7",), ("70", "74", "76", "77", "78")),
    ],
)
def test_the_prefixes_of_a_country(country: str, code: str, own: tuple[str, ...], mobile: tuple[str, ...]) -> None:
    assert number_plans.plan_of(country)[:3] == (code, own, mobile)


def test_premium_prefixes_are_no_ordinary_ones() -> None:
    assert number_plans.plan_of("BE")[3] == ("70", "90")
    assert number_plans.plan_of("GG")[3] == ()


def test_rows_become_prefixes_with_zones() -> None:
    rows = [
        {"of": ["BE"], "zone": "fixed", "mobile": "mobile"},
        {"of": ["US", "BS"], "zone": "america"},
    ]
    assert number_plans.prefixes_of(rows) == {
        "32": "fixed", "3245": "mobile", "3246": "mobile", "3247": "mobile", "3248": "mobile", "3249": "mobile",
        "1": "america", "1242": "america",
    }  # fmt: skip


def test_every_country_has_a_plan_of_its_own() -> None:
    from phonenumbers import SUPPORTED_REGIONS

    plans = {country: number_plans.plan_of(country) for country in SUPPORTED_REGIONS}
    without = {country for country, (_, own, _, _) in plans.items() if not own}
    assert without == {"BL", "MF", "EH", "CC", "CX"} & without  # they share every number with a larger neighbour
    assert sum(len(mobile) for _, _, mobile, _ in plans.values()) > 1000


def test_an_unknown_country_is_refused() -> None:
    with pytest.raises(ValueError, match="XX"):
        number_plans.plan_of("XX")
