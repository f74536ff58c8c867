"""What the rows of a usage file say, and which of them can be used (RAT-01, RAT-15): a whole batch at once.

Each check looks at a column and marks the rows that fail it; a row keeps the first fault. A value that is repeated is
judged once. Pure: no clock, no database, no files.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc

from ligneclaire.domains.usage.rules import instants
from ligneclaire.domains.usage.rules.columns import DATA, IN, OUT, RECORDS, SERVICES, SPECIAL, THIRD_PARTY, VOICE
from ligneclaire.domains.usage.rules.suspense import FUTURE_ALLOWED, Reason, Unusable

USAGE = "usage-file"  # source of deliveries
COLUMNS = ("source", "id", "line", "service", "direction", "other", "start", "quantity", "visited", "amount")
REQUIRED = ("source", "id", "line", "service", "start", "quantity")
ZONE = "zone"  # of a start without an offset, as the heading of its column says; "" = none
FIELDS = (*COLUMNS, ZONE)  # what suspense keeps of a row

COUNTRIES = frozenset(phonenumbers.SUPPORTED_REGIONS)
LONGEST_CALL = 10_000_000  # seconds
MOST_OCTETS = 10**15
MOST_PIECES = 1_000_000
HIGHEST_AMOUNT = 100_000 * 10**6  # millionths of a euro

SOURCE = re.compile(r"[A-Za-z0-9._:-]{1,40}")
_REPEATED = ("source", "line", "service", "direction", "other", "visited", "amount")  # columns of few values
_NUMBER = re.compile(r"[0-9]{1,15}")
_AMOUNT = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")
_ID = r"^[!-~]{1,64}$"
_WHOLE = r"^-?[0-9]{1,18}$"
_MANY_DIGITS = r"^-?[0-9]{19,}$"

Flags = np.ndarray[Any, np.dtype[np.bool_]]
Integers = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True, slots=True)
class OwnedLine:
    """A line with its account, the day on which it was ordered and, when it is closed, its last day."""

    id: int
    account_id: int
    ordered_on: date
    last_day: date | None = None


class Judged(NamedTuple):
    """The usable rows as columns of a record (file, place and arrival are still missing) with their indices, and the
    others with their faults."""

    records: pa.Table
    usable: Integers
    faulty: list[tuple[int, Unusable]]


def line_names(rows: pa.Table) -> set[str]:
    """The names of all lines in a batch, without a leading "+"."""
    return {name.removeprefix("+") for name in rows["line"].unique().to_pylist()}


def judge(
    rows: pa.Table, lines: Mapping[str, OwnedLine], zone: ZoneInfo, country: str, received_at: datetime
) -> Judged:
    """Judge a batch: COLUMNS and ZONE as text, absent values "". `lines` by name without "+"; `zone` and `country`
    (ISO 3166) are the operator's."""
    batch = _Batch(rows)
    batch.check_each("source", lambda text: _form(text, SOURCE))
    _check_id(batch)
    batch.check_each("service", _service)
    batch.check_each("direction", _direction)
    _check_other(batch)
    _check_quantity(batch)
    batch.check_each("visited", _country)
    _check_amount(batch)
    _check_start(batch, received_at)
    _check_line(batch, lines, zone)
    usable = np.flatnonzero(batch.reason == 0)
    return Judged(_records(batch, country).take(usable), usable, batch.faults())


