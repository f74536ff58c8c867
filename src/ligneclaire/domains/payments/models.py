"""Payments received. What is paid and what is open are projections of the ledger."""

from django.db import models

from ligneclaire.domains.accounts.models import Account
from ligneclaire.domains.operators.models import Key, OperatorRow, new_public_id


class Payment(OperatorRow):
    """Money received, recorded by hand or from a bank file. Rows are only inserted."""

    public_id = models.CharField(max_length=22, default=new_public_id, unique=True)
    account = Key(Account)
    received_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=64)
    method = models.CharField(
        max_length=16, choices=[(m, m) for m in ("transfer", "direct-debit", "cheque", "complementary")]
    )
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3, default="EUR")
    structured_communication = models.CharField(max_length=35, blank=True)
    reference = models.CharField(
        max_length=64, help_text="the bank's own reference, or one made when recorded by hand: a second is refused"
    )

    class Meta:
        db_table = "payment"
        constraints = [
            models.UniqueConstraint(fields=["operator", "reference"], name="payment_once"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="payment_is_positive"),
        ]
