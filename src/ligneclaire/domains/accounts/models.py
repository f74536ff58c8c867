"""Who owes: the debtor account, how it pays and how it gets its invoices."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models

from ligneclaire.domains.customers.models import Party
from ligneclaire.domains.operators.models import Key, LegalEntity, OperatorRow, new_public_id
from ligneclaire.domains.rulebook.models import DateRange


class Account(OperatorRow):
    """A debtor of one legal entity. The row is the lock: every act on the account locks it first."""

    public_id = models.CharField(max_length=22, default=new_public_id, unique=True)
    number = models.CharField(max_length=20)
    party = Key(Party)
    legal_entity = Key(LegalEntity)
    name = models.CharField(max_length=160, help_text="as printed on the invoice")
    language = models.CharField(max_length=2)
    prices = models.CharField(max_length=9, choices=[("inclusive", "inclusive"), ("exclusive", "exclusive")])
    delivery = models.CharField(max_length=8, choices=[("email", "email"), ("post", "post")], default="email")
    email = models.EmailField(blank=True)
    complementary_share = models.PositiveSmallIntegerField(
        default=0, help_text="percent of eligible net settled in RES (PAY-10)"
    )
    buyer_reference = models.CharField(max_length=64, blank=True, help_text="BT-10")
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)

    class Meta:
        db_table = "account"
        constraints = [
            models.UniqueConstraint(fields=["operator", "number"], name="account_number"),
            models.CheckConstraint(
                condition=models.Q(complementary_share__in=[0, 50, 100]), name="account_complementary_share"
            ),
        ]


class PaymentTerms(OperatorRow):
    """How an account pays, from a day to a day (half-open). One at a time; a change ends one and starts another."""

    METHODS = [("direct-debit", "direct debit"), ("transfer", "transfer"), ("cheque", "cheque")]

    account = Key(Account)
    method = models.CharField(max_length=12, choices=METHODS)
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    iban = models.CharField(max_length=34, blank=True)
    holder = models.CharField(max_length=70, blank=True)
    mandate_reference = models.CharField(max_length=35, blank=True)
    mandate_signed_on = models.DateField(null=True)
    notice_days_agreed = models.PositiveSmallIntegerField(
        null=True, help_text="what the mandate says; absent = 14 days"
    )

    class Meta:
        db_table = "payment_terms"
        constraints = [
            ExclusionConstraint(
                name="payment_terms_one_at_a_time",
                expressions=[
                    ("operator", RangeOperators.EQUAL),
                    ("account", RangeOperators.EQUAL),
                    (DateRange("from_on", "to_on"), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                name="payment_terms_debit_needs_a_signed_mandate",
                condition=~models.Q(method="direct-debit")
                | (~models.Q(iban="") & ~models.Q(mandate_reference="") & models.Q(mandate_signed_on__isnull=False)),
            ),
        ]
