"""Published policy versions. A version is superseded, never edited; the database refuses two that overlap."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models

from ligneclaire.domains.operators.models import OperatorRow


class DateRange(models.Func):
    """daterange(from, to), half-open; an absent end means for ever."""

    function = "daterange"
    output_field = models.DateField()


class PolicyVersion(OperatorRow):
    """The values of one policy for one scope, from a date to a date (half-open; `effective_to` absent = open)."""

    key = models.CharField(max_length=64)
    scope_kind = models.CharField(max_length=16, default="operator")
    scope_value = models.CharField(max_length=64, blank=True)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True)
    contracts_from = models.DateField(null=True)
    all_from = models.DateField(null=True)
    values = models.JSONField()
    reason = models.CharField(max_length=200, blank=True)
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=64)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "policy_version"
        constraints = [
            models.CheckConstraint(
                name="policy_version_starts_before_it_ends",
                condition=models.Q(effective_to=None) | models.Q(effective_to__gt=models.F("effective_from")),
            ),
            ExclusionConstraint(
                name="policy_versions_never_overlap",
                expressions=[
                    ("operator", RangeOperators.EQUAL),
                    ("key", RangeOperators.EQUAL),
                    ("scope_kind", RangeOperators.EQUAL),
                    ("scope_value", RangeOperators.EQUAL),
                    (DateRange("effective_from", "effective_to"), RangeOperators.OVERLAPS),
                ],
                condition=models.Q(superseded_at=None),
            ),
        ]
