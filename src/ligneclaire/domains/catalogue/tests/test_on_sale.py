"""What is sold on a day, at which price."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from tests import cast

from ligneclaire.domains.catalogue import queries
from ligneclaire.kernel.scope import Scope

pytestmark = pytest.mark.usefixtures("database")


def test_the_price_is_that_of_the_day() -> None:
    rural = cast.operator("rural")
    with cast.acting_for(rural.pk):
        days = (date(2025, 12, 31), date(2026, 1, 1))
        prices = [queries.on_sale(rural.pk, "offer", "radio-30", day).price.monthly_price for day in days]
    assert prices == [Decimal("27.90"), Decimal("29.90")]


def test_offers_appear_when_they_are_sold() -> None:
    rural = cast.operator("rural")
    with cast.acting_for(rural.pk):
        sold = [
            [one.product.code for one in queries.sold_on(Scope.staff(rural.pk), "offer", day)]
            for day in (date(2014, 1, 1), date(2016, 1, 1), date(2026, 6, 3))
        ]
    assert sold == [[], ["radio-30"], ["radio-100", "radio-30", "radio-30-libre", "satellite"]]


def test_an_operator_sells_its_own_products_alone() -> None:
    rural, lessor = cast.operator("rural"), cast.operator("lessor")
    with cast.acting_for(lessor.pk), pytest.raises(queries.UnknownProduct):
        queries.on_sale(rural.pk, "offer", "radio-30", date(2026, 6, 3))
