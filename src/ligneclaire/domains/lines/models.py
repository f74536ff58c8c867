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


class Control(OperatorRow):
    """What was said of a line's spending: a cap of its own, an agreement to go on above a ceiling, a block (W-22,
    W-32). Rows are only inserted; the last one of a kind, subject and side counts, from its instant on."""

    KINDS = [("cap", "cap"), ("agreement", "agreement"), ("block", "block")]
    SIDES = [("user", "who pays it privately"), ("company", "the company that pays it")]

    line = Key(Line)
    kind = models.CharField(max_length=12, choices=KINDS)
    subject = models.CharField(max_length=24, help_text="as rules/controls.py names ceilings and blocks")
    on = models.BooleanField(help_text="set, agreed, blocked; or taken back")
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, help_text="of a cap, tax included")
    stops = models.BooleanField(default=False, help_text="of a cap: whether it stops, or only warns")
    month = models.DateField(null=True, help_text="first day of the only month for which it is agreed to go on")
    side = models.CharField(max_length=8, choices=SIDES)
    person = Key(Person, null=True, help_text="the user of a company's line for whom it was said")
    channel = models.CharField(max_length=12, help_text="portal, telephone, letter, mail or counter")
    why = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)

    class Meta:
        db_table = "line_control"
        constraints = [
            models.CheckConstraint(
                name="line_control_amount_is_of_a_cap",
                condition=models.Q(kind="cap", on=True, amount__isnull=False, amount__gte=0)
                | models.Q(amount=None) & ~models.Q(kind="cap", on=True),
            ),
            models.CheckConstraint(
                name="line_control_month_is_of_an_agreement",
                condition=models.Q(month=None) | models.Q(kind="agreement", on=True),
            ),
        ]
        indexes = [models.Index(fields=["operator", "line", "at"], name="line_control_of_line")]
