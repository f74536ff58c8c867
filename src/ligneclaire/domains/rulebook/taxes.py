"""Tax rates by country and date, out of the law (L-FR-15, L-BE-11)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from ligneclaire.domains.rulebook import law
from ligneclaire.kernel.facts import percent_text

ENTRIES = {"FR": "L-FR-15", "BE": "L-BE-11"}
STANDARD = "standard"
PASS_THROUGH = "pass-through"  # noqa: S105 - collected for others: no tax of ours


class NoSuchRate(LookupError):
    """A tax rate that does not exist in that country on that day."""


def rate_of(tax_code: str, country: str, on: date) -> Decimal:
    """The rate in percent: "standard" is the country's standard rate of the day, "pass-through" none, else the code is
    the rate, "5.5".

    Raises NoSuchRate.
    """
    if tax_code == PASS_THROUGH:
        return Decimal(0)
    values = _entry(country, on).values
    if tax_code == STANDARD:
        return Decimal(values["standard_rate"])
    if tax_code not in values["rates"]:
        raise NoSuchRate(f"there is no tax rate of {tax_code} % in {country} on {on}")
    return Decimal(tax_code)


def code_of(rate: Decimal, country: str, on: date) -> str:
    """The tax code of a rate: "standard" when it is the standard rate of the day. Raises NoSuchRate."""
    text = percent_text(rate)
    values = _entry(country, on).values
    if text not in values["rates"]:
        raise NoSuchRate(f"there is no tax rate of {text} % in {country} on {on}")
    return STANDARD if text == values["standard_rate"] else text


def _entry(country: str, on: date) -> law.Entry:
    found = next((one for one in law.entries() if one.id == ENTRIES.get(country) and one.covers(on)), None)
    if found is None:
        raise NoSuchRate(f"no tax rates are known in {country} on {on}")
    return found
