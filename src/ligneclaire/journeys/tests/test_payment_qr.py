"""The payment code says what a banking app expects, and nothing that a bank would refuse."""

from __future__ import annotations

from typing import Any

import pytest
import segno

from ligneclaire.journeys.payment_qr import NotPayableByCode, epc_payload, svg, svg_path
from ligneclaire.kernel.money import Money

BELGIAN: dict[str, Any] = {
    "name": "Zuiderlijn NV",
    "iban": "BE68 5390 0754 7034",
    "bic": "GKCCBEBB",
    "amount": Money.of("910.00"),
    "reference": "+++010/8068/17183+++",
}


def test_a_belgian_communication_stands_in_the_free_field() -> None:
    assert epc_payload(**BELGIAN).split("\n") == [
        *("BCD", "002", "1", "SCT", "GKCCBEBB", "Zuiderlijn NV", "BE68539007547034", "EUR910.00"),
        *("", "", "+++010/8068/17183+++"),
    ]


def test_an_iso_reference_stands_in_the_structured_field() -> None:
    lines = epc_payload(**{**BELGIAN, "reference": "RF18 5390 0754 7034", "bic": ""}).split("\n")
    assert lines[4] == ""
    assert lines[9:] == ["RF18539007547034", ""]


@pytest.mark.parametrize(
    "wrong",
    [
        {"iban": "BE69 5390 0754 7034"},
        {"iban": "BE68 5390"},
        {"iban": ""},
        {"bic": "NOTABIC"},
        {"amount": Money.of("0.00")},
        {"amount": Money.of("-1.00")},
        {"amount": Money.of("1.005")},
        {"amount": Money.of("1000000000.00")},
        {"amount": Money.of("10.00", "CHF")},
        {"name": " "},
        {"reference": ""},
    ],
)
def test_what_a_bank_would_refuse_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(NotPayableByCode):
        epc_payload(**{**BELGIAN, **wrong})


def test_a_line_break_in_a_name_cannot_add_a_field() -> None:
    lines = epc_payload(**{**BELGIAN, "name": "Zuiderlijn\nNV\nBE00"}).split("\n")
    assert len(lines) == 11
    assert lines[5] == "Zuiderlijn NV BE00"


def test_the_drawing_has_every_dark_module() -> None:
    payload = epc_payload(**BELGIAN)
    width, path = svg_path(payload)
    matrix = segno.make_qr(payload, error="m", encoding="utf-8", boost_error=False).matrix
    drawn = set()
    for run in path.strip("Mz").split("zM"):
        place, _, rest = run.partition("h")
        column, row = (int(number) for number in place.split())
        drawn |= {(row, column + step) for step in range(int(rest.partition("v")[0]))}
    assert width == len(matrix)
    assert drawn == {(r, c) for r, line in enumerate(matrix) for c, dark in enumerate(line) if dark}
    assert svg(payload).startswith('<svg xmlns="http://www.w3.org/2000/svg" viewBox="-4 -4 ')
