"""look.toml: the accent colour and the mark of an operator. The accent must be readable on a white panel."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ligneclaire.domains.rulebook.policy_tables import Fault

FILE = "look.toml"
KEYS = {"accent", "logo_svg"}
READABLE = Decimal("4.5")
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_UNSAFE = re.compile(r"<script|javascript:|\bon\w+\s*=|href|<foreignobject|url\(", re.IGNORECASE)
LARGEST_LOGO = 20_000


def look_of(tables: Mapping[str, Any], faults: list[Fault]) -> dict[str, str]:
    """The look, checked: a colour with enough contrast (4.5 to 1 on white), a drawing without script or links."""
    faults += [Fault(FILE, key, "unknown key") for key in tables if key not in KEYS]
    accent, logo = tables.get("accent"), tables.get("logo_svg")
    if not isinstance(accent, str) or not _COLOUR.fullmatch(accent):
        faults.append(
            Fault(FILE, "accent", "missing" if accent is None else f"a colour like #2f6b3c is wanted: {accent!r}")
        )
    elif (ratio := contrast_with_white(accent)) < READABLE:
        faults.append(Fault(FILE, "accent", f"low contrast: {ratio:.2f} to 1 on white, at least {READABLE} is wanted"))
    if not isinstance(logo, str) or not logo.strip().startswith("<svg") or not logo.strip().endswith("</svg>"):
        faults.append(Fault(FILE, "logo_svg", "missing" if logo is None else "one <svg> drawing is wanted"))
    elif _UNSAFE.search(logo.replace("http://www.w3.org/2000/svg", "")) or len(logo) > LARGEST_LOGO:
        faults.append(Fault(FILE, "logo_svg", "holds a script or a link, or is too large"))
    return {"accent": str(accent), "logo_svg": str(logo)}


def contrast_with_white(colour: str) -> Decimal:
    """The contrast ratio of a colour "#rrggbb" with white, as WCAG 2.2 counts it."""
    channels = [Decimal(int(colour[at : at + 2], 16)) / 255 for at in (1, 3, 5)]
    red, green, blue = (_linear(channel) for channel in channels)
    luminance = Decimal("0.2126") * red + Decimal("0.7152") * green + Decimal("0.0722") * blue
    return Decimal("1.05") / (luminance + Decimal("0.05"))


def _linear(channel: Decimal) -> Decimal:
    if channel <= Decimal("0.04045"):
        return channel / Decimal("12.92")
    return Decimal(((channel + Decimal("0.055")) / Decimal("1.055")) ** Decimal("2.4"))
