"""Bill runs, drafts, invoices and their numbers. Issued rows are only inserted; a credit note corrects them.

The fields carry the business terms of EN 16931 (BT-…), so that an e-invoice is a rendering and not a migration.
"""

from django.db import models

from ligneclaire.domains.accounts.models import Account
from ligneclaire.domains.contracts.models import Contract, Discount, Item
from ligneclaire.domains.lines.models import Line
from ligneclaire.domains.operators.models import Key, LegalEntity, OperatorPart, OperatorRow, new_public_id
from ligneclaire.domains.promises.models import Promise


class BillRun(OperatorRow):
    """One month of one legal entity. `as_of` fixes what the run may know."""

    STATES = [
        ("drafting", "drafting"),
        ("ready", "ready"),
        ("releasing", "releasing"),
        ("released", "released"),
        ("discarded", "discarded"),
    ]

    public_id = models.CharField(max_length=22, default=new_public_id, unique=True)
    legal_entity = Key(LegalEntity)
    month = models.DateField(help_text="first day of the month that is billed in advance")
    bill_on = models.DateField(help_text="date on the invoices")
    as_of = models.DateTimeField()
    state = models.CharField(max_length=10, choices=STATES, default="drafting")
    accounts = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True, help_text="over all drafts, in account order")
    started_by = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    released_by = models.CharField(max_length=64, blank=True)
    released_at = models.DateTimeField(null=True)
    released_over = models.PositiveIntegerField(
        default=0, help_text="usage records that were suspended then, knowingly"
    )

    class Meta:
        db_table = "bill_run"
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "legal_entity", "month"],
                condition=~models.Q(state="discarded"),
                name="bill_run_one_a_month",
            ),
            models.CheckConstraint(
                name="bill_run_released_by_a_second_person",
                condition=models.Q(released_by="") | ~models.Q(released_by=models.F("started_by")),
            ),
        ]


class RunChunk(OperatorRow):
    """A range of accounts of a run, in id order: the unit of work, of locking and of resuming."""

    run = Key(BillRun)
    position = models.PositiveIntegerField()
    first_account_id = models.BigIntegerField()
    last_account_id = models.BigIntegerField()
    drafted_at = models.DateTimeField(null=True)
    issued_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "bill_run_chunk"
        constraints = [models.UniqueConstraint(fields=["operator", "run", "position"], name="bill_run_chunk_position")]


class Draft(OperatorPart):
    """What an account would be invoiced: the whole document as it will be issued, without its number, or the reason
    why there is none (W-15). `inputs_digest` says what it was made from."""

    run = Key(BillRun, db_index=False)
    account = Key(Account, db_index=False)
    skip_reason = models.CharField(max_length=32, blank=True)
    document = models.JSONField(null=True)
    total = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    because = models.JSONField(null=True, help_text="steps to a skip: a private part that is carried (C12)")
    carried = models.DecimalField(max_digits=14, decimal_places=2, null=True, help_text="private part not invoiced yet")
    inputs_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        db_table = "invoice_draft"
        constraints = [models.UniqueConstraint(fields=["operator", "run", "account"], name="invoice_draft_once")]


class NumberSeries(OperatorRow):
    """The last number given, per legal entity, kind of document and year: gapless, taken in bulk at issue (W-35)."""

    legal_entity = Key(LegalEntity)
    kind = models.CharField(max_length=12)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveBigIntegerField(default=0)

    class Meta:
        db_table = "number_series"
        constraints = [
            models.UniqueConstraint(fields=["operator", "legal_entity", "kind", "year"], name="number_series_once")
        ]


