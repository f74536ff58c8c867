"""Colours of an operator made readable: contrast as WCAG 2.2 counts it, and a calmer accent for dark pages."""

from __future__ import annotations

from functools import cache

INK, CHALK, WHITE, DARK_PANEL = "#17191f", "#f0ece0", "#ffffff", "#1c1f26"
READABLE = 4.5


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours "#rrggbb", 1 to 21. A ratio for the eye, no money: floats are right here."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@cache
def text_on(colour: str) -> str:
    """White or ink, whichever reads better on the colour."""
    return WHITE if contrast(WHITE, colour) >= contrast(INK, colour) else INK


@cache
def readable_on(colour: str, ground: str) -> str:
    """The colour, mixed with white or ink in steps of a tenth until it reads well on the ground."""
    towards = WHITE if contrast(WHITE, ground) > contrast(INK, ground) else INK
    for tenths in range(11):
        mixed = _mix(colour, towards, tenths)
        if contrast(mixed, ground) >= READABLE:
            return mixed
    return towards


def _mix(one: str, other: str, tenths: int) -> str:
    parts = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{(a * (10 - tenths) + b * tenths) // 10:02x}" for a, b in parts)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)
