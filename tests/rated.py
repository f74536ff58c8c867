"""Rated usage without its records, and a split bill that holds: what tests of billing start from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from ligneclaire.domains.accounts import operations as accounts
from ligneclaire.domains.accounts.models import Account
from ligneclaire.domains.contracts import operations as contracts
from ligneclaire.domains.contracts.models import Contract, SplitBill
from ligneclaire.domains.customers import operations as customers
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.usage.models import Group, IntakeFile, Suspended, Total
from ligneclaire.kernel.periods import add_months
from tests import cast

# usage type -> category, as rating writes it
CATEGORY = {
    "voice-national": "voice", "voice-international": "voice", "voice-roaming": "voice", "sms-national": "messages",
    "data-roaming": "data", "sms-parking": "third-party",
}  # fmt: skip


def rate(
    contract: Contract, month: date, amounts: dict[str, str], *, revision: int = 1, at: datetime | None = None
) -> Group:
    """What the line of a contract used in a month, by usage type, as a rating pass leaves it."""
    at = at or cast.moment(add_months(month, 1), 1)
    with acting_for(contract.operator_id):
        group, _made = Group.objects.get_or_create(
            operator_id=contract.operator_id, account_id=contract.account_id, month=month
        )
        group.revision, group.rated_at, group.stale_since, group.records = revision, at, None, len(amounts)
        group.save()
        Total.objects.filter(group=group, line_id=contract.line_id).delete()
        Total.objects.bulk_create(
            Total(
                operator_id=contract.operator_id, group=group, line_id=contract.line_id, usage_type=kind,
                category=CATEGORY[kind], tax_code="pass-through" if kind == "sms-parking" else "standard", records=2,
                inside=0, outside=60, amount=Decimal(amount),
            )
            for kind, amount in amounts.items()
        )  # fmt: skip
    return group


def private_account(company: cast.Customer, on: date = date(2026, 5, 4)) -> Account:
    """Bram as a customer of his own: a household with an account whose prices hold VAT."""
    with acting_for(company.operator.pk):
        party = customers.register_household(
            operator_id=company.operator.pk, number="P1", given_name="Bram", family_name="Claes",
            email="bram@bora.example", phone="0470 65 43 21", language="nl", street="Dorpsplein 3", postcode="2800",
            city="Mechelen", country="BE", on=on, at=cast.moment(on), actor=cast.ACTOR,
        )  # fmt: skip
        account = accounts.open_account(party=party, on=on, at=cast.moment(on), actor=cast.ACTOR)
        accounts.agree_payment(account=account, method="transfer", on=on, at=cast.moment(on), actor=cast.ACTOR)
    return account


def split(contract: Contract, account: Account, contribution: object, on: date = date(2026, 5, 4)) -> SplitBill:
    """A split bill that its employee accepts on that day: it holds from the next month."""
    known = {"on": on, "at": cast.moment(on), "actor": cast.ACTOR}
    offer = contracts.offer_split_bill(contract=contract, account=account, contribution=contribution, **known)
    return contracts.accept_split_bill(split_bill=offer, **known)


def suspend(operator_id: int, places: Sequence[int], source: str = "mobile") -> None:
    """Records that wait for a decision."""
    at, count = cast.moment(date(2026, 7, 1)), len(places)
    with acting_for(operator_id):
        file = IntakeFile.objects.create(
            operator_id=operator_id, source=source, name="june", digest="0" * 64, received_at=at, records=count,
            suspended=count,
        )  # fmt: skip
        for place in places:
            Suspended.objects.create(
                operator_id=operator_id, file=file, place=place, reason="unknown-line", raw="",
                fingerprint=f"{source}{place}",
            )  # fmt: skip