class Invoice(OperatorPart):
    """An issued invoice or credit note, with snapshots of seller and buyer (W-51). Amounts of a credit note are
    positive, as on paper; its postings have the other sign."""

    KINDS = [("invoice", "invoice"), ("credit-note", "credit note")]

    public_id = models.CharField(max_length=22, default=new_public_id)
    run = Key(BillRun, null=True, db_index=False)
    account = Key(Account, db_index=False)
    legal_entity = Key(LegalEntity, db_index=False)
    kind = models.CharField(max_length=12, choices=KINDS)
    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveBigIntegerField()
    number = models.CharField(max_length=32, help_text="BT-1")
    month = models.DateField(help_text="first day of the month billed in advance")
    issued_on = models.DateField(help_text="BT-2")
    issued_at = models.DateTimeField()
    supply_from = models.DateField(help_text="BT-73")
    supply_to = models.DateField(help_text="BT-74, last day")
    due_on = models.DateField(help_text="BT-9")
    debit_on = models.DateField(null=True)
    payment_method = models.CharField(max_length=12)
    payment_means_code = models.CharField(max_length=3, help_text="BT-81: 59 direct debit, 30 transfer, 20 cheque")
    mandate_reference = models.CharField(max_length=35, blank=True, help_text="BT-89")
    debited_iban = models.CharField(max_length=34, blank=True, help_text="BT-91; pages show the last four digits")
    structured_communication = models.CharField(max_length=35, help_text="BT-83: OGM in Belgium, ISO 11649 elsewhere")
    currency = models.CharField(max_length=3, default="EUR", help_text="BT-5")
    prices = models.CharField(max_length=9, help_text="inclusive or exclusive (C1)")
    net = models.DecimalField(max_digits=14, decimal_places=2, help_text="BT-109")
    vat = models.DecimalField(max_digits=14, decimal_places=2, help_text="BT-110")
    total = models.DecimalField(max_digits=14, decimal_places=2, help_text="BT-112")
    complementary = models.DecimalField(
        max_digits=14, decimal_places=2, default=0, help_text="part of total settled in RES"
    )
    language = models.CharField(max_length=2)
    buyer_reference = models.CharField(max_length=64, blank=True, help_text="BT-10")
    seller = models.JSONField(help_text="snapshot of the legal entity")
    buyer = models.JSONField(help_text="snapshot of the account and its billing address")
    because = models.JSONField(default=list, help_text="steps to the total and the debit date")
    credits = Key("self", null=True, help_text="BT-25: the invoice that a credit note corrects")
    reason = models.CharField(max_length=200, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        db_table = "invoice"
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="invoice_public_id"),
            models.UniqueConstraint(
                fields=["operator", "legal_entity", "kind", "year", "sequence"], name="invoice_number_once"
            ),
            models.UniqueConstraint(fields=["operator", "run", "account"], name="invoice_once_per_run"),
            models.UniqueConstraint(
                fields=["operator", "legal_entity", "structured_communication"],
                condition=models.Q(kind="invoice"),
                name="invoice_communication_once",
            ),
            models.CheckConstraint(
                condition=models.Q(total=models.F("net") + models.F("vat")), name="invoice_net_plus_vat_is_total"
            ),
        ]
        indexes = [models.Index(fields=["operator", "account", "-issued_on"], name="invoice_of_account")]


