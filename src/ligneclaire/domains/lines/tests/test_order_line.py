"""order_line: one line per name of the network."""

from __future__ import annotations

from datetime import date

import pytest
from tests import cast

from ligneclaire.domains.lines import operations as lines
from ligneclaire.domains.lines import queries
from ligneclaire.domains.lines.models import Line

pytestmark = pytest.mark.usefixtures("database")
ON = date(2026, 6, 3)


def test_a_line_is_found_by_its_name_and_only_at_its_operator() -> None:
    anna = cast.household()
    with anna.acting():
        assert queries.lines_by_identifier(anna.operator.pk, [cast.ANNA_LINE, "nobody"]) == {
            cast.ANNA_LINE: Line.objects.get().pk
        }
    other = cast.operator("lessor").pk
    with cast.acting_for(other):
        assert queries.lines_by_identifier(other, [cast.ANNA_LINE]) == {}


@pytest.mark.parametrize(
    ("kind", "identifier", "refusal"),
    [
        ("internet", cast.ANNA_LINE, lines.LineTaken),
        ("internet", "  ", lines.WrongLine),
        ("internet", "x" * 129, lines.WrongLine),
        ("telepathy", "anna-2", lines.WrongLine),
    ],
)
def test_refused_by_name_and_nothing_changed(kind: str, identifier: str, refusal: type[Exception]) -> None:
    anna = cast.household()
    with pytest.raises(refusal):
        lines.order_line(account=anna.account, kind=kind, identifier=identifier, on=ON, at=cast.moment(ON), actor="x")
    with anna.acting():
        assert Line.objects.count() == 1
