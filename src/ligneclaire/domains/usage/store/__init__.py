"""The records of usage as Parquet files: the only module that opens them.

A segment is one immutable file. It is written, synced, renamed, and then listed in the transaction of the caller: a
file that is not listed does not exist. Row security does not cover files, so every reading starts from the paths that
the database lists for the acting operator. Call everything inside `acting_for`.
"""

from ligneclaire.domains.usage.store.files import FULL, NoSpace, SegmentDamaged
from ligneclaire.domains.usage.store.reading import (
    Since,
    event_keys,
    lines_of_file,
    rated,
    rated_of_line,
    records,
    records_of,
    records_of_accounts,
)
from ligneclaire.domains.usage.store.tidying import LineUse, crowded, delete_unlisted, join, without_line
from ligneclaire.domains.usage.store.writing import (
    BUCKETS,
    Partition,
    add_rated,
    append,
    append_records,
)

__all__ = [
    "BUCKETS",
    "FULL",
    "LineUse",
    "NoSpace",
    "Partition",
    "SegmentDamaged",
    "Since",
    "add_rated",
    "append",
    "append_records",
    "crowded",
    "delete_unlisted",
    "event_keys",
    "join",
    "lines_of_file",
    "rated",
    "rated_of_line",
    "records",
    "records_of",
    "records_of_accounts",
    "without_line",
]