class _Batch:
    """Rows with the first fault of each, and the typed columns that the checks made."""

    def __init__(self, rows: pa.Table) -> None:
        self.rows, self.count = rows, rows.num_rows
        self.coded = {name: rows[name].combine_chunks().dictionary_encode() for name in _REPEATED}
        self.reasons = list(Reason)
        self.reason = np.zeros(self.count, np.int16)  # 0, or 1 + index of the reason
        self.detail: dict[int, str] = {}
        self.where = np.zeros(self.count, np.int16)  # index of the column at fault
        self.made: dict[str, Any] = {}

    def mark(self, wrong: Flags, reason: Reason, column: str) -> None:
        """Give the rows their fault, where they have none yet."""
        new = wrong & (self.reason == 0)
        self.reason[new] = 1 + self.reasons.index(reason)
        self.where[new] = COLUMNS.index(column)

    def values(self, column: str) -> list[str]:
        """The distinct values of a column."""
        texts: list[str] = self.coded[column].dictionary.to_pylist()
        return texts

    def spread(self, column: str, of_each: Any) -> Any:
        """For every row what was found of its distinct value."""
        return of_each[self.coded[column].indices.to_numpy(zero_copy_only=False)]

    def check_each(self, column: str, check: Callable[[str], Reason | None]) -> None:
        """Judge each distinct value of a column."""
        found = [check(text) for text in self.values(column)]
        for reason in dict.fromkeys(one for one in found if one):
            self.mark(self.spread(column, np.array([one is reason for one in found], np.bool_)), reason, column)

    def is_any(self, column: str, *texts: str) -> Flags:
        """The rows that have one of these values."""
        each = np.array([text in texts for text in self.values(column)], np.bool_)
        flags: Flags = self.spread(column, each) if self.count else np.zeros(0, np.bool_)
        return flags

    def text(self, column: str, index: int) -> str:
        """One value as it came."""
        return str(self.rows[column][index].as_py())

    def faults(self) -> list[tuple[int, Unusable]]:
        """The rows that can't be used, in their order."""
        found = []
        for index in np.flatnonzero(self.reason).tolist():
            reason = self.reasons[self.reason[index] - 1]
            found.append((index, Unusable(reason, self._detail(index, reason))))
        return found

    def _detail(self, index: int, reason: Reason) -> str:
        column = COLUMNS[self.where[index]]
        if reason in (Reason.UNKNOWN_LINE, Reason.IN_THE_FUTURE, Reason.NO_SUCH_HOUR, Reason.HOUR_TWICE):
            return self.text(column, index)[:64]
        return self.detail.get(index, column)


def _form(text: str, form: re.Pattern[str]) -> Reason | None:
    if not text:
        return Reason.MISSING_ATTRIBUTE
    return None if form.fullmatch(text) else Reason.UNREADABLE_VALUE


def _check_id(batch: _Batch) -> None:
    texts = batch.rows["id"].combine_chunks()
    batch.mark(_flags(pc.equal(texts, "")), Reason.MISSING_ATTRIBUTE, "id")
    batch.mark(~_flags(pc.match_substring_regex(texts, _ID)), Reason.UNREADABLE_VALUE, "id")


def _service(text: str) -> Reason | None:
    if not text:
        return Reason.MISSING_ATTRIBUTE
    return None if text in SERVICES else Reason.UNKNOWN_SERVICE


def _direction(text: str) -> Reason | None:
    return None if text in (OUT, IN, "") else Reason.UNKNOWN_DIRECTION


def _country(text: str) -> Reason | None:
    return None if not text or text in COUNTRIES else Reason.UNKNOWN_COUNTRY


def _check_other(batch: _Batch) -> None:
    """Digits of E.164, with or without "+", or a short code. Data has no other party."""
    each = [text.removeprefix("+") for text in batch.values("other")]
    form = batch.spread("other", np.array([bool(_NUMBER.fullmatch(text)) for text in each], np.bool_))
    absent, data = batch.is_any("other", ""), batch.is_any("service", DATA)
    batch.mark(~form & ~absent & ~data, Reason.WRONG_NUMBER, "other")
    may_lack = data | batch.is_any("service", THIRD_PARTY) | batch.is_any("direction", IN)
    batch.mark(absent & ~may_lack, Reason.MISSING_ATTRIBUTE, "other")
    digits = pa.array(each, pa.string()).take(batch.coded["other"].indices)
    batch.made["other"] = pc.if_else(pa.array(data), "", digits)


def _check_quantity(batch: _Batch) -> None:
    texts = batch.rows["quantity"].combine_chunks()
    batch.mark(_flags(pc.equal(texts, "")), Reason.MISSING_ATTRIBUTE, "quantity")
    batch.mark(_flags(pc.match_substring_regex(texts, _MANY_DIGITS)), Reason.ABSURD_NUMBER, "quantity")
    whole = pc.match_substring_regex(texts, _WHOLE)
    batch.mark(~_flags(whole), Reason.UNREADABLE_VALUE, "quantity")
    quantity = pc.cast(pc.if_else(whole, texts, "0"), pa.int64()).to_numpy(zero_copy_only=False)
    batch.mark(quantity < 0, Reason.NEGATIVE_NUMBER, "quantity")
    most = np.full(batch.count, MOST_PIECES, np.int64)
    most[batch.is_any("service", VOICE, SPECIAL)] = LONGEST_CALL
    most[batch.is_any("service", DATA)] = MOST_OCTETS
    batch.mark(quantity > most, Reason.ABSURD_NUMBER, "quantity")
    batch.made["quantity"] = quantity


