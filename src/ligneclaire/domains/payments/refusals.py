"""Why a payment cannot be recorded."""

from __future__ import annotations

from ligneclaire.kernel.refusal import Refusal


class WrongAmount(Refusal):
    """A payment is more than zero, in whole cents."""

    code = "payments.refused.wrong-amount"


class WrongMethod(Refusal):
    """Nobody pays like that, or not in that currency: the complementary currency is a method of its own."""

    code = "payments.refused.wrong-method"


class WrongCommunication(Refusal):
    """What was written is no structured communication: a digit is wrong or missing."""

    code = "payments.refused.wrong-communication"


class UnknownCommunication(Refusal):
    """No invoice carries that structured communication."""

    code = "payments.refused.unknown-communication"


class WhichInvoice(Refusal):
    """Two legal entities use that structured communication: say which account paid."""

    code = "payments.refused.which-invoice"


class NoInvoiceNoAccount(Refusal):
    """A payment needs a structured communication or an account."""

    code = "payments.refused.for-whom"


class OtherAccount(Refusal):
    """The invoice of the structured communication belongs to another account."""

    code = "payments.refused.other-account"


class NoComplementaryPart(Refusal):
    """The invoice has no part in the complementary currency: it is paid in euro (PAY-11, PAY-13)."""

    code = "payments.refused.no-complementary-part"


class NotComplementary(Refusal):
    """The account agreed no part in the complementary currency: it pays in euro (PAY-10)."""

    code = "payments.refused.not-complementary"


class PaidAlready(Refusal):
    """A payment of that reference is recorded."""

    code = "payments.refused.paid-already"
