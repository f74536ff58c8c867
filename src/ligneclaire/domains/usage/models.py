"""What the network reports. Every input record ends kept, duplicate or in suspense with its reason."""

from django.db import models

from ligneclaire.domains.accounts.models import Account
from ligneclaire.domains.customers.models import Person
from ligneclaire.domains.lines.models import Line
from ligneclaire.domains.operators.models import Key, OperatorRow, new_public_id


class IntakeFile(OperatorRow):
    """One delivery from a source. records = kept + duplicate + suspended, checked by the database."""

    public_id = models.CharField(max_length=22, default=new_public_id, unique=True)
    source = models.CharField(max_length=64, help_text="e.g. radius-detail:nas1, radius-radacct")
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    records = models.PositiveIntegerField(default=0)
    kept = models.PositiveIntegerField(default=0)
    duplicates = models.PositiveIntegerField(default=0)
    suspended = models.PositiveIntegerField(default=0)
    passed = models.PositiveIntegerField(default=0, help_text="rows beside the records: calls that nobody answered")
    position = models.JSONField(default=dict, help_text="where the next reading of a table goes on")

    class Meta:
        db_table = "intake_file"
        indexes = [models.Index(fields=["operator", "source", "name", "id"], name="intake_file_source")]
        constraints = [
            models.CheckConstraint(
                name="intake_file_loses_nothing",
                condition=models.Q(records=models.F("kept") + models.F("duplicates") + models.F("suspended")),
            ),
        ]


class Session(OperatorRow):
    """One accounting record of an internet session (Start, Interim-Update or Stop). Rows are only inserted."""

    file = Key(IntakeFile)
    line = Key(Line)
    event_key = models.CharField(max_length=200, help_text="source, session id, kind and instant in UTC")
    session_id = models.CharField(max_length=128)
    kind = models.CharField(max_length=16, choices=[("start", "start"), ("interim", "interim"), ("stop", "stop")])
    event_at = models.DateTimeField(help_text="by the network's clock (Event-Timestamp), else the arrival")
    arrived_at = models.DateTimeField()
    started_at = models.DateTimeField(help_text="event_at less the seconds of the session so far")
    seconds = models.BigIntegerField(default=0)
    octets_in = models.BigIntegerField(default=0)
    octets_out = models.BigIntegerField(default=0)

    class Meta:
        db_table = "session_record"
        indexes = [models.Index(fields=["operator", "line", "started_at"], name="session_record_first")]
        constraints = [models.UniqueConstraint(fields=["operator", "event_key"], name="session_record_once")]


class ServerRestart(OperatorRow):
    """An access server said that it starts (on) or stops (off): all its sessions end there. Rows are only inserted."""

    file = Key(IntakeFile)
    event_key = models.CharField(max_length=200, help_text="kind, instant in UTC and source")
    nas = models.CharField(max_length=128)
    kind = models.CharField(max_length=3, choices=[("on", "on"), ("off", "off")])
    event_at = models.DateTimeField()
    arrived_at = models.DateTimeField()

    class Meta:
        db_table = "server_restart"
        constraints = [models.UniqueConstraint(fields=["operator", "event_key"], name="server_restart_once")]


class WriteOff(OperatorRow):
    """That somebody asks to give up records in suspense, and what another person decided. The records point here."""

    DECISIONS = [("confirmed", "confirmed"), ("refused", "refused")]

    public_id = models.CharField(max_length=22, default=new_public_id, unique=True)
    reason = models.CharField(max_length=48, help_text="what the records wait for, a Reason of rules.py")
    records = models.PositiveIntegerField(help_text="how many they were when it was asked")
    why = models.CharField(max_length=200)
    asked_by = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    decision = models.CharField(max_length=16, choices=DECISIONS, blank=True)
    decided_why = models.CharField(max_length=200, blank=True, help_text="why it was refused")
    decided_by = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField(null=True)
    written_off = models.PositiveIntegerField(default=0, help_text="how many still waited when it was confirmed")

    class Meta:
        db_table = "suspense_write_off"
        indexes = [
            models.Index(
                fields=["operator", "id"], condition=models.Q(decided_at=None), name="suspense_write_off_open"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="suspense_write_off_is_decided_by_a_second_person",
                condition=~models.Q(decided_by=models.F("asked_by")),
            ),
            models.CheckConstraint(
                name="suspense_write_off_is_decided_or_open",
                condition=models.Q(decided_at=None, decision="", decided_by="")
                | models.Q(decided_at__isnull=False) & ~models.Q(decision="") & ~models.Q(decided_by=""),
            ),
        ]


