"""The terms that bind a contract: policies and law of its days, and the start of its service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from ligneclaire.domains.accounts.models import Account
from ligneclaire.domains.contracts.models import Contract, ContractEvent, Item
from ligneclaire.domains.contracts.policies import ServiceStart
from ligneclaire.domains.contracts.refusals import NoPolicy
from ligneclaire.domains.contracts.rules.service_start import Start, StartFacts, service_start
from ligneclaire.domains.operators.models import Operator
from ligneclaire.domains.rulebook import queries as rulebook
from ligneclaire.domains.rulebook.models import PolicyVersion
from ligneclaire.domains.rulebook.versions import Rulebook
from ligneclaire.kernel.policy import Anchor, Law, declaration_of, declared

DURATION_LAWS = {"FR": "L-FR-01", "BE": "L-BE-03"}
EUROPEAN = "L-EU-01"


def book_of_account(account: Account, offer_code: str, book: Rulebook | None = None) -> Rulebook:
    """The operator's policies and law (or a `book` of them that was read before), asked for this account and offer."""
    return (book or rulebook.book_of(account.operator_id)).at(
        account=account.public_id,
        segment=account.party.segment,
        offer=offer_code,
        legal_entity=account.legal_entity.code,
    )


def items_of(rows: Sequence[Contract]) -> Mapping[int, Sequence[Item]]:
    """What contracts contain, by contract, in the order of signing."""
    found: dict[int, list[Item]] = {row.pk: [] for row in rows}
    for item in Item.objects.filter(contract__in=found).select_related("product", "price_version").order_by("pk"):
        found[item.contract_id].append(item)
    return found


def signed_versions(book: Rulebook, operator_id: int, on: date) -> tuple[tuple[str, int], ...]:
    """The policy versions that a contract of that day is signed with: (key, id), for all policies that count as SIGNED.

    Raises NoPolicy when one of them has no version in force on that day.
    """
    keys = [key for key, one in declared().items() if one.anchor is Anchor.SIGNED]
    found = []
    for key in keys:
        version = book.version(key, on, on)
        if version is None:
            raise NoPolicy(key=key, on=on)
        row = PolicyVersion.objects.filter(
            operator_id=operator_id, key=key, scope_kind=version.scope, scope_value=version.scope_value,
            effective_from=version.effective_from, superseded_at=None,
        ).first()  # fmt: skip
        if row is None:
            raise NoPolicy(key=key, on=on)
        found.append((key, row.pk))
    return tuple(found)


def commitment_law(book: Rulebook, on: date) -> Law | None:
    """The law of the operator's country that says how long a consumer may be bound, or None before there was one."""
    return book.law(DURATION_LAWS.get(book.where.country or "", EUROPEAN), on) or book.law(EUROPEAN, on)


def start_of(contract: Contract, *, book: Rulebook | None = None) -> Start | None:
    """When service starts by what is known of the contract (BIL-01, BIL-02), or None while nothing starts it.

    With a `book` it is by that book's policies: one that is tried before it is published. Raises NoPolicy when
    equipment was received on a day without a policy.
    """
    if book is None and contract.equipment_received_on is not None:
        book = book_of_account(contract.account, contract.offer.code)
    return _start(contract, book, contract.operator, installed_on(contract))


def starts_of(rows: Sequence[Contract]) -> list[Start | None]:
    """When service starts for each of several contracts of one operator, in their order. Raises NoPolicy."""
    if not rows:
        return []
    operator = rows[0].operator
    book = rulebook.book_of(operator.pk)
    events = ContractEvent.objects.filter(contract__in=[row.pk for row in rows], kind="installed").order_by("-pk")
    installed = dict(events.values_list("contract_id", "on"))
    return [
        _start(row, book_of_account(row.account, row.offer.code, book), operator, installed.get(row.pk)) for row in rows
    ]


def _start(contract: Contract, book: Rulebook | None, operator: Operator, installed: date | None) -> Start | None:
    received, terms = contract.equipment_received_on, None
    if received is not None and book is not None:
        terms = book.in_force(ServiceStart, received, contract.signed_on)
        if terms is None:
            raise NoPolicy(key=declaration_of(ServiceStart).key, on=received)
    zone = ZoneInfo(operator.timezone)
    facts = StartFacts(
        connected_on=contract.connected_at.astimezone(zone).date() if contract.connected_at else None,
        equipment_received_on=received,
        installed_on=installed,
        held_days=contract.held_days,
        source=contract.connected_source,
    )
    return service_start(facts, terms)


def installed_on(contract: Contract) -> date | None:
    """The day on which an installer put the service into operation, or None."""
    event = ContractEvent.objects.filter(contract=contract, kind="installed").order_by("pk").first()
    return event.on if event else None
