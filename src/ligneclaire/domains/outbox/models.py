"""Messages to send after the commit that decided them."""

from django.db import models

from ligneclaire.domains.operators.models import OperatorRow, new_public_id


class Message(OperatorRow):
    """One message to one recipient. The operation that decides it writes it; a worker sends it."""

    public_id = models.CharField(max_length=22, default=new_public_id, unique=True)
    dedupe_key = models.CharField(max_length=120, help_text="says what it is about: a second one is refused")
    channel = models.CharField(max_length=8, choices=[("mail", "mail"), ("sms", "sms")])
    recipient = models.CharField(max_length=254)
    language = models.CharField(max_length=2)
    template = models.CharField(max_length=64)
    params = models.JSONField(default=dict)
    queued_at = models.DateTimeField()
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_fault = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "message"
        constraints = [models.UniqueConstraint(fields=["operator", "dedupe_key"], name="message_once")]
        indexes = [
            models.Index(fields=["operator", "due_at"], condition=models.Q(sent_at=None), name="message_unsent"),
        ]