class Suspended(OperatorRow):
    """A record that could not be used, with its reason and its place; staff fix, retry or write it off."""

    public_id = models.CharField(max_length=22, default=new_public_id, unique=True)
    file = Key(IntakeFile)
    place = models.BigIntegerField(help_text="line of the file, or row")
    reason = models.CharField(max_length=48, help_text="a Reason of rules.py")
    detail = models.CharField(max_length=80, blank=True, help_text="the attribute or line at fault")
    same = models.CharField(max_length=80, blank=True, help_text="what others that wait share with it (rules/alike.py)")
    raw = models.TextField()
    original = models.TextField(null=True, help_text="raw as it was delivered, when staff changed it")  # noqa: DJ001
    fingerprint = models.CharField(max_length=64, help_text="the same record, delivered again, is a duplicate")
    settled_at = models.DateTimeField(null=True)
    settled_as = models.CharField(max_length=16, blank=True, help_text="kept, duplicate or written-off")
    settled_by = models.CharField(max_length=64, blank=True)
    settled_why = models.CharField(max_length=200, blank=True)
    asked = Key(WriteOff, null=True, help_text="by which somebody wants to give it up")

    class Meta:
        db_table = "suspended_record"
        constraints = [
            models.UniqueConstraint(fields=["operator", "fingerprint"], name="suspended_record_once"),
            models.CheckConstraint(
                name="suspended_record_is_settled_or_open",
                condition=models.Q(settled_at=None, settled_as="")
                | models.Q(settled_at__isnull=False) & ~models.Q(settled_as=""),
            ),
        ]
        indexes = [
            models.Index(fields=["operator", "id"], condition=models.Q(settled_at=None), name="suspended_record_open"),
        ]


class Segment(OperatorRow):
    """One immutable Parquet file of usage: records as they came in, or rated. A file that is not listed here does not
    exist. A partition is operator, local month and bucket (account modulo 16)."""

    kind = models.CharField(max_length=8, choices=[("records", "records"), ("rated", "rated")])
    month = models.DateField(help_text="first day of the operator-local calendar month of the records")
    bucket = models.PositiveSmallIntegerField()
    file = Key(IntakeFile, null=True, help_text="the delivery that a segment of records came from")
    account = Key(Account, null=True, help_text="whose rated records these are; absent = of several accounts")
    first_at = models.DateTimeField(null=True, help_text="start of the earliest record")
    last_at = models.DateTimeField(null=True, help_text="start of the latest record")
    path = models.CharField(max_length=200, help_text="below the folder of usage files")
    rows = models.PositiveBigIntegerField()
    octets = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    listed_at = models.DateTimeField()
    delisted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "usage_segment"
        constraints = [models.UniqueConstraint(fields=["operator", "path"], name="usage_segment_path")]
        indexes = [
            models.Index(
                fields=["operator", "month", "bucket", "kind"],
                condition=models.Q(delisted_at=None),
                name="usage_segment_listed",
            ),
        ]


class Group(OperatorRow):
    """A rating group: one account in one local month (RAT-12). Rating makes its next revision from all its records."""

    account = Key(Account)
    month = models.DateField()
    records = models.PositiveBigIntegerField(default=0, help_text="kept so far")
    stale_since = models.DateTimeField(null=True, help_text="something arrived or changed since the last rating")
    revision = models.PositiveIntegerField(default=0)
    rated_at = models.DateTimeField(null=True, help_text="the time that pages call 'as of'")
    rated_to = models.DateTimeField(null=True, help_text="start of the latest record that was rated")
    closed_at = models.DateTimeField(null=True, help_text="billed; later records are rated from the closing state")
    closing_state = models.JSONField(default=dict, help_text="counters and caps at the close")

    class Meta:
        db_table = "usage_group"
        constraints = [models.UniqueConstraint(fields=["operator", "account", "month"], name="usage_group_once")]
        indexes = [
            models.Index(fields=["operator", "stale_since"], condition=~models.Q(stale_since=None), name="usage_stale"),
        ]


class Total(OperatorRow):
    """A projection of the rated records of a group: what one line used of one kind. Each revision adds to it or makes
    it anew."""

    group = Key(Group)
    line = Key(Line)
    category = models.CharField(max_length=12, help_text="voice, data, messages, other, third-party")
    usage_type = models.CharField(max_length=24, help_text="as the decision split-bill names it")
    tax_code = models.CharField(max_length=16)
    records = models.PositiveBigIntegerField()
    inside = models.BigIntegerField(help_text="billed quantity inside bundles, in the unit of the service")
    outside = models.BigIntegerField(help_text="billed quantity outside bundles")
    amount = models.DecimalField(max_digits=18, decimal_places=6)

    class Meta:
        db_table = "usage_total"
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "group", "line", "usage_type", "tax_code"], name="usage_total_once"
            ),
        ]
        indexes = [models.Index(fields=["operator", "line"], name="usage_total_of_line")]