def _check_amount(batch: _Batch) -> None:
    """Euros with at most six decimals: a third party's record has an amount, no other has (RAT-10)."""
    third, absent = batch.is_any("service", THIRD_PARTY), batch.is_any("amount", "")
    batch.mark(third & absent, Reason.MISSING_AMOUNT, "amount")
    batch.mark(~third & ~absent, Reason.UNEXPECTED_AMOUNT, "amount")
    each = np.array([_micro(text) for text in batch.values("amount")], np.int64)
    form = np.array([not text or bool(_AMOUNT.fullmatch(text)) for text in batch.values("amount")], np.bool_)
    amount = batch.spread("amount", each) if batch.count else each
    if batch.count:
        batch.mark(~batch.spread("amount", form), Reason.UNREADABLE_VALUE, "amount")
    batch.mark(amount < 0, Reason.NEGATIVE_NUMBER, "amount")
    batch.mark(amount > HIGHEST_AMOUNT, Reason.ABSURD_NUMBER, "amount")
    batch.made["amount"] = pa.array(amount, pa.int64(), mask=~third)


def _micro(text: str) -> int:
    """Millionths of a euro; 0 for what has no form."""
    return int(Decimal(text).scaleb(6)) if _AMOUNT.fullmatch(text) else 0


def _check_start(batch: _Batch, received_at: datetime) -> None:
    read = instants.read(batch.rows["start"].combine_chunks(), batch.rows[ZONE].combine_chunks())
    batch.mark(read.absent, Reason.MISSING_ATTRIBUTE, "start")
    batch.mark(read.unreadable, Reason.UNREADABLE_TIME, "start")
    batch.mark(read.zoneless, Reason.NO_TIME_ZONE, "start")
    batch.mark(read.skipped, Reason.NO_SUCH_HOUR, "start")
    batch.mark(read.doubled, Reason.HOUR_TWICE, "start")
    batch.mark(read.at < instants.FIRST, Reason.DATED_1970, "start")
    batch.mark(read.at > instants.micros(received_at + FUTURE_ALLOWED), Reason.IN_THE_FUTURE, "start")
    batch.made["start"] = read.at


def _check_line(batch: _Batch, lines: Mapping[str, OwnedLine], zone: ZoneInfo) -> None:
    names = batch.values("line")
    owned = [lines.get(name.removeprefix("+")) for name in names]
    batch.check_each("line", lambda name: None if name else Reason.MISSING_ATTRIBUTE)
    batch.mark(batch.spread("line", np.array([one is None for one in owned], np.bool_)), Reason.UNKNOWN_LINE, "line")
    from_us = batch.spread("line", np.array([_begin(one.ordered_on, zone) if one else 0 for one in owned], np.int64))
    ends = [_begin(one.last_day + timedelta(days=1), zone) if one and one.last_day else 2**62 for one in owned]
    to_us = batch.spread("line", np.array(ends, np.int64))
    start = batch.made["start"]
    batch.mark(start < from_us, Reason.BEFORE_THE_LINE, "line")
    batch.mark(start >= to_us, Reason.AFTER_THE_LINE, "line")
    for key in ("id", "account_id"):
        each = np.array([getattr(one, key) if one else 0 for one in owned], np.int64)
        batch.made[key] = batch.spread("line", each)


def _begin(day: date, zone: ZoneInfo) -> int:
    return instants.micros(datetime.combine(day, time(), zone).astimezone(UTC))


def _records(batch: _Batch, country: str) -> pa.Table:
    """Every row as a record; those that can't be used are taken out by the caller."""
    start = pa.array(batch.made["start"], RECORDS.field("start").type)
    named = pc.binary_join_element_wise(batch.rows["source"], batch.rows["id"], "/").combine_chunks()
    home = {"": "", country: ""}
    visited = pa.array([home.get(text, text) for text in batch.values("visited")], pa.string())
    direction = pa.array([text or OUT for text in batch.values("direction")], pa.string())
    return pa.table({
        "account": batch.made["account_id"],
        "line": batch.made["id"],
        "event_key": pc.binary_join_element_wise(named, instants.written(start), " "),
        "start": start,
        "service": batch.rows["service"].combine_chunks(),
        "direction": direction.take(batch.coded["direction"].indices),
        "other": batch.made["other"],
        "quantity": batch.made["quantity"],
        "visited": visited.take(batch.coded["visited"].indices),
        "amount": batch.made["amount"],
    })  # fmt: skip


def _flags(found: Any) -> Flags:
    flags: Flags = found.to_numpy(zero_copy_only=False)
    return flags
