"""Signed terms: what was agreed, with the policy versions of that day, and everything that happened since."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models

from ligneclaire.domains.accounts.models import Account
from ligneclaire.domains.catalogue.models import PriceVersion, Product
from ligneclaire.domains.customers.models import CostCentre, Site
from ligneclaire.domains.lines.models import Line
from ligneclaire.domains.operators.models import Key, OperatorRow, new_public_id
from ligneclaire.domains.promises.models import Promise
from ligneclaire.domains.rulebook.models import DateRange, PolicyVersion


class Contract(OperatorRow):
    """One signed offer. Dates are local dates of the operator; `last_day` is the last day with service."""

    public_id = models.CharField(max_length=22, default=new_public_id, unique=True)
    number = models.CharField(max_length=20)
    account = Key(Account)
    offer = Key(Product)
    site = Key(Site, null=True)
    line = Key(Line, null=True)
    cost_centre = Key(CostCentre, null=True)
    signed_on = models.DateField()
    commitment_months = models.PositiveSmallIntegerField(default=0)
    commitment_start_on = models.DateField(null=True)
    connected_at = models.DateTimeField(null=True, help_text="first connection, by the network")
    connected_source = models.CharField(max_length=120, blank=True, help_text="e.g. RADIUS 8f21")
    equipment_received_on = models.DateField(null=True)
    held_days = models.PositiveSmallIntegerField(default=0, help_text="delay caused by the operator (BIL-02)")
    service_from = models.DateField(null=True, help_text="first billed day (BIL-01, BIL-02); absent = not started")
    service_because = models.JSONField(default=list, help_text="steps that led to service_from")
    last_day = models.DateField(null=True)

    class Meta:
        db_table = "contract"
        constraints = [
            models.UniqueConstraint(fields=["operator", "number"], name="contract_number"),
            models.CheckConstraint(
                name="contract_ends_after_it_starts",
                condition=models.Q(last_day=None) | models.Q(last_day__gte=models.F("signed_on")),
            ),
        ]


class SignedPolicy(OperatorRow):
    """A policy version that was in force when the contract was signed. Rows are only inserted."""

    contract = Key(Contract)
    key = models.CharField(max_length=64)
    version = Key(PolicyVersion, db_index=False)

    class Meta:
        db_table = "signed_policy"
        constraints = [models.UniqueConstraint(fields=["operator", "contract", "key"], name="signed_policy_once")]


class Item(OperatorRow):
    """Something of the contract that costs money each month (the offer, an option, leased equipment) or once, from a
    day to a day (half-open). A change in the middle of a month ends one item and starts another."""

    contract = Key(Contract)
    product = Key(Product, db_index=False)
    price_version = Key(PriceVersion, db_index=False)
    quantity = models.PositiveIntegerField(default=1)
    monthly_price = models.DecimalField(max_digits=14, decimal_places=6, null=True, help_text="as signed, per piece")
    one_off_price = models.DecimalField(max_digits=14, decimal_places=6, null=True, help_text="as signed, per piece")
    from_on = models.DateField(null=True, help_text="absent = from the service start")
    to_on = models.DateField(null=True, help_text="first day without it; the contract's last day ends it too")
    from_at = models.DateTimeField(null=True, help_text="instant from which usage counts under it; absent = from_on")
    to_at = models.DateTimeField(null=True, help_text="instant at which usage leaves it; absent = to_on")

    class Meta:
        db_table = "contract_item"
        constraints = [
            models.CheckConstraint(
                name="contract_item_starts_before_it_ends",
                condition=models.Q(to_on=None) | models.Q(from_on=None) | models.Q(to_on__gte=models.F("from_on")),
            ),
        ]


class Discount(OperatorRow):
    """A dated discount on the monthly price of an item's contract: a percentage or an amount a month (W-12: it ends
    only by its date)."""

    contract = Key(Contract)
    names = models.JSONField(help_text="language -> name")
    percent = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    monthly_amount = models.DecimalField(max_digits=14, decimal_places=6, null=True)
    from_on = models.DateField(null=True, help_text="absent = from the service start")
    to_on = models.DateField(null=True)

    class Meta:
        db_table = "discount"
        constraints = [
            models.CheckConstraint(
                name="discount_is_a_percent_or_an_amount",
                condition=models.Q(percent__isnull=False, monthly_amount=None)
                | models.Q(percent=None, monthly_amount__isnull=False),
            ),
        ]


class ContractEvent(OperatorRow):
    """What happened to a contract, when it holds and who said so. Rows are only inserted."""

    contract = Key(Contract)
    at = models.DateTimeField()
    on = models.DateField()
    kind = models.CharField(
        max_length=32,
        help_text="signed, kit-received, connected, service-started, item-added, terminated …",
    )
    detail = models.JSONField(default=dict)
    actor = models.CharField(max_length=64)

    class Meta:
        db_table = "contract_event"


class Termination(OperatorRow):
    """A customer's request to end a contract: a promise. Rows are only inserted."""

    promise = Key(Promise, db_index=False)
    contract = Key(Contract)
    received_on = models.DateField()
    last_day = models.DateField()
    because = models.JSONField(default=list)

    class Meta:
        db_table = "termination"
        constraints = [models.UniqueConstraint(fields=["operator", "promise"], name="termination_promise")]


class SplitBill(OperatorRow):
    """What an employer contributes to a line, whole calendar months at a time; the rest is the employee's (SPL-01 to
    SPL-10). It holds from the month after the employee agreed; before that the employer pays all."""

    public_id = models.CharField(max_length=22, default=new_public_id, unique=True)
    contract = Key(Contract)
    account = Key(Account, help_text="the employee's own account")
    contribution = models.JSONField(help_text="one of the five types of the decision split-bill")
    offered_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    from_on = models.DateField(null=True, help_text="first of a month; absent = not accepted yet")
    to_on = models.DateField(null=True, help_text="first of the month in which it does not hold any more")

    class Meta:
        db_table = "split_bill"
        constraints = [
            ExclusionConstraint(
                name="split_bill_one_at_a_time",
                expressions=[
                    ("operator", RangeOperators.EQUAL),
                    ("contract", RangeOperators.EQUAL),
                    (DateRange("from_on", "to_on"), RangeOperators.OVERLAPS),
                ],
                condition=models.Q(from_on__isnull=False),
            ),
            models.CheckConstraint(
                name="split_bill_holds_when_accepted",
                condition=models.Q(from_on=None, accepted_at=None)
                | models.Q(from_on__isnull=False, accepted_at__isnull=False),
            ),
        ]
