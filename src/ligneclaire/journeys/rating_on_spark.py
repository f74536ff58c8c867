"""Rating by Apache Spark: the same compiled program on many machines, chosen by a setting (docs/scale.md)."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pyarrow as pa
from django.conf import settings

from ligneclaire.adapters.spark import cluster
from ligneclaire.domains.usage.rules import compiled
from ligneclaire.domains.usage.rules.columns import RATED, RECORDS
from ligneclaire.domains.usage.rules.compiled import Group
from ligneclaire.domains.usage.rules.rated import Rated

ORDER = ("start", "event_key")
REFUSED = b""  # what a task says of groups that the program refuses
_NONE = RATED.empty_table()


@dataclass(frozen=True, slots=True)
class RatedOnSpark:
    """What `compiled.RatedGroups` tells of each group."""

    groups: Mapping[int, Rated]

    @property
    def table(self) -> pa.Table:
        """All rated records."""
        return pa.concat_tables([one.table for one in self.groups.values()])

    def of(self, account: int) -> Rated:
        """What one group came to."""
        return self.groups[account]


def rate_groups(records: pa.Table, asked: Mapping[int, Group]) -> RatedOnSpark:
    """Rate the records of many groups at once, as `compiled.rate_groups` does, to the last digit. Raises the same."""
    plain = records.select(RECORDS.names).cast(RECORDS)
    pieces = cluster.spread(
        settings.SPARK_MASTER, plain, by="account", order=ORDER, act=rate_piece, shared=dict(asked)
    )  # fmt: skip
    if REFUSED in pieces:
        compiled.rate_groups(records, asked)  # refuses too, and says why
        raise AssertionError("Spark refused what this machine does not")
    found = {account: rated for piece in pieces for account, rated in unpacked(piece)}
    for account in asked.keys() - found.keys():
        found[account] = compiled.rate_groups(RECORDS.empty_table(), {account: asked[account]}).of(account)
    return RatedOnSpark(found)


def rate_piece(records: pa.Table, asked: Mapping[int, Group]) -> bytes:
    """Rate some whole groups, on whatever machine: their rated records as an Arrow stream, and the rest of each."""
    accounts = sorted(records["account"].unique().to_pylist())
    try:
        rated = compiled.rate_groups(records, {account: asked[account] for account in accounts})
    except (KeyError, ValueError, compiled.TooMuch):
        return REFUSED
    of_each = [(account, rated.of(account)) for account in accounts]
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, RATED) as stream:
        stream.write_table(rated.table)
    told = [(account, len(one.table), replace(one, table=_NONE)) for account, one in of_each]
    return pickle.dumps((sink.getvalue().to_pybytes(), told))


def unpacked(piece: bytes) -> list[tuple[int, Rated]]:
    """Account and what it came to, of what `rate_piece` packed."""
    stream, told = pickle.loads(piece)  # noqa: S301 - from our own machines
    table, place, found = pa.ipc.open_stream(stream).read_all(), 0, []
    for account, rows, rated in told:
        found.append((account, replace(rated, table=table.slice(place, rows))))
        place += rows
    return found
