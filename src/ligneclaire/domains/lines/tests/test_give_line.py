"""Who uses a line, and what a login may see through it (contract of the wall: FMP-11)."""

from __future__ import annotations

from datetime import date

import pytest
from tests import cast

from ligneclaire.domains.accounts import operations as accounts
from ligneclaire.domains.customers import operations as customers
from ligneclaire.domains.lines import operations as lines
from ligneclaire.domains.lines import queries
from ligneclaire.domains.lines.models import LineUser

pytestmark = pytest.mark.usefixtures("database")
MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)


def give(company: cast.Customer, person: object, on: date = MAY) -> LineUser:
    return lines.give_line(line=company.contract.line, person=person, on=on, at=cast.moment(on), actor=cast.ACTOR)


def test_a_line_has_one_user_at_a_time() -> None:
    bora = cast.bora_mobile()
    with bora.acting():
        bram = cast.bram(bora)
        give(bora, bram)
        give(bora, bram)  # again: nothing changes
        give(bora, bora.person, JUNE)
        rows = LineUser.objects.order_by("pk").values_list("person", "from_on", "to_on")
        assert list(rows) == [(bram.pk, MAY, JUNE), (bora.person.pk, JUNE, None)]
        line = bora.contract.line_id
        assert [queries.user_on(line, day) for day in (date(2026, 4, 30), date(2026, 5, 31), JUNE)] == [
            None, bram, bora.person,
        ]  # fmt: skip
        lines.take_line(line=bora.contract.line, on=date(2026, 7, 1), at=cast.moment(JUNE), actor=cast.ACTOR)
        assert queries.user_on(line, date(2026, 7, 1)) is None


def test_a_stranger_does_not_get_a_line_and_the_past_stays() -> None:
    bora = cast.bora_mobile()
    with bora.acting():
        bram = cast.bram(bora)
        stranger = customers.open_household(person=bram, on=MAY, at=cast.moment(MAY), actor=cast.ACTOR)
        assert stranger.kind == "household"
        give(bora, bram, JUNE)
        with pytest.raises(lines.UserInThePast):
            give(bora, bora.person, MAY)
        with pytest.raises(lines.NotOfThisCustomer):
            give(bora, bram, date(2026, 4, 1))  # he came on 20 April
        assert LineUser.objects.count() == 1


@pytest.mark.rule("FMP-11")
def test_the_user_sees_all_of_the_line_and_the_manager_never() -> None:
    bora = cast.bora_mobile()
    with bora.acting():
        bram = cast.bram(bora)
        give(bora, bram)
        login, manager = cast.login_of(bram), cast.login_of(bora.person)
        household = customers.open_household(person=bram, on=MAY, at=cast.moment(MAY), actor=cast.ACTOR)
        own = accounts.open_account(party=household, on=MAY, at=cast.moment(MAY), actor=cast.ACTOR)
        line = bora.contract.line_id
        his, hers = queries.scope_of(login, JUNE), queries.scope_of(manager, JUNE)
        assert (his.account_ids, his.line_ids, his.sees_all_of(line)) == (frozenset({own.pk}), frozenset({line}), True)
        assert (hers.account_ids, hers.sees_all_of(line)) == (frozenset({bora.account.pk}), False)
        assert not queries.scope_of(login, date(2026, 4, 30)).sees_all_of(line)
        assert queries.own_line(his, bora.contract.line.public_id).pk == line
        with pytest.raises(queries.NotFound):
            queries.own_line(hers, bora.contract.line.public_id)


@pytest.mark.rule("FMP-11")
def test_a_manager_with_a_line_sees_all_of_that_one_alone() -> None:
    bora = cast.bora_mobile()
    with bora.acting():
        other = cast.mobile_line(bora, "+32470000001")
        lines.give_line(line=other.line, person=bora.person, on=MAY, at=cast.moment(MAY), actor=cast.ACTOR)
        scope = queries.scope_of(cast.login_of(bora.person), JUNE)
        assert (scope.sees_all_of(other.line_id), scope.sees_all_of(bora.contract.line_id)) == (True, False)


def test_a_household_and_staff_see_all_of_their_lines() -> None:
    anna = cast.anna()
    with anna.acting():
        scope = queries.scope_of(cast.login_of(anna.person), date(2026, 7, 1))
        assert scope.sees_all_of(anna.contract.line_id)
        staff = queries.scope_of(cast.eva(), JUNE)
        assert staff.sees_all_of(anna.contract.line_id)
        assert staff.line_ids is None
