"""The order of records: by group, then (start, event key); in a closed month by arrival first (RAT-12, RAT-13)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ligneclaire.domains.usage.rules.compiled.columns import NONE, Array
from ligneclaire.domains.usage.rules.compiled.jit import entry, step


def order_of(group: Array, first: Array, start: Array, keys: pa.StringArray) -> Array | None:
    """The rows in their order, or None when they are in it already. `first` is the instant that counts before the
    start; keys are compared by their bytes."""
    if is_in_order(fixed(group), fixed(first), fixed(start), *text_of(keys)):
        return None
    order = np.lexsort((start, first, group))
    same = np.zeros(len(order) + 1, np.bool_)  # whether a place has the instants of the one before it
    same[1:-1] = np.logical_and.reduce([one[order[1:]] == one[order[:-1]] for one in (group, first, start)])
    tied = np.flatnonzero(same[:-1] | same[1:])
    if len(tied):
        runs, rows = np.cumsum(~same[:-1])[tied], order[tied]
        by_key = pa.table({"run": runs, "key": keys.take(pa.array(rows))})
        settled = pc.sort_indices(by_key, [("run", "ascending"), ("key", "ascending")])
        order[tied] = rows[settled.to_numpy()]
    return order


def text_of(texts: pa.StringArray) -> tuple[Array, Array]:
    """Where each text begins and the next one does, and the bytes of all."""
    _, places, octets = texts.buffers()
    begins = np.frombuffer(places, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    return fixed(begins), fixed(np.frombuffer(octets, np.uint8) if octets else np.zeros(0, np.uint8))


def fixed(array: Array) -> Array:
    """An array that is not written to: arrays that may be and may not be are two types, and each is compiled."""
    array.flags.writeable = False
    return array


def groups_of(accounts: Array, known: Sequence[int]) -> Array:
    """The place of each record's account among the accounts known, ascending. Raises KeyError."""
    found = np.empty(len(accounts), np.int64)
    missing = place_accounts(fixed(accounts), np.array(known, np.int64), found)
    if missing != NONE:
        raise KeyError(f"no terms are given for account {accounts[missing]}")
    return found


@entry
def place_accounts(accounts: Array, known: Array, found: Array) -> int:
    """Fill in the places; returns the first row whose account is not known, or NONE."""
    place = 0
    for row in range(len(accounts)):
        if place == len(known) or known[place] != accounts[row]:
            place = np.searchsorted(known, accounts[row])
            if place == len(known) or known[place] != accounts[row]:
                return row
        found[row] = place
    return NONE


@entry
def is_in_order(group: Array, first: Array, start: Array, key_at: Array, keys: Array) -> bool:
    """Whether each record comes after the one before it."""
    for row in range(1, len(start)):
        if not comes_first(group, first, start, key_at, keys, row - 1, row):
            return False
    return True


@step
def comes_first(group: Array, first: Array, start: Array, key_at: Array, keys: Array, one: int, other: int) -> bool:
    """Whether a record comes before another, or they are equal."""
    if group[one] != group[other]:
        return group[one] < group[other]
    if first[one] != first[other]:
        return first[one] < first[other]
    if start[one] != start[other]:
        return start[one] < start[other]
    return is_not_after(key_at, keys, one, other)


@step
def is_not_after(key_at: Array, keys: Array, one: int, other: int) -> bool:
    """Whether a key is not after another, by their bytes."""
    begins, others = key_at[one], key_at[other]
    long, longer = key_at[one + 1] - begins, key_at[other + 1] - others
    for place in range(min(long, longer)):
        if keys[begins + place] != keys[others + place]:
            return keys[begins + place] < keys[others + place]
    return long <= longer
