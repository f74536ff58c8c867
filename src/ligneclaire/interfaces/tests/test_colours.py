"""Text on the operator's accent reads well in both modes, whatever the accent."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ligneclaire.interfaces import colours, look

accents = st.integers(min_value=0, max_value=0xFFFFFF).map(lambda value: f"#{value:06x}")


def test_contrast_as_wcag_counts_it() -> None:
    assert colours.contrast("#ffffff", "#000000") == 21
    assert round(colours.contrast("#ffffff", "#767676"), 2) == 4.54


@given(accents)
def test_any_accent_becomes_readable(accent: str) -> None:
    brand = look.brand({"accent": accent})
    assert colours.contrast(brand["accent"], colours.WHITE) >= 4.5
    assert colours.contrast(brand["on_accent"], brand["accent"]) >= 4.5
    assert colours.contrast(brand["accent_dark"], colours.DARK_PANEL) >= 4.5
    assert colours.contrast("#13151a", brand["accent_dark"]) >= 4.5
