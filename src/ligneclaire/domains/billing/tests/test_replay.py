"""Months of usage tried on other plans: under its own plan a line costs what it was billed, under another what a line
with that plan was billed for the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from tests import cast, rated, walled

from ligneclaire.domains.billing import refusals
from ligneclaire.domains.billing.queries.replay import Wanted, replay
from ligneclaire.domains.billing.rules.replayed import Cost, LineReplay, Replay
from ligneclaire.domains.billing.tests.runs import AUGUST, JULY, bill
from ligneclaire.domains.catalogue import queries as catalogue
from ligneclaire.domains.catalogue.rules import offered
from ligneclaire.domains.catalogue.rules.offered import Offered
from ligneclaire.domains.contracts import operations as contracts
from ligneclaire.domains.contracts.models import Contract
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.rulebook import folders, places
from ligneclaire.domains.usage.operations import erasing
from ligneclaire.domains.usage.queries.replay import PlanNotInForce, PlanRollsOver
from ligneclaire.domains.usage.tests import test_rating_pass as rating_pass
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.scope import Scope

pytestmark = pytest.mark.usefixtures("database")
JUNE = date(2026, 6, 1)
AT = datetime(2026, 7, 1, 4, tzinfo=UTC)
NUMBERS = ("+32470110001", "+32470110002", "+32470110003", "+32470110004")
CALLED = ("3222345678", "32470999999", "442079460123", "33142278186", "12125550147", "112")
GB = 10**9


def records(random: Random, count: int, month: date = JUNE) -> list[dict[str, object]]:
    """What a line used, at any time of a month, at home and abroad."""
    found = []
    begins = datetime(month.year, month.month, 1, tzinfo=UTC)
    for number in range(count):
        service = random.choice(["voice", "voice", "sms", "data"])
        found.append({
            "event_key": f"{number:04}", "start": begins + timedelta(seconds=random.randrange(29 * 86_400)),
            "service": service, "direction": "out", "other": "" if service == "data" else random.choice(CALLED),
            "quantity": {"voice": random.randrange(4_000), "sms": 1, "data": random.randrange(2 * GB)}[service],
            "visited": random.choice(["", "", "", "FR", "US"]), "amount": None,
        })  # fmt: skip
    return found


def deliver(company: cast.Customer, used: Sequence[tuple[Contract, list[dict[str, object]]]]) -> None:
    """Have these records of lines of a company taken in, and rated."""
    rows = [
        {**row, "account": one.account_id, "line": one.line_id, "event_key": f"{one.line_id}-{row['event_key']}"}
        for one, some in used
        for row in some
    ]
    rating_pass.deliver(company, rows, AT)
    rating_pass.rate(company, AT)


def plans(*codes: str) -> tuple[Offered, ...]:
    fleet = cast.operator("fleet")
    with acting_for(fleet.pk):
        return catalogue.offered(fleet.pk, codes)


def tried(company: cast.Customer, *codes: str, scope: Scope | None = None, **more: object) -> Replay:
    wanted = Wanted(frozenset({company.account.pk}), (JUNE,), plans(*codes))
    return replay(scope or Scope.staff(company.operator.pk), replace(wanted, **more))


def line_of(found: Replay, number: str) -> LineReplay:
    return next(one for one in found.lines if one.identifier == number)


def costs(found: Replay, number: str) -> list[tuple[int, ...]]:
    """What was billed of a line in its one month, and what each plan would have cost: offer, options and usage."""
    (month,) = line_of(found, number).months
    return [one[:3] for one in (month.billed, *month.tried)]


@pytest.fixture
def bora() -> cast.Customer:
    """Bora NV with a line on vlinder-25."""
    return cast.bora_mobile(line=NUMBERS[0])


@pytest.mark.rule("RAT-02", "RAT-12", "RAT-14", "C2")
@pytest.mark.parametrize("seed", [1, 2])
def test_a_plan_costs_what_a_line_that_has_it_is_billed_for_the_same(bora: cast.Customer, seed: int) -> None:
    random, half = Random(seed), date(2026, 6, 16)
    codes = ("vlinder-25", "vlinder-1", "vlinder-tik")
    lines = [
        bora.contract,
        *(cast.mobile_line(bora, number, code) for number, code in zip(NUMBERS[1:3], codes[1:], strict=True)),
    ]
    young = cast.mobile_line(bora, NUMBERS[3], "vlinder-1", on=half)
    same, late = (
        records(random, 150),
        [one for one in records(random, 80) if one["start"] > datetime(2026, 6, 16, 2, tzinfo=UTC)],
    )
    deliver(bora, [*((one, same) for one in lines), (young, late)])
    bill(bora.operator, JULY)
    found = tried(bora, *codes)
    billed = {code: costs(found, number)[0] for number, code in zip(NUMBERS[:3], codes, strict=True)}
    assert len({sum(one) for one in billed.values()}) == 3
    for number in NUMBERS[:3]:
        assert costs(found, number)[1:] == [billed[code] for code in codes]
    was, *would = costs(found, NUMBERS[3])
    assert would[1] == was
    # half of June: 15 of 30 days
    assert [one[0] for one in would] == [1_250, 400, 100]
    assert line_of(found, NUMBERS[3]).offers == ("vlinder-1",)


@pytest.mark.rule("RAT-02", "RAT-11")
def test_a_change_of_plan_in_mid_month_is_gone_under_another_plan(bora: cast.Customer) -> None:
    changed, steady = (cast.mobile_line(bora, number, "vlinder-1") for number in NUMBERS[1:3])
    on = date(2026, 6, 12)
    contracts.change_offer(contract=changed, offer_code="vlinder-25", on=on, at=cast.moment(on), actor=cast.ACTOR)
    same = records(Random(3), 120)
    deliver(bora, [(bora.contract, same), (changed, same), (steady, same)])
    bill(bora.operator, JULY)
    found = tried(bora, "vlinder-25", "vlinder-1")
    assert line_of(found, NUMBERS[1]).offers == ("vlinder-1", "vlinder-25")
    assert costs(found, NUMBERS[1])[1:] == [costs(found, NUMBERS[0])[0], costs(found, NUMBERS[2])[0]]
    assert costs(found, NUMBERS[1])[0][0] == 293 + 1_583  # 8.00 for 11 of 30 days, 25.00 for 19


@pytest.mark.rule("RAT-11")
def test_options_stay_as_they_were_billed_or_go(bora: cast.Customer) -> None:
    on = date(2026, 6, 1)
    contracts.add_option(
        contract=bora.contract, option_code="data-plus-5", on=on, at=cast.moment(on), actor=cast.ACTOR
    )  # fmt: skip
    data = [one for one in records(Random(4), 40) if one["service"] == "data" and not one["visited"]]
    deliver(bora, [(bora.contract, [{**one, "quantity": 3 * GB} for one in data])])
    bill(bora.operator, JULY)
    was, kept = costs(tried(bora, "vlinder-25"), NUMBERS[0])
    assert kept == was
    _, gone = costs(tried(bora, "vlinder-25", with_options=False), NUMBERS[0])
    assert (was[1], gone[1]) == (800, 0)
    assert gone[2] >= was[2]


@pytest.mark.rule("RAT-05")
def test_lines_that_share_a_bundle_are_tried_together(bora: cast.Customer) -> None:
    lines = [bora.contract, *(cast.mobile_line(bora, number, "vlinder-deel") for number in NUMBERS[1:3])]
    seeds = enumerate(lines, 20)
    deliver(bora, [(one, [{**row, "event_key": f"{seed}-{row['event_key']}"} for row in records(Random(seed), 60)])
                   for seed, one in seeds])  # fmt: skip
    bill(bora.operator, JULY)
    found = tried(bora, "vlinder-deel", "vlinder-25")
    total = sum(sum(costs(found, number)[1]) for number in NUMBERS[:3])
    with acting_for(bora.operator.pk):
        ids = frozenset(one.line_id or 0 for one in lines[1:])
    two = tried(bora, "vlinder-deel", line_ids=ids)
    # alone, two of the three share as they did when they were billed
    assert [costs(two, number)[1] for number in NUMBERS[1:3]] == [costs(two, number)[0] for number in NUMBERS[1:3]]
    # the third brings its part, and takes from it
    assert total != sum(sum(costs(two, number)[1]) for number in NUMBERS[1:3])
    assert costs(found, NUMBERS[0])[2] == costs(found, NUMBERS[0])[0]


def test_what_rolls_over_is_not_tried(bora: cast.Customer) -> None:
    deliver(bora, [(bora.contract, records(Random(21), 5))])
    bill(bora.operator, JULY)
    with pytest.raises(PlanRollsOver):
        tried(bora, "vlinder-spaar")


@pytest.mark.rule("RAT-14")
def test_the_best_plan_of_each_line_and_of_all(bora: cast.Customer) -> None:
    idle = cast.mobile_line(bora, NUMBERS[1])
    deliver(bora, [(bora.contract, records(Random(5), 100)), (idle, [])])
    bill(bora.operator, JULY)
    found = tried(bora, "vlinder-tik", "vlinder-5", "vlinder-25")
    assert line_of(found, NUMBERS[1]).best == 0
    assert line_of(found, NUMBERS[1]).saving == Money.of("23.00")
    assert found.billed == sum((one.billed for one in found.lines), Money.of(0))
    for number, sum_of in enumerate(found.tried):
        assert sum_of.money == sum((one.tried[number].money for one in found.lines), Money.of(0))
    assert found.by_month == ((JUNE, found.billed, tuple(one.money for one in found.tried)),)
    assert found.saving == sum((one.saving for one in found.lines), Money.of(0))


@pytest.mark.rule("FMP-11", "SPL-01", "SPL-08")
def test_staff_see_the_company_part_of_a_shared_line_and_others_nothing(tmp_path: Path) -> None:
    known = walled.scene(tmp_path)
    found = tried(known.bora, "vlinder-25", "vlinder-tik")
    was, own, other = costs(found, walled.BRAM)
    assert own == was
    assert (was[2], other[2]) == (1_500, 1_500)  # the company pays 15 euros of the usage, whatever it costs
    assert all(one.exact is None for one in line_of(found, walled.BRAM).months[0].tried)
    manager = tried(known.bora, "vlinder-25", scope=known.bora.scope)
    assert [one.identifier for one in manager.lines] == [walled.ELS]
    assert manager.hidden == 1
    employee = Scope(
        known.bora.operator.pk, account_ids=frozenset({known.split.account_id}), private_part=True,
        line_ids=frozenset({known.bora.contract.line_id or 0}), person_id=known.bram.pk,
    )  # fmt: skip
    with pytest.raises(refusals.NothingToReplay):
        tried(known.bora, "vlinder-25", scope=employee)
    with pytest.raises(refusals.NothingToReplay):
        tried(known.bora, "vlinder-25", scope=known.zeta.scope)


@pytest.mark.rule("SPL-10", "SPL-01")
def test_the_employees_part_of_the_subscription_comes_off_the_company_s_cost(bora: cast.Customer) -> None:
    account = rated.private_account(bora)
    half = {"type": "per-usage-type", "usage_types": {"subscription": {"type": "percentage", "percent": "50"}}}
    rated.split(bora.contract, account, half)
    deliver(bora, [(bora.contract, records(Random(6), 60))])
    bill(bora.operator, JULY)
    bill(bora.operator, AUGUST)  # June's subscription was billed in July, so the employee's part of it moves in August
    was, own, other = costs(tried(bora, "vlinder-25", "vlinder-1"), NUMBERS[0])
    assert own == was
    assert (own[0] + own[2], other[0] + other[2]) == (1_250, 400)
    both = tried(bora, "vlinder-25", account_ids=frozenset({bora.account.pk, account.pk}))
    assert costs(both, NUMBERS[0])[0] == was  # what he pays himself is no cost of the company's line


def test_a_draft_is_tried_before_it_is_published(bora: cast.Customer) -> None:
    deliver(bora, [(bora.contract, records(Random(7), 90))])
    bill(bora.operator, JULY)
    folder = folders.read(places.folders_root() / "fleet")
    products = [
        replace(
            one,
            prices=tuple(
                replace(price, effective_from=date(2027, 1, 1), monthly=Money.of("9.00")) for price in one.prices
            ),
        )
        if one.code == "vlinder-25"
        else one
        for one in folder.products
    ]
    draft = next(one for one in offered.drafted(products, folder.decks) if one.code == "vlinder-25")
    with pytest.raises(PlanNotInForce):
        tried(bora, plans=(draft,))
    was, would = costs(tried(bora, plans=(draft.newest(),)), NUMBERS[0])
    assert (was[0], would) == (2_500, (900, *was[1:]))


def test_what_can_t_be_compared_is_refused_by_name(bora: cast.Customer) -> None:
    deliver(bora, [(bora.contract, records(Random(8), 5))])
    with pytest.raises(refusals.NotBilled):
        tried(bora, "vlinder-25")
    bill(bora.operator, JULY)
    bill(bora.operator, AUGUST)
    with pytest.raises(refusals.NothingToReplay):
        tried(bora, "vlinder-25", months=(date(2026, 1, 1),))
    assert len(line_of(tried(bora, "vlinder-25", months=(JUNE, JULY)), NUMBERS[0]).months) == 2


def test_a_line_whose_records_were_erased_is_left_out(bora: cast.Customer) -> None:
    other = cast.mobile_line(bora, NUMBERS[1])
    same = records(Random(9), 20)
    deliver(bora, [(bora.contract, same), (other, same)])
    bill(bora.operator, JULY)
    erasing.erase_line(
        operator_id=bora.operator.pk, line_id=bora.contract.line_id or 0, from_on=JUNE, to_on=JULY,
        at=datetime(2028, 6, 1, tzinfo=UTC), actor="test",
    )  # fmt: skip
    found = tried(bora, "vlinder-25")
    assert ([one.identifier for one in found.lines], found.hidden) == ([NUMBERS[1]], 1)


def test_a_cost_is_its_parts() -> None:
    assert Cost(1_000, 200, 34).total == 1_234
