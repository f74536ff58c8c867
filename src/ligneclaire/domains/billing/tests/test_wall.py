"""What each reader may see of Bram's line: his manager, another employee, a stranger, himself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path

import pyarrow as pa
import pytest
from tests import cast, using, walled
from tests.walled import GB, JUNE, Scene

from ligneclaire.domains.billing.models import InvoiceLine
from ligneclaire.domains.billing.queries import company_usage
from ligneclaire.domains.billing.tests.runs import bill
from ligneclaire.domains.customers.models import Person
from ligneclaire.domains.customers.queries import NotFound
from ligneclaire.domains.lines import operations as line_operations
from ligneclaire.domains.lines import queries as lines
from ligneclaire.domains.usage.queries import fleet, wall
from ligneclaire.domains.usage.queries.wall import Sight
from ligneclaire.domains.usage.rules.columns import rated_with
from ligneclaire.kernel.scope import Scope

pytestmark = pytest.mark.usefixtures("database")
MAY, JULY_28 = date(2026, 5, 1), date(2026, 7, 28)


def scope_of(person: Person, on: date = JULY_28) -> Scope:
    person.refresh_from_db()
    return lines.scope_of(person.login, on)


@pytest.fixture
def known(tmp_path: Path) -> Scene:
    return walled.scene(tmp_path, billed=False)


def records(scope: Scope, month: date, public_id: str) -> pa.Table:
    return wall.records_of(scope, wall.line_in(scope, month, public_id))


def sights(scope: Scope, month: date = JUNE) -> dict[str, Sight]:
    return {one.identifier: one.sight for one in wall.lines_in(scope, month)}


@pytest.mark.rule("FMP-11", "SPL-08")
def test_who_sees_how_much_of_a_line(known: Scene) -> None:
    with known.bora.acting():
        company = {walled.BRAM: Sight.EMPLOYER, walled.ELS: Sight.PAID}
        assert sights(scope_of(known.bora.person)) == company
        assert sights(scope_of(known.carl)) == company
        assert sights(scope_of(known.bora.person), MAY) == dict.fromkeys(company, Sight.PAID)  # before it held
        assert sights(scope_of(known.bram)) == {walled.BRAM: Sight.ALL}
        assert sights(scope_of(known.els)) == {walled.ELS: Sight.ALL}
        assert set(sights(scope_of(known.zeta.person))) == {walled.ZOE}
        assert walled.BRAM not in sights(scope_of(known.anna.person))
        staff = Scope.staff(known.bora.operator.pk)
        assert sights(staff)[walled.BRAM] is Sight.ALL
        assert sights(wall.as_employer(staff, [known.bora.account.pk])) == company
        nobody = replace(staff, party_ids=frozenset(), account_ids=frozenset(), line_ids=frozenset())
        assert sights(nobody) == {}
        centre = known.of_els.__class__.objects.get(pk=known.of_els.pk).cost_centre_id
        bounded = replace(scope_of(known.bora.person), cost_centre_ids=frozenset({centre}))
        assert sights(bounded) == {walled.ELS: Sight.PAID}


@pytest.mark.rule("FMP-11", "USE-04")
def test_a_manager_reads_bundles_up_to_all_of_them_and_nothing_else(known: Scene) -> None:
    with known.bora.acting():
        scope = scope_of(known.bora.person)
        seen = wall.lines_in(scope, JUNE)
        (bram,) = (one for one in seen if one.identifier == walled.BRAM)
        (els,) = (one for one in seen if one.identifier == walled.ELS)
        found = wall.gauges(seen)
        data = {one.code: (one.used, one.allowance) for one in found[bram.line_id]}
        assert data["data-home"] == (25 * GB, 25 * GB)  # of 31.7
        assert data["voice-home"] == (30_000, 30_000)  # of 30,977 s to Brussels and some beside the bundle
        assert all(not one.is_spend for one in found[bram.line_id])
        assert any(one.is_spend for one in found[els.line_id])
        assert set(wall.used(seen)) == {els.line_id}
        assert {one.service for one in wall.warnings([bram])} == {"data", "voice"}
        assert records(scope, JUNE, bram.public_id).num_rows == 0
        masked = records(scope, JUNE, els.public_id)
        assert masked["other"].to_pylist() == ["4420•••", ""]
        assert wall.records_of(scope, els, rated_with("other"))["other"].to_pylist() == ["4420•••", ""]
        assert wall.records_of(scope, bram, rated_with("other")).num_rows == 0
        assert wall.as_of(seen).rated_at == walled.RATED_AT
        assert wall.as_of(seen).rated_to is None  # it would tell when Bram last used his line


@pytest.mark.rule("FMP-11", "SPL-08")
def test_a_fleet_in_one_statement_is_what_the_wall_says_of_each_line(known: Scene) -> None:
    with known.bora.acting():
        scope = wall.as_employer(scope_of(known.bora.person), [known.bora.account.pk])
        centre = replace(scope, cost_centre_ids=frozenset({known.of_els.cost_centre_id}))
        for asked, month in product((scope, centre, wall.as_employer(scope, [])), (date(2026, 4, 1), MAY, JUNE)):
            seen, found = wall.lines_in(asked, month), fleet.fleet(asked, month)
            fullest = wall.fullest(seen)
            assert tuple(one.seen for one in found) == seen
            assert [one.gauge for one in found] == [fullest.get(one.line_id) for one in seen]
            assert list(found) == [fleet.fleet_line(asked, month, one.public_id)[0] for one in seen]
        assert fleet.fleet(Scope.staff(scope.operator_id), JUNE) == ()  # accounts are named, or there is nothing


@pytest.mark.rule("W-21", "USE-04")
def test_the_fullest_bundle_is_the_one_of_which_the_most_is_used(tmp_path: Path) -> None:
    bram = using.bram(contribution=None, offer_code="vlinder-pro-monde")
    bram.take_in(tmp_path, [using.data(30.7, cast.moment(date(2026, 6, 9)), "d")], cast.moment(date(2026, 6, 10)))
    with bram.company.acting():
        staff = Scope.staff(bram.operator_id)
        company = wall.as_employer(staff, [bram.company.account.pk])
        (line,) = fleet.fleet(company, JUNE)
        for gauge in (line.gauge, *wall.fullest(wall.lines_in(staff, JUNE)).values()):
            assert gauge is not None
            assert (gauge.code, gauge.percent) == ("data-home", 76)


@pytest.mark.rule("FMP-11", "SPL-08")
def test_the_user_reads_everything_and_nobody_else_a_record(known: Scene) -> None:
    with known.bora.acting():
        own = scope_of(known.bram)
        (seen,) = wall.lines_in(own, JUNE)
        gauges = {one.code: one.used for one in wall.gauges([seen])[seen.line_id]}
        assert gauges["data-home"] == 31_713_000_000
        of_bram = records(own, JUNE, seen.public_id)
        assert of_bram.num_rows == 6
        assert set(walled.CALLED_BY_BRAM) <= set(of_bram["other"].to_pylist())
        assert {one.service for one in wall.warnings([seen])} >= {"data", "spend"}
        some = wall.records_of(own, seen, rated_with("other", "charged"))
        assert some == of_bram.select(some.column_names)
        for other in (known.els, known.zeta.person, known.anna.person):
            with pytest.raises(NotFound):
                records(scope_of(other), JUNE, seen.public_id)


@pytest.mark.rule("FMP-11")
def test_who_gets_a_line_later_reads_nothing_of_who_had_it(known: Scene) -> None:
    given = date(2026, 7, 10)
    line_operations.give_line(
        line=known.bora.contract.line, person=known.els, on=given, at=cast.moment(given), actor=cast.ACTOR
    )
    with known.bora.acting():
        public_id = known.bora.contract.line.public_id
        assert sights(scope_of(known.els)) == {walled.ELS: Sight.ALL}  # split bill holds for Bram until it is ended
        with pytest.raises(NotFound):
            records(scope_of(known.els), JUNE, public_id)
    handed = date(2026, 6, 7)
    line_operations.take_line(line=known.of_els.line, on=handed, at=cast.moment(handed), actor=cast.ACTOR)
    given = date(2026, 6, 10)
    line_operations.give_line(
        line=known.of_els.line, person=known.carl, on=given, at=cast.moment(given), actor=cast.ACTOR
    )
    with known.bora.acting():
        carl = replace(scope_of(known.carl), account_ids=frozenset())
        assert records(carl, JUNE, known.of_els.line.public_id).num_rows == 2
        assert sights(carl, MAY) == {}


@pytest.mark.rule("SPL-08", "RAT-14")
def test_what_a_page_says_the_company_pays_is_what_it_is_billed(known: Scene) -> None:
    bill(known.bora.operator, walled.JULY)
    with known.bora.acting():
        seen = [one.seen for one in fleet.fleet(scope_of(known.bora.person), JUNE)]
        paid = {
            (one.line_id, one.category): one.amount.amount
            for some in company_usage.paid_by_company(seen).values()
            for one in some
        }
        billed = InvoiceLine.objects.filter(invoice__account=known.bora.account, code="usage")
        assert {(row.line_id, row.product_code.removeprefix("usage-")): row.amount for row in billed} == paid
        assert [str(amount) for (line, _), amount in paid.items() if line == known.bora.contract.line_id] == ["15.00"]
