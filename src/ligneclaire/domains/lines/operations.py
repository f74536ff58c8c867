"""Acts on lines."""

from __future__ import annotations

from datetime import date, datetime

from ligneclaire.domains.accounts.models import Account
from ligneclaire.domains.audit import operations as audit
from ligneclaire.domains.customers import operations as customers
from ligneclaire.domains.lines.models import Line
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.kernel.refusal import Refusal


class LineTaken(Refusal):
    """The network knows another line by this name."""

    code = "lines.refused.line-taken"


class WrongLine(Refusal):
    """A line needs a name of at most 128 characters, and a kind that the network knows."""

    code = "lines.refused.wrong-line"


def order_line(*, account: Account, kind: str, identifier: str, on: date, at: datetime, actor: str) -> Line:
    """A new line of an account, under the name by which the network will report it. Raises LineTaken, WrongLine."""
    identifier = identifier.strip()
    if kind not in ("internet", "voice", "mobile") or not identifier or len(identifier) > 128:
        raise WrongLine(kind=kind, identifier=identifier)
    with acting_for(account.operator_id):
        if Line.objects.filter(operator_id=account.operator_id, identifier=identifier).exists():
            raise LineTaken(identifier=identifier)
        line = Line.objects.create(
            operator_id=account.operator_id, account=account, kind=kind, identifier=identifier, ordered_on=on
        )
        customers.make_findable(party=account.party, words=(identifier,))
        subject = f"line:{line.public_id}"
        audit.record(operator_id=account.operator_id, at=at, actor=actor, act="order_line", subject=subject)
    return line
