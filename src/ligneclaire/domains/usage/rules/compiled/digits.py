"""Numbers by their first digits: the longest prefix, and codes as dialled (RAT-03).

Two levels: a table of the first four digits answers most numbers at once; behind it a tree of ten digits a node goes on
to the longest prefix. Codes as dialled are looked up whole, in the tree alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ligneclaire.domains.usage.rules.compiled import columns
from ligneclaire.domains.usage.rules.compiled.columns import NONE, Array, Table
from ligneclaire.domains.usage.rules.compiled.jit import step

HEAD = 4  # digits of the first level
ZONE_AT = 10  # the place of the zone in a node
ZERO = 48  # the character "0"
CONTINUES = 0x80  # the second and later bytes of a character that is no digit


class Trees:
    """Trees in one list of nodes: a node has the next node for each digit, and its zone."""

    def __init__(self) -> None:
        self._nodes: list[list[int]] = []

    def plant(self, zones: Mapping[str, int]) -> int:
        """A tree of digits -> zone; its root. Raises ValueError for what is no digits."""
        root = self._node()
        for digits, zone in zones.items():
            if not (digits.isascii() and digits.isdigit()):
                raise ValueError(f"{digits!r} is no digits")
            node = self._nodes[root]
            for digit in digits.encode():
                if node[digit - ZERO] == NONE:
                    node[digit - ZERO] = self._node()
                node = self._nodes[node[digit - ZERO]]
            node[ZONE_AT] = zone
        return root

    def heads(self, root: int) -> Table:
        """For all first four digits the zone so far, and the node where the tree goes on (NONE: nowhere)."""
        zones, nodes, tree = np.full(1, NONE, np.int32), np.full(1, root, np.int32), self.array()
        for _ in range(HEAD):
            known = nodes != NONE
            nodes = np.where(known[:, None], tree[nodes, :ZONE_AT], NONE).reshape(-1)
            found = np.where(nodes != NONE, tree[nodes, ZONE_AT], NONE)
            zones = np.where(found != NONE, found, np.repeat(zones, 10))
        made = np.empty(len(nodes), columns.HEAD)
        made["zone"], made["node"] = zones, nodes
        return made.view(np.recarray)

    def array(self) -> Array:
        """The nodes so far."""
        return np.array(self._nodes, np.int32).reshape(-1, ZONE_AT + 1)

    def _node(self) -> int:
        self._nodes.append([NONE] * (ZONE_AT + 1))
        return len(self._nodes) - 1


@step
def digit_at(text: Array, place: int) -> int:
    """The digit at a place of a text, or NONE."""
    digit: Any = np.int64(text[place]) - ZERO
    return digit if 0 <= digit <= 9 else NONE


@step
def head_of(text: Array, begin: int, end: int) -> int:
    """The first four digits as a number, or NONE when there are not so many."""
    if end - begin < HEAD:
        return NONE
    head = 0
    for place in range(begin, begin + HEAD):
        digit = digit_at(text, place)
        if digit == NONE:
            return NONE
        head = head * 10 + digit
    return head


@step
def longest_prefix(nodes: Array, heads: Table, tree: int, text: Array, begin: int, end: int) -> int:
    """The zone of the longest prefix of a number, or NONE."""
    found, node, place = NONE, tree, begin
    head = head_of(text, begin, end)
    if head != NONE:
        found, node, place = heads[head].zone, heads[head].node, begin + HEAD
    while node != NONE and place < end:
        digit = digit_at(text, place)
        if digit == NONE:
            break
        node = nodes[node, digit]
        if node != NONE and nodes[node, ZONE_AT] != NONE:
            found = nodes[node, ZONE_AT]
        place += 1
    return found


@step
def whole(nodes: Array, tree: int, text: Array, begin: int, end: int) -> int:
    """The zone of a code as dialled, or NONE."""
    node = tree
    for place in range(begin, end):
        digit = digit_at(text, place)
        if digit == NONE:
            return NONE
        node = nodes[node, digit]
        if node == NONE:
            return NONE
    return nodes[node, ZONE_AT]


@step
def characters(text: Array, begin: int, end: int) -> int:
    """How many characters a text in UTF-8 has."""
    found = 0
    for place in range(begin, end):
        if text[place] & 0xC0 != CONTINUES:
            found += 1
    return found
