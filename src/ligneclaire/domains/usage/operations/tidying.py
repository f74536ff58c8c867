"""Keeping the files of usage few: many small segments of a partition become one, and what is off the list goes."""

from __future__ import annotations

from datetime import datetime, timedelta

from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.usage import store, writing

MOST = 8  # segments of a partition
OPEN_MONTH = timedelta(days=40)  # rated records of a month are made anew until about then
KEPT_FOR = timedelta(days=2)  # longer than any reading or backup takes


def join_segments(*, operator_id: int, at: datetime, most: int = MOST) -> int:
    """Join the segments of each partition that has more than `most` of a kind; rated ones of past months only.

    One transaction for each partition; what is read meanwhile stays readable. Returns how many segments were joined.
    """
    with acting_for(operator_id):
        crowded = store.crowded(operator_id, most, (at - OPEN_MONTH).date().replace(day=1))
    joined = 0
    for kind, part in crowded:
        with acting_for(operator_id):
            writing.lock_intake(operator_id)
            joined += store.join(operator_id, kind, part, at)
    return joined


def delete_old_files(*, operator_id: int, at: datetime) -> int:
    """Delete the files that were taken off the list, or never came on it, some days ago. Returns how many."""
    with acting_for(operator_id):
        writing.lock_intake(operator_id)
        return store.delete_unlisted(operator_id, at - KEPT_FOR)
