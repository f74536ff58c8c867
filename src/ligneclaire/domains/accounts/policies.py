"""Terms of payment: when money is taken from an account, and until when a change still counts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ligneclaire.kernel.money import Money
from ligneclaire.kernel.policy import Anchor, policy

CATEGORIES = ("telephony", "internet", "hardware", "software", "service")


@policy("accounts.debit", Anchor.PERIOD_START, debit_day="PAY-02", notice_days="PAY-03")
@dataclass(frozen=True, slots=True)
class DirectDebit:
    """The day of the direct debit and the notice that the operator's own mandates agree.

    `debit_day`: day of the month, moved forward to a TARGET day. `notice_days`: calendar days between the invoice and
    the debit that the operator's mandate text states; a mandate without the clause has the legal notice.
    """

    debit_day: int
    notice_days: int

    def __post_init__(self) -> None:
        if not 1 <= self.debit_day <= 31:
            raise ValueError("debit_day is a day of the month, 1 to 31")
        if not 1 <= self.notice_days <= 60:
            raise ValueError("notice_days lies between 1 and 60")


@policy("accounts.bank_change", Anchor.RECEIVED, bank_change_before="PAY-05")
@dataclass(frozen=True, slots=True)
class BankChange:
    """Until when new bank details reach the next debit.

    `bank_change_before`: day of the month; details received before it count for the debit of the next month.
    """

    bank_change_before: int

    def __post_init__(self) -> None:
        if not 2 <= self.bank_change_before <= 31:
            raise ValueError("bank_change_before is a day of the month, 2 to 31")


@policy("accounts.cheque", Anchor.PERIOD_START, cheque_before="PAY-04", cheque_surcharge="PAY-04")
@dataclass(frozen=True, slots=True)
class Cheque:
    """Payment by cheque.

    `cheque_before`: day of the month before which the cheque must have arrived. `cheque_surcharge`: what paying by
    cheque costs; disputed in practice, so 0.00.
    """

    cheque_before: int
    cheque_surcharge: Money

    def __post_init__(self) -> None:
        if not 2 <= self.cheque_before <= 31:
            raise ValueError("cheque_before is a day of the month, 2 to 31")
        if self.cheque_surcharge.amount < 0:
            raise ValueError("cheque_surcharge can't be negative")


@policy("accounts.transfer", Anchor.PERIOD_START, transfer_days="ADM-03")
@dataclass(frozen=True, slots=True)
class Transfer:
    """`transfer_days`: calendar days after the invoice until which a transfer is in time (C4)."""

    transfer_days: int

    def __post_init__(self) -> None:
        if not 1 <= self.transfer_days <= 60:
            raise ValueError("transfer_days lies between 1 and 60")


@policy("accounts.complementary", Anchor.SIGNED, complementary_shares="PAY-10", complementary_excluded="PAY-12")
@dataclass(frozen=True, slots=True)
class ComplementaryCurrency:
    """Payment in the complementary currency (1 unit = 1 EUR).

    `complementary_shares`: the percentages that customer and operator may agree on. `complementary_excluded`: the
    categories of lines that are paid in euro only.
    """

    complementary_shares: tuple[Decimal, ...]
    complementary_excluded: tuple[str, ...]

    def __post_init__(self) -> None:
        if not all(0 < share <= 100 for share in self.complementary_shares):
            raise ValueError("complementary_shares are percentages above 0, up to 100")
        unknown = set(self.complementary_excluded) - set(CATEGORIES)
        if unknown:
            raise ValueError(f"complementary_excluded names unknown categories: {', '.join(sorted(unknown))}")
