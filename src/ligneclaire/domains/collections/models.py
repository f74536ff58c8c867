"""Who was told of an unpaid private invoice, and when."""

from django.db import models

from ligneclaire.domains.accounts.models import Account
from ligneclaire.domains.billing.models import Invoice
from ligneclaire.domains.operators.models import Key, OperatorRow


class PrivateReminder(OperatorRow):
    """A step that was taken for an unpaid private invoice (SPL-11). Rows are only inserted; whether it is paid by now
    is asked of the ledger."""

    STEPS = [(one, one) for one in ("reminded", "escalated", "employer-liable")]

    invoice = Key(Invoice)
    step = models.CharField(max_length=16, choices=STEPS)
    at = models.DateTimeField()
    amount = models.DecimalField(max_digits=14, decimal_places=2, help_text="what was due then")
    pay_by = models.DateField(null=True, help_text="told: last day to pay; absent = the employer owes it")
    employer = Key(Account, null=True, help_text="account of the company that was told; absent = the employee was")

    class Meta:
        db_table = "private_reminder"
        constraints = [
            models.UniqueConstraint(fields=["operator", "invoice", "step"], name="private_reminder_once_per_step"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="private_reminder_is_of_something_due"),
            models.CheckConstraint(
                condition=models.Q(step="reminded", employer=None)
                | (~models.Q(step="reminded") & models.Q(employer__isnull=False)),
                name="private_reminder_names_its_employer",
            ),
            models.CheckConstraint(
                condition=models.Q(step="employer-liable", pay_by=None)
                | (~models.Q(step="employer-liable") & models.Q(pay_by__isnull=False)),
                name="private_reminder_leaves_days_until_liable",
            ),
        ]
