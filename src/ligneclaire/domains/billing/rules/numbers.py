"""The number of a document and the structured communication that is made from it."""

from __future__ import annotations

from datetime import date

from stdnum import iso11649
from stdnum.iso7064 import mod_97_10

LETTERS = {"invoice": "F", "credit-note": "C"}
LARGEST_OGM = 99_999_999


def number_of(kind: str, year: int, sequence: int) -> str:
    """ "F2026-000123" for an invoice, "C2026-000004" for a credit note; longer when a year needs more digits."""
    return f"{LETTERS[kind]}{year}-{sequence:06d}"


def communication_of(kind: str, country: str, issued_on: date, sequence: int) -> str:
    """What a payer writes: a Belgian OGM from year and sequence, or an ISO 11649 reference from the number.

    It is unique within the legal entity, since the number is. A credit note has none: nobody pays it.
    Raises ValueError when a year has more invoices than an OGM has digits for.
    """
    if kind != "invoice":
        return ""
    if country == "BE":
        if sequence > LARGEST_OGM:
            raise ValueError(f"no structured communication for sequence {sequence}")
        digits = f"{issued_on.year % 100:02d}{sequence:08d}"
        check = int(digits) % 97 or 97
        return f"+++{digits[:3]}/{digits[3:7]}/{digits[7:]}{check:02d}+++"
    reference = number_of(kind, issued_on.year, sequence).replace("-", "")
    return f"RF{mod_97_10.calc_check_digits(reference + 'RF')}{reference}"


def normalized(written: str) -> str:
    """A structured communication as payers and banks write it, in the one form that is kept; "" when it is none.

    Blanks, dots, slashes, plus signs and case do not matter; the check digits do.
    """
    bare = "".join(sign for sign in written.upper() if sign.isalnum())
    if bare.startswith("RF"):
        return bare if iso11649.is_valid(bare) else ""
    if len(bare) == 12 and bare.isdigit() and int(bare[10:]) == (int(bare[:10]) % 97 or 97):
        return f"+++{bare[:3]}/{bare[3:7]}/{bare[7:]}+++"
    return ""
