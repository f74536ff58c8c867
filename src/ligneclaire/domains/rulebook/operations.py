"""Publish a policy version. What is published is superseded by a later version, never edited."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from ligneclaire.domains.audit import operations as audit
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.rulebook import decode
from ligneclaire.domains.rulebook.models import PolicyVersion
from ligneclaire.domains.rulebook.versions import Version
from ligneclaire.kernel.policy import declared
from ligneclaire.kernel.refusal import Refusal


class PublishedVersionEdited(Refusal):
    """A version of that key, scope and first day is published with other values."""

    code = "rulebook.refused.published-version-edited"


class VersionInThePast(Refusal):
    """A version of that key and scope begins later already, so this one can't be the newest."""

    code = "rulebook.refused.version-in-the-past"


class StartsInThePast(Refusal):
    """A version from a day that is over would change what was decided by another one."""

    code = "rulebook.refused.starts-in-the-past"


class EndsBeforeItStarts(Refusal):
    """The first day on which the version no longer holds is not after its first day."""

    code = "rulebook.refused.ends-before-it-starts"


class NoPublishingReason(Refusal):
    """Everybody who reads the version later is told why it was published."""

    code = "rulebook.refused.no-publishing-reason"


def proposed(  # noqa: PLR0917
    key: str,
    values: Mapping[str, Any],
    effective_from: date,
    effective_until: date | None = None,
    contracts_from: date | None = None,
    all_from: date | None = None,
) -> Version:
    """A version of the operator's own, out of plain values; nothing is written.

    Raises EndsBeforeItStarts, and decode.NotBuilt naming the fields that the policy class refuses.
    """
    if effective_until is not None and effective_until <= effective_from:
        raise EndsBeforeItStarts(start=effective_from, end=effective_until)
    value: object = decode.build(declared()[key].cls, values)
    if all_from is not None and contracts_from is None:
        contracts_from = effective_from
    return Version(key, value, effective_from, effective_until, contracts_from=contracts_from, all_from=all_from)


def publish_version(
    *, operator_id: int, version: Version, reason: str, on: date, at: datetime, actor: str
) -> PolicyVersion | None:
    """Publish a version that somebody wrote at the desk: from `on`, today, or later, and with a reason in words.

    Raises StartsInThePast, NoPublishingReason, and what publish_policy raises.
    """
    if version.effective_from < on:
        raise StartsInThePast(start=version.effective_from, on=on)
    if len(reason.strip()) < 3:
        raise NoPublishingReason()
    return publish_policy(operator_id=operator_id, version=version, reason=reason.strip()[:200], at=at, actor=actor)


def publish_policy(
    *, operator_id: int, version: Version, reason: str, at: datetime, actor: str, using: str = "default"
) -> PolicyVersion | None:
    """Publish a version; the one before it ends on the day on which it begins. Publishing it again changes nothing.

    None when it is published already. Raises PublishedVersionEdited when a version of that first day has other values,
    VersionInThePast when a later one exists.
    """
    with acting_for(operator_id, using=using):
        published = list(_current(operator_id, version, using).select_for_update().order_by("effective_from"))
        same = next((row for row in published if row.effective_from == version.effective_from), None)
        if same is not None:
            return _again(same, version, at, using)
        if published and published[-1].effective_from > version.effective_from:
            raise VersionInThePast(key=version.key, on=version.effective_from)
        for row in published:
            if row.effective_to is None or row.effective_to > version.effective_from:
                _end(row, version.effective_from, at, using)
        made = _row(operator_id, version, reason, at, actor)
        made.save(using=using)
        audit.record(
            operator_id=operator_id,
            at=at,
            actor=actor,
            act="publish_policy",
            subject=f"policy:{version.source}",
            detail={"scope": version.scope, "scope_value": version.scope_value},
            using=using,
        )
    return made


def _current(operator_id: int, version: Version, using: str) -> QuerySet[PolicyVersion]:
    return PolicyVersion.objects.using(using).filter(
        operator_id=operator_id,
        key=version.key,
        scope_kind=version.scope,
        scope_value=version.scope_value,
        superseded_at=None,
    )


def _again(row: PolicyVersion, version: Version, at: datetime, using: str) -> PolicyVersion | None:
    """The same version once more: nothing, or its end when it was open and now has one."""
    same = (
        row.values == decode.to_plain(version.value)
        and row.contracts_from == version.contracts_from
        and row.all_from == version.all_from
    )
    if not same or (row.effective_to is not None and version.effective_until not in (None, row.effective_to)):
        raise PublishedVersionEdited(key=version.key, on=version.effective_from)
    if row.effective_to is None and version.effective_until is not None:
        return _end(row, version.effective_until, at, using)
    return None


def _end(row: PolicyVersion, end: date, at: datetime, using: str) -> PolicyVersion:
    """Supersede a row by one that is the same but ends. The superseded one stays, for those who signed with it."""
    PolicyVersion.objects.using(using).filter(pk=row.pk).update(superseded_at=at)
    row.pk, row.effective_to, row._state.adding = None, end, True
    row.save(using=using, force_insert=True)
    return row


def _row(operator_id: int, version: Version, reason: str, at: datetime, actor: str) -> PolicyVersion:
    return PolicyVersion(
        operator_id=operator_id,
        key=version.key,
        scope_kind=version.scope,
        scope_value=version.scope_value,
        effective_from=version.effective_from,
        effective_to=version.effective_until,
        contracts_from=version.contracts_from,
        all_from=version.all_from,
        values=decode.to_plain(version.value),
        reason=reason,
        published_at=at,
        published_by=actor,
    )
