"""Why an act on a contract cannot be done. Shared by the operations, which are split by subject."""

from ligneclaire.kernel.refusal import Refusal


class NoPolicy(Refusal):
    """A policy that binds at signature has no version in force on that day."""

    code = "contracts.refused.no-policy"


class NotOfThisCustomer(Refusal):
    """The site or cost centre belongs to another customer."""

    code = "contracts.refused.not-of-this-customer"


class WrongQuantity(Refusal):
    """A piece of equipment is ordered once or more."""

    code = "contracts.refused.wrong-quantity"


class HasAlready(Refusal):
    """The contract has this option or offer already."""

    code = "contracts.refused.has-already"


class HasNot(Refusal):
    """The contract has no such option on that day."""

    code = "contracts.refused.has-not"


class BeforeSignature(Refusal):
    """Nothing happens to a contract before it is signed."""

    code = "contracts.refused.before-signature"


class InTheFuture(Refusal):
    """What is recorded as having happened lies in the future."""

    code = "contracts.refused.in-the-future"


class Ended(Refusal):
    """The contract has ended by that day."""

    code = "contracts.refused.ended"


class EndsAlready(Refusal):
    """The contract has been terminated already; the request is on record."""

    code = "contracts.refused.ends-already"


class WrongChannel(Refusal):
    """A termination comes in one of the ways that are kept."""

    code = "contracts.refused.wrong-channel"


class TooFarAhead(Refusal):
    """The last day that is wanted lies years ahead."""

    code = "contracts.refused.too-far-ahead"


class Started(Refusal):
    """Service has started; the clock of the equipment can't be held any more."""

    code = "contracts.refused.started"


class WrongInstant(Refusal):
    """An instant lies on the day of its change, and after the start of what it ends."""

    code = "contracts.refused.wrong-instant"


class WrongDiscount(Refusal):
    """A discount is a percentage up to 100 or an amount, ends after it starts, and has a name in each language."""

    code = "contracts.refused.wrong-discount"


class WrongContribution(Refusal):
    """What the employer pays is none of the five types (W-54), or is all of it, which is no split bill."""

    code = "contracts.refused.wrong-contribution"


class NoEmployee(Refusal):
    """A split bill is for a line of a company, and for the own account of the person who uses it."""

    code = "contracts.refused.no-employee"


class HasSplitBill(Refusal):
    """A split bill holds on the contract; it ends before another begins."""

    code = "contracts.refused.has-split-bill"


class AcceptedAlready(Refusal):
    """The employee agreed to this split bill already."""

    code = "contracts.refused.accepted-already"


class NotAccepted(Refusal):
    """The employee did not agree to this split bill: it does not hold."""

    code = "contracts.refused.not-accepted"
