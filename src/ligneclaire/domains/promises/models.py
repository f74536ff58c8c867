"""Every request of a customer, with a deadline, an owner and a tracker."""

from django.db import models

from ligneclaire.domains.customers.models import Party, Person
from ligneclaire.domains.operators.models import Key, OperatorRow, new_public_id


class Promise(OperatorRow):
    """What was asked, by whom, until when it is due and why then. The request's own row points here, never empty and
    unique, written in the same transaction; whether it is kept is derived from that row, never clicked."""

    public_id = models.CharField(max_length=22, default=new_public_id, unique=True)
    kind = models.CharField(max_length=32, help_text="e.g. dispute, termination, credit")
    party = Key(Party)
    requester = Key(Person, null=True)
    subject = models.CharField(max_length=64, help_text="type:public_id of what it is about")
    asked_at = models.DateTimeField()
    due_on = models.DateField()
    due_source = models.CharField(max_length=64, help_text="law id, policy key, or agreed")
    owner = models.CharField(max_length=32, help_text="the desk that answers for it")
    held_on = models.DateField(null=True)
    held_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "promise"
        indexes = [
            models.Index(fields=["operator", "due_on"], name="promise_due"),
            models.Index(fields=["operator", "party"], name="promise_of_party"),
        ]


class PromiseStep(OperatorRow):
    """A station of the tracker: what happened, when, by whom. Rows are only inserted."""

    promise = Key(Promise)
    at = models.DateTimeField()
    code = models.CharField(max_length=32, help_text="asked, read, answered, credited, refused …")
    actor = models.CharField(max_length=64)
    words = models.TextField(blank=True, help_text="what was said, as the customer reads it")

    class Meta:
        db_table = "promise_step"
