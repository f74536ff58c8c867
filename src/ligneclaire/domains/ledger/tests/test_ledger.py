"""Entries sum to zero, are posted once and never change; open items are sums of postings."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from tests import cast

from ligneclaire.domains.ledger import operations as ledger
from ligneclaire.domains.ledger import queries
from ligneclaire.domains.ledger.models import Entry, Posting
from ligneclaire.domains.ledger.operations import NewEntry, NewPosting
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.scope import Scope

pytestmark = pytest.mark.usefixtures("database")
ON, AT = date(2026, 7, 2), cast.moment(date(2026, 7, 2))


def post(customer: cast.Customer, source: str, *postings: NewPosting, kind: str = "invoice") -> Entry:
    return ledger.post(
        operator_id=customer.operator.pk, posted_on=ON, kind=kind, source=source, postings=postings, at=AT
    )


def owed(customer: cast.Customer, amount: str, item: str = "i1", currency: str = "EUR") -> NewPosting:
    return NewPosting("receivable", Money.of(amount, currency), customer.account.pk, item)


def earned(amount: str, book: str = "revenue", currency: str = "EUR") -> NewPosting:
    return NewPosting(book, Money.of(amount, currency))


def test_an_entry_that_does_not_sum_to_zero_in_each_currency_is_refused() -> None:
    anna = cast.anna()
    for postings in (
        (owed(anna, "10.00"), earned("-9.99")),
        (owed(anna, "10.00"), earned("-10.00", currency="RES")),
        (owed(anna, "0.00"), earned("0.00")),
        (owed(anna, "0.001"), earned("-0.001")),
    ):
        with pytest.raises(ledger.Unbalanced):
            post(anna, "invoice:1", *postings)
    with anna.acting():
        assert (Entry.objects.count(), Posting.objects.count()) == (0, 0)


def test_the_database_itself_refuses_an_unbalanced_entry_and_a_receivable_without_its_account() -> None:
    anna = cast.anna()
    post(anna, "invoice:1", owed(anna, "10.00"), earned("-10.00"))
    with anna.acting():
        entry = Entry.objects.get()
        for faulty in (
            Posting(operator=anna.operator, entry=entry, book="revenue", amount=-1, currency="EUR"),
            Posting(operator=anna.operator, entry=entry, book="receivable", amount=0, currency="EUR"),
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                faulty.save()


def test_a_fact_is_posted_once_and_never_changed() -> None:
    anna = cast.anna()
    post(anna, "invoice:1", owed(anna, "10.00"), earned("-10.00"))
    with pytest.raises(ledger.AlreadyPosted):
        post(anna, "invoice:1", owed(anna, "10.00"), earned("-10.00"))
    again = NewEntry("invoice", "invoice:1", (owed(anna, "10.00"), earned("-10.00")))
    with pytest.raises(IntegrityError, match="ledger_entry_once_per_source"), anna.acting():
        ledger.post_many(operator_id=anna.operator.pk, posted_on=ON, entries=[again], at=AT)
    for table in (Entry, Posting):
        with pytest.raises(ProgrammingError, match="permission denied"), anna.acting(), transaction.atomic():
            table.objects.filter(operator=anna.operator).update(operator=anna.operator)


def test_what_a_statement_selects_is_posted_in_its_order_and_by_the_same_rules() -> None:
    anna = cast.anna()

    def post_selected(*postings: str) -> None:
        rows = ", ".join(f"({place}, {one}, 'EUR')" for place, one in enumerate(postings))
        columns = "'invoice', source, book, account_id, item, amount::numeric, currency"
        named = f"(VALUES {rows}) v(place, source, book, account_id, item, amount, currency)"
        with anna.acting():
            ledger.post_selected(
                operator_id=anna.operator.pk, posted_on=ON, at=AT, known={"account": anna.account.pk},
                postings=f"SELECT {columns} FROM {named} ORDER BY place",
            )  # fmt: skip

    nothing = "'invoice:3', 'revenue', NULL::bigint, '', 0.00"
    first = "'invoice:1', 'receivable', %(account)s, 'i1', 12.10", "'invoice:1', 'revenue', NULL, '', -12.10"
    second = "'invoice:2', 'receivable', %(account)s, 'i2', -2.00", "'invoice:2', 'revenue', NULL, '', 2.00"
    post_selected(nothing, *first, *second)
    with anna.acting():
        entries = Entry.objects.order_by("pk")
        assert [(one.source, one.kind, len(one.public_id)) for one in entries] == [
            ("invoice:1", "invoice", 16),
            ("invoice:2", "invoice", 16),
        ]
        assert [str(one.amount) for one in Posting.objects.order_by("pk")] == ["12.10", "-12.10", "-2.00", "2.00"]
    with pytest.raises(IntegrityError, match="ledger_entry_once_per_source"):
        post_selected(*first)
    with pytest.raises(IntegrityError, match="does not sum to zero"):
        post_selected("'invoice:4', 'receivable', %(account)s, 'i4', 12.10", "'invoice:4', 'vat', NULL, '', -2.10")


@pytest.mark.rule("PAY-13")
def test_open_items_are_sums_of_postings_per_item_and_currency() -> None:
    anna, luc = cast.anna(), cast.household("H2", "Luc", "Blanc")
    in_res = owed(anna, "50.00", "i1", "RES"), earned("-50.00", currency="RES")
    post(anna, "invoice:1", owed(anna, "71.00"), earned("-71.00"), *in_res)
    post(luc, "invoice:2", owed(luc, "20.00", "i2"), earned("-20.00"))
    post(anna, "invoice:3", owed(anna, "-1.00"), earned("1.00"), kind="credit-note")
    post(anna, "payment:1", owed(anna, "-30.00"), earned("30.00", "bank"), kind="payment")
    post(luc, "payment:2", owed(luc, "-20.00", "i2"), earned("20.00", "bank"), kind="payment")
    with anna.acting():
        found = queries.open_items(anna.scope)
        assert [(one.item, one.currency, str(one.charged), str(one.paid), str(one.open)) for one in found] == [
            ("i1", "EUR", "70.00", "30.00", "40.00"),
            ("i1", "RES", "50.00", "0.00", "50.00"),
        ]
        assert queries.open_items(luc.scope) == ()
        assert [str(one.open) for one in queries.items(luc.scope)] == ["0.00"]
        assert str(queries.balance(anna.scope, anna.account.pk)) == "40.00"
        assert str(queries.balance(anna.scope, luc.account.pk)) == "0.00"  # outside the scope
        staff = Scope.staff(anna.operator.pk)
        assert str(queries.total_open(queries.open_items(staff), "RES")) == "50.00"
        assert queries.open_items(staff, items=["i9"]) == ()