class Counter(OperatorRow):
    """A projection: how much of an allowance (or of a spend ceiling, in millionths of a euro) a line used. Of what the
    lines of the account share there is no line, and `used` is what came out of it."""

    group = Key(Group)
    line = Key(Line, null=True)
    code = models.CharField(max_length=48)
    service = models.CharField(max_length=12, help_text="voice, sms, mms, data, or spend")
    used = models.BigIntegerField()
    allowance = models.BigIntegerField()
    epoch = models.PositiveIntegerField(default=0, help_text="how often the allowance grew")

    class Meta:
        db_table = "usage_counter"
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "group", "line", "code"], name="usage_counter_once", nulls_distinct=False
            ),
        ]
        indexes = [models.Index(fields=["operator", "line"], name="usage_counter_of_line")]


class Alert(OperatorRow):
    """A warning that is due, once per line, counter, month, epoch and threshold (C10); of what lines of an account
    share, once per account. Rows are only inserted; what was sent is told by the outbox."""

    line = Key(Line, null=True)
    account = Key(Account, null=True, help_text="whose lines share the counter; absent = it is the line's own")
    month = models.DateField()
    counter = models.CharField(max_length=48)
    epoch = models.PositiveIntegerField()
    threshold = models.PositiveIntegerField(help_text="percent")
    used = models.BigIntegerField()
    allowance = models.BigIntegerField()
    event_at = models.DateTimeField(help_text="start of the record that reached it")
    raised_at = models.DateTimeField()

    class Meta:
        db_table = "usage_alert"
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "line", "month", "counter", "epoch", "threshold"], name="usage_alert_once"
            ),
            models.UniqueConstraint(
                fields=["operator", "account", "month", "counter", "epoch", "threshold"],
                name="usage_alert_once_of_account",
            ),
            models.CheckConstraint(
                name="usage_alert_is_of_a_line_or_an_account",
                condition=models.Q(line=None, account__isnull=False) | models.Q(line__isnull=False, account=None),
            ),
        ]


class Notice(OperatorRow):
    """What was done to tell one person of an alert, by one way: the proof that somebody was warned before a charge
    (W-07). When the message was sent is told by the outbox, under its key. Rows are only inserted."""

    OUTCOMES = [("queued", "queued"), ("switched-off", "switched off by its reader"), ("nobody", "nobody to tell")]

    alert = Key(Alert)
    person = Key(Person, null=True)
    channel = models.CharField(max_length=8, choices=[("mail", "mail"), ("sms", "sms")], blank=True)
    outcome = models.CharField(max_length=16, choices=OUTCOMES)
    message_key = models.CharField(max_length=120, blank=True, help_text="dedupe_key of the message")
    decided_at = models.DateTimeField()

    class Meta:
        db_table = "usage_notice"
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "alert", "person", "channel"], name="usage_notice_once", nulls_distinct=False
            ),
        ]


class Disclosure(OperatorRow):
    """That a member of staff asked to see whole numbers of other parties, of a line in a month or of a record in
    suspense, and why. Never the numbers. Rows are only inserted."""

    KINDS = ("complaint", "invoice", "customer", "fraud", "fault", "authority")

    public_id = models.CharField(max_length=22, default=new_public_id, unique=True)
    line = Key(Line, null=True)
    month = models.DateField(null=True)
    suspended = Key(Suspended, null=True)
    kind = models.CharField(max_length=16, choices=[(kind, kind) for kind in KINDS])
    words = models.CharField(max_length=200, help_text="the reference of a complaint, or what it is about")
    actor = models.CharField(max_length=64)
    at = models.DateTimeField()
    until = models.DateTimeField(help_text="the reason is asked again afterwards")

    class Meta:
        db_table = "usage_disclosure"
        constraints = [
            models.CheckConstraint(
                name="usage_disclosure_is_of_one_thing",
                condition=models.Q(line__isnull=False, month__isnull=False, suspended=None)
                | models.Q(line=None, month=None, suspended__isnull=False),
            ),
            models.CheckConstraint(name="usage_disclosure_ends", condition=models.Q(until__gt=models.F("at"))),
        ]
        indexes = [models.Index(fields=["operator", "line", "month"], name="usage_disclosure_line")]
