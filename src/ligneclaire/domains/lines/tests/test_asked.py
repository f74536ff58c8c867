"""A number as somebody writes it who looks for its line."""

from __future__ import annotations

import pytest

from ligneclaire.domains.lines.rules.asked import asked_digits


@pytest.mark.parametrize(
    ("asked", "digits"),
    [
        ("0470 65 43 21", "470654321"),
        ("0470/65.43.21", "470654321"),
        ("+32 470 65 43 21", "32470654321"),
        ("0032470654321", "32470654321"),
        ("43 21", "4321"),
    ],
)
def test_however_it_is_written_the_line_holds_it(asked: str, digits: str) -> None:
    assert asked_digits(asked) == digits
    assert digits in "+32470654321"


@pytest.mark.parametrize("asked", ["", "0", "00 0", "Bram", "+"])
def test_what_tells_no_digit_looks_for_none(asked: str) -> None:
    assert asked_digits(asked) == ""
