"""The complementary currency: net only, eligible lines only, both parts sum to the invoice (PAY-10 to PAY-12, C11)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ligneclaire.domains.accounts.policies import ComplementaryCurrency
from ligneclaire.domains.accounts.rules.settlement import SettledLine, split
from ligneclaire.domains.rulebook.tests.asking import ask, faults, steps
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.policy import InForce

CATEGORIES = ["telephony", "internet", "hardware", "software", "service"]
TERMS = InForce(
    ComplementaryCurrency((Decimal(50), Decimal(100)), ("hardware", "software")), "accounts.complementary@2015-01-01"
)


@pytest.mark.parametrize(
    ("share", "lines", "complementary", "euro", "total"),
    [
        # 21 % of 100 = 21; half of 100 in the complementary currency, 50 + 21 in euro
        (50, [("100.00", "telephony")], "50.00", "71.00", "121.00"),
        (100, [("100.00", "internet")], "100.00", "21.00", "121.00"),
        # leased equipment and software in euro: half of 24.51 = 12.255, half up
        (50, [("24.51", "service"), ("38.00", "hardware"), ("9.00", "software")], "12.26", "74.27", "86.53"),
        # once over the sum: half of 0.02 is 0.01; line by line it would be 0.02
        (50, [("0.01", "telephony"), ("0.01", "internet")], "0.01", "0.01", "0.02"),
        (100, [("38.00", "hardware")], "0.00", "45.98", "45.98"),
        ("50", [], "0.00", "0.00", "0.00"),
    ],
)
@pytest.mark.rule("C11", "PAY-10", "PAY-11", "PAY-12")
def test_an_invoice_in_two_currencies(
    share: object, lines: list[tuple[str, str]], complementary: str, euro: str, total: str
) -> None:
    facts = {"share": share, "vat_rate": 21, "lines": [{"net": net, "category": kind} for net, kind in lines]}
    answer = ask("settlement-split", facts, "lessor")
    assert (answer["complementary"], answer["euro"], answer["total"]) == (complementary, euro, total)
    assert steps(answer)[-1] == euro
    assert answer["prices"] == "exclusive"


@pytest.mark.rule("PAY-10")
def test_only_agreed_shares_and_known_categories() -> None:
    good = {"share": 50, "vat_rate": 21, "lines": [{"net": "1.00", "category": "telephony"}]}
    for share in (0, 49, "33.3", 99):
        assert faults("settlement-split", good | {"share": share}, "lessor") == [("not-allowed", "share")]
    lines = [{"net": "1.00", "category": "phone"}]
    assert faults("settlement-split", good | {"lines": lines}) == [("not-allowed", "lines[0].category")]
    tried = ask("settlement-split", good | {"share": 25, "policy": {"complementary_shares": [25]}}, "lessor")
    assert tried["complementary"] == "0.25"


@pytest.mark.rule("PAY-12")
def test_what_is_excluded_is_a_policy() -> None:
    facts = {"share": 100, "vat_rate": 21, "lines": [{"net": "38.00", "category": "hardware"}]}
    tried = ask("settlement-split", facts | {"policy": {"complementary_excluded": []}}, "lessor")
    assert tried["complementary"] == "38.00"


@given(
    st.lists(st.tuples(st.integers(-10_000, 100_000), st.sampled_from(CATEGORIES)), max_size=8),
    st.sampled_from([Decimal(50), Decimal(100)]),
    st.integers(0, 20_000),
)
@pytest.mark.rule("C11")
def test_both_parts_sum_to_the_invoice(lines: list[tuple[int, str]], share: Decimal, vat: int) -> None:
    found = split(
        [SettledLine(Money.from_cents(net), kind) for net, kind in lines], share, Money.from_cents(vat), TERMS
    )
    assert found.complementary + found.euro == found.total == found.net + found.vat
    if share == 100:
        excluded = sum(net for net, kind in lines if kind in ("hardware", "software"))
        assert found.euro.cents == vat + excluded
