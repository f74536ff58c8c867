"""What the network reports. Every input record ends kept, duplicate or in suspense with its reason."""

from django.db import models

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


class Suspended(OperatorRow):
    """A record that could not be used, with its reason and its place; staff fix, retry or write it off."""

    public_id = models.CharField(max_length=22, default=new_public_id, unique=True)
    file = Key(IntakeFile)
    place = models.BigIntegerField(help_text="line of the file, or row")
    reason = models.CharField(max_length=48, help_text="a Reason of rules.py")
    detail = models.CharField(max_length=80, blank=True, help_text="the attribute or line at fault")
    raw = models.TextField()
    fingerprint = models.CharField(max_length=64, help_text="the same record, delivered again, is a duplicate")
    settled_at = models.DateTimeField(null=True)
    settled_as = models.CharField(max_length=16, blank=True, help_text="kept, duplicate or written-off")
    settled_by = models.CharField(max_length=64, blank=True)
    settled_why = models.CharField(max_length=200, blank=True)

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
