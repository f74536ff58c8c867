"""Double entry. Rows are only inserted; every entry sums to zero in each currency, which the database checks."""

from django.db import models

from ligneclaire.domains.accounts.models import Account
from ligneclaire.domains.operators.models import Key, OperatorPart, OperatorRow, new_public_id


class Entry(OperatorRow):
    """One business fact in the books."""

    public_id = models.CharField(max_length=22, default=new_public_id)
    posted_on = models.DateField()
    posted_at = models.DateTimeField()
    kind = models.CharField(max_length=20, help_text="invoice, credit-note, payment")
    source = models.CharField(max_length=64, help_text="type:public_id; one entry per source")

    class Meta:
        db_table = "ledger_entry"
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="ledger_entry_public_id"),
            models.UniqueConstraint(fields=["operator", "source"], name="ledger_entry_once_per_source"),
        ]


class Posting(OperatorPart):
    """An amount on a book account; positive = debit. `item` names the open item (public id of the invoice) on
    receivables, so that an item's balance is the sum of its postings."""

    BOOKS = [
        ("receivable", "receivable"),
        ("revenue", "revenue"),
        ("vat", "vat"),
        ("bank", "bank"),
        ("cash-in-transit", "cash in transit"),
    ]

    entry = Key(Entry)
    book = models.CharField(max_length=16, choices=BOOKS)
    account = Key(Account, null=True, db_index=False)
    item = models.CharField(max_length=22, blank=True)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3, help_text="EUR, or RES for the complementary currency")

    class Meta:
        db_table = "posting"
        constraints = [
            models.CheckConstraint(
                name="posting_receivable_has_account_and_item",
                condition=~models.Q(book="receivable") | (models.Q(account__isnull=False) & ~models.Q(item="")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["operator", "account", "item"], condition=models.Q(book="receivable"), name="posting_open_items"
            )
        ]
