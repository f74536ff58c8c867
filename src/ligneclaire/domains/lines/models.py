"""Lines: what a network knows by a name or a number."""

from django.db import models

from ligneclaire.domains.accounts.models import Account
from ligneclaire.domains.operators.models import Key, OperatorRow, new_public_id


class Line(OperatorRow):
    """A connection of one account. `identifier` is what the network reports: a RADIUS User-Name, a number in E.164."""

    public_id = models.CharField(max_length=22, default=new_public_id, unique=True)
    account = Key(Account)
    kind = models.CharField(max_length=10, choices=[("internet", "internet"), ("voice", "voice"), ("mobile", "mobile")])
    identifier = models.CharField(max_length=128)
    ordered_on = models.DateField()

    class Meta:
        db_table = "line"
        constraints = [models.UniqueConstraint(fields=["operator", "identifier"], name="line_identifier")]