class InvoiceLine(OperatorPart):
    """One line. `amount` is in the invoice's price mode; `because` are the steps from facts to it."""

    invoice = Key(Invoice, db_index=False)
    position = models.PositiveIntegerField(help_text="BT-126")
    code = models.CharField(
        max_length=24, help_text="activation, pro-rata, month, option, discount, credit, one-off, usage"
    )
    product_code = models.CharField(max_length=48, help_text="BT-155")
    names = models.JSONField(help_text="BT-153, language -> name")
    category = models.CharField(max_length=10)
    contract = Key(Contract, null=True, db_index=False)
    item = Key(Item, null=True)
    discount = Key(Discount, null=True, db_index=False)
    charge = Key("billing.Charge", null=True, db_index=False)
    credits = Key("self", null=True, db_index=False, help_text="the line that a line of a credit note corrects")
    line = Key(Line, null=True, db_index=False, help_text="whose usage a line of code usage bills")
    usage_month = models.DateField(null=True, help_text="the calendar month of that usage")
    usage_revision = models.PositiveIntegerField(null=True, help_text="the revision of the rating group that is billed")
    period_from = models.DateField(null=True, help_text="BT-134")
    period_to = models.DateField(null=True, help_text="first day after (half-open); BT-135 is the day before")
    quantity = models.DecimalField(max_digits=14, decimal_places=6, help_text="BT-129")
    unit_price = models.DecimalField(max_digits=14, decimal_places=6, help_text="BT-146, in the price mode")
    amount = models.DecimalField(max_digits=14, decimal_places=2, help_text="BT-131 when exclusive")
    tax_category = models.CharField(max_length=2, default="S", help_text="BT-151")
    tax_rate = models.DecimalField(max_digits=5, decimal_places=2, help_text="BT-152")
    because = models.JSONField(default=list)

    class Meta:
        db_table = "invoice_line"
        constraints = [
            models.UniqueConstraint(fields=["operator", "invoice", "position"], name="invoice_line_position"),
            models.UniqueConstraint(
                fields=["operator", "charge"],
                condition=models.Q(charge__isnull=False),
                name="invoice_line_bills_a_charge_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["operator", "credits"], condition=models.Q(credits__isnull=False), name="invoice_line_credits"
            ),
            models.Index(
                fields=["operator", "line", "usage_month"],
                condition=models.Q(line__isnull=False),
                name="invoice_line_usage",
            ),
        ]


class InvoiceTax(OperatorPart):
    """Tax per category and rate, on the net sum (C1; BG-23)."""

    invoice = Key(Invoice)
    tax_category = models.CharField(max_length=2)
    tax_rate = models.DecimalField(max_digits=5, decimal_places=2)
    net = models.DecimalField(max_digits=14, decimal_places=2)
    vat = models.DecimalField(max_digits=14, decimal_places=2)
    total = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        db_table = "invoice_tax"


class Charge(OperatorRow):
    """A single amount that waits for the next invoice: a fee, an exit indemnity, a promised credit (negative). What has
    no invoice line yet is the work list. Rows are only inserted."""

    account = Key(Account)
    contract = Key(Contract, null=True, db_index=False)
    promise = Key(Promise, null=True, db_index=False)
    source = models.CharField(
        max_length=64, help_text="type:public_id of what caused it; one charge per source and code"
    )
    code = models.CharField(max_length=24)
    product_code = models.CharField(max_length=48)
    names = models.JSONField()
    category = models.CharField(max_length=10)
    service_on = models.DateField()
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    tax_code = models.CharField(max_length=16, default="standard")
    because = models.JSONField(default=list)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "charge"
        constraints = [models.UniqueConstraint(fields=["operator", "source", "code"], name="charge_once_per_source")]


class Dispute(OperatorRow):
    """A customer says that a line is wrong: a promise; the disputed sum is not collected until it is answered."""

    promise = Key(Promise, db_index=False)
    line = Key(InvoiceLine)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    words = models.TextField()
    asked_at = models.DateTimeField()

    class Meta:
        db_table = "dispute"
        constraints = [models.UniqueConstraint(fields=["operator", "promise"], name="dispute_promise")]


class DisputeAnswer(OperatorRow):
    """How a dispute ended: credited or refused, with the reason. Rows are only inserted."""

    dispute = Key(Dispute)
    outcome = models.CharField(max_length=10, choices=[("credited", "credited"), ("refused", "refused")])
    words = models.TextField()
    credit_note = Key(Invoice, null=True)
    answered_at = models.DateTimeField()
    answered_by = models.CharField(max_length=64)

    class Meta:
        db_table = "dispute_answer"
        constraints = [models.UniqueConstraint(fields=["operator", "dispute"], name="dispute_answer_once")]
