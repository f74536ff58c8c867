"""Who did what, when, to which thing. Rows are only inserted."""

from django.db import models

from ligneclaire.domains.operators.models import OperatorRow


class AuditEntry(OperatorRow):
    """One act. `detail` holds ids and codes, never personal data."""

    at = models.DateTimeField()
    actor = models.CharField(max_length=64, help_text="public id of a login, or job:NAME, or command:NAME")
    act = models.CharField(max_length=64, help_text="name of the operation, e.g. issue_invoice")
    subject = models.CharField(max_length=64, help_text="type:public_id")
    detail = models.JSONField(default=dict)

    class Meta:
        db_table = "audit_entry"
        indexes = [models.Index(fields=["operator", "subject"], name="audit_entry_subject")]
