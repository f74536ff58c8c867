"""An invoice paid partly in the complementary currency: net only, eligible lines only (PAY-10 to PAY-12, C11)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from ligneclaire.domains.accounts.policies import ComplementaryCurrency
from ligneclaire.kernel.because import Step, step
from ligneclaire.kernel.facts import percent_text
from ligneclaire.kernel.money import Money, sum_money
from ligneclaire.kernel.policy import InForce


class ShareNotAgreed(ValueError):
    """A share that the policy does not offer; carries those that it does."""

    def __init__(self, shares: tuple[Decimal, ...]) -> None:
        super().__init__(", ".join(percent_text(share) for share in shares))
        self.shares = shares


@dataclass(frozen=True, slots=True)
class SettledLine:
    """A line's net amount and its category."""

    net: Money
    category: str


@dataclass(frozen=True, slots=True)
class Settlement:
    """The two parts of an invoice, 1 unit = 1 EUR; they sum to the total."""

    net: Money
    vat: Money
    total: Money
    complementary: Money
    euro: Money
    because: tuple[Step, ...]

    def __post_init__(self) -> None:
        if self.complementary + self.euro != self.total or self.net + self.vat != self.total:
            raise ValueError("the parts are not the total")


def split(
    lines: Iterable[SettledLine], share: Decimal, vat: Money, terms: InForce[ComplementaryCurrency]
) -> Settlement:
    """Split an invoice. `share`: agreed percentage in the complementary currency; `vat`: the invoice's tax, in euro.

    Complementary part = share × net of the eligible lines, half-up once; the rest is euro (C11), and so is all tax
    (PAY-11). Raises ShareNotAgreed when the policy does not offer the share.
    """
    policy = terms.value
    if share not in policy.complementary_shares:
        raise ShareNotAgreed(policy.complementary_shares)
    known = tuple(lines)
    net = sum_money(line.net for line in known)
    eligible = sum_money(line.net for line in known if line.category not in policy.complementary_excluded)
    complementary = eligible.percent_in_cents(share)
    total = net + vat
    euro = total - complementary
    because = (
        *_category_steps(known, terms),
        step("accounts.settlement.total", "C1", total, net=net, vat=vat, total=total),
        terms.step("accounts.settlement.eligible", "PAY-12", eligible, excluded=net - eligible, amount=eligible),
        terms.step(
            "accounts.settlement.complementary",
            "C11",
            complementary,
            share=percent_text(share),
            eligible=eligible,
            amount=complementary,
        ),
        step("accounts.settlement.vat", "PAY-11", vat, vat=vat),
        step("accounts.settlement.euro", "C11", euro, total=total, complementary=complementary, amount=euro),
    )
    return Settlement(net, vat, total, complementary, euro, because)


def _category_steps(lines: tuple[SettledLine, ...], terms: InForce[ComplementaryCurrency]) -> list[Step]:
    """What each category comes to, and whether it can be paid in the complementary currency."""
    found = []
    for category in sorted({line.category for line in lines}):
        amount = sum_money(line.net for line in lines if line.category == category)
        kind = "excluded" if category in terms.value.complementary_excluded else "included"
        code = f"accounts.settlement.category-{kind}"
        found.append(terms.step(code, "PAY-12", amount, category=category, amount=amount))
    return found
