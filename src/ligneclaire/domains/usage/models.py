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

    class Meta:
        db_table = "intake_file"
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
        constraints = [models.UniqueConstraint(fields=["operator", "event_key"], name="session_record_once")]


class Suspended(OperatorRow):
    """A record that could not be used, with its reason and its place; staff fix, retry or write it off."""

    file = Key(IntakeFile)
    place = models.PositiveIntegerField(help_text="line of the file, or row")
    reason = models.CharField(max_length=48)
    raw = models.TextField()
    settled_at = models.DateTimeField(null=True)
    settled_as = models.CharField(max_length=16, blank=True, help_text="kept, duplicate or written-off")

    class Meta:
        db_table = "suspended_record"
