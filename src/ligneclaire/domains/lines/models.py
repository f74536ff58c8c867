"""Lines: what a network knows by a name or a number."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models

from ligneclaire.domains.accounts.models import Account
from ligneclaire.domains.customers.models import Person
from ligneclaire.domains.operators.models import Key, OperatorRow, new_public_id
from ligneclaire.domains.rulebook.models import DateRange


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


class LineUser(OperatorRow):
    """Who uses a line, from a day to a day (half-open); one person at a time. The account of the line pays, whoever
    uses it."""

    line = Key(Line)
    person = Key(Person)
    from_on = models.DateField()
    to_on = models.DateField(null=True)

    class Meta:
        db_table = "line_user"
        constraints = [
            ExclusionConstraint(
                name="line_user_one_at_a_time",
                expressions=[
                    ("operator", RangeOperators.EQUAL),
                    ("line", RangeOperators.EQUAL),
                    (DateRange("from_on", "to_on"), RangeOperators.OVERLAPS),
                ],
            ),
        ]


class NoticeChoice(OperatorRow):
    """What the user of a line said about a kind of warning and a way to send it. Rows are only inserted; the last one
    counts. Without one, warnings are sent."""

    line = Key(Line)
    person = Key(Person)
    kind = models.CharField(max_length=16, help_text="as rules/notices.py names them")
    channel = models.CharField(max_length=8, choices=[("mail", "mail"), ("sms", "sms")])
    wanted = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        db_table = "notice_choice"
        indexes = [models.Index(fields=["operator", "line", "at"], name="notice_choice_of_line")]
