"""The payment QR code of a transfer (EPC069-12, version 2): its text, and its drawing as one SVG path."""

from __future__ import annotations

from functools import lru_cache

import segno
from schwifty import BIC, IBAN
from schwifty.exceptions import SchwiftyException

from ligneclaire.kernel.money import Money

LARGEST = Money.of("999999999.99")


class NotPayableByCode(ValueError):
    """A transfer that the code cannot carry: a wrong IBAN or BIC, another currency, an amount out of range."""


def epc_payload(*, name: str, iban: str, bic: str = "", amount: Money, reference: str) -> str:
    """Return the text that a banking app reads from the code.

    An ISO 11649 reference ("RF...") goes into the structured field. A Belgian one ("+++...+++") goes into the free
    field, where Belgian banks look for it. Raises NotPayableByCode.
    """
    try:
        account = IBAN(iban, validate_bban=False).compact
        bank = BIC(bic).compact if bic else ""
    except SchwiftyException as fault:
        raise NotPayableByCode(str(fault)) from fault
    if amount.currency != "EUR":
        raise NotPayableByCode(f"the code carries euro, not {amount.currency}")
    if not Money.of("0.01") <= amount <= LARGEST or not amount.is_whole_cents:
        raise NotPayableByCode(f"not an amount for the code: {amount}")
    owner, said = " ".join(name.split())[:70], " ".join(reference.split())
    if not owner or not said:
        raise NotPayableByCode("a transfer needs a name and a reference")
    structured = said.replace(" ", "") if said.upper().startswith("RF") else ""
    free = "" if structured else said[:140]
    return "\n".join(["BCD", "002", "1", "SCT", bank, owner, account, f"EUR{amount}", "", structured, free])


def code_of(*, name: str, iban: str, bic: str, amount: Money, reference: str) -> str:
    """The same, or "" for a transfer that the code cannot carry."""
    try:
        return epc_payload(name=name, iban=iban, bic=bic, amount=amount, reference=reference)
    except NotPayableByCode:
        return ""


@lru_cache(maxsize=256)
def svg_path(payload: str) -> tuple[int, str]:
    """Return the code's width in modules, without margin, and its dark modules as the `d` of one SVG path.

    Kept, because drawing it takes as long as the rest of the page and one page needs it twice.
    """
    matrix = segno.make_qr(payload, error="m", encoding="utf-8", boost_error=False).matrix
    runs = []
    for row, modules in enumerate(matrix):
        column = 0
        while column < len(modules):
            end = column
            while end < len(modules) and modules[end]:
                end += 1
            if end > column:
                runs.append(f"M{column} {row}h{end - column}v1h-{end - column}z")
            column = end + 1
    return len(matrix), "".join(runs)


def svg(payload: str) -> str:
    """Return the code as an SVG with the quiet margin of four modules."""
    width, path = svg_path(payload)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-4 -4 {width + 8} {width + 8}">'
        f'<path fill="#fff" d="M-4-4h{width + 8}v{width + 8}h-{width + 8}z"/><path fill="#17191f" d="{path}"/></svg>'
    )
