"""The running state of one line: which stretch of time holds, its bundles and its caps (RAT-05, RAT-06, RAT-11).

A line's gauges begin at `line.gauge`: its counters, then its caps.
"""

from __future__ import annotations

from ligneclaire.domains.usage.rules.compiled import gauges, words
from ligneclaire.domains.usage.rules.compiled.columns import BEFORE, NONE, PARTS, Array, Result, Running, Table, Terms
from ligneclaire.domains.usage.rules.compiled.jit import step
from ligneclaire.domains.usage.rules.terms import WHOLE


@step
def line_of(group: Table, lines: Table, line_id: int) -> int:
    """The place of a line of the group, or NONE."""
    low, high = group.line, group.line + group.lines
    while low < high:
        middle = (low + high) // 2
        if lines[middle].id < line_id:
            low = middle + 1
        else:
            high = middle
    return low if low < group.line + group.lines and lines[low].id == line_id else NONE


@step
def begin(terms: Terms, group: Table, running: Running, result: Result, line: Table) -> None:
    """Arm the caps of a line, and enter its first stretch of time, or the one that a rating before had reached."""
    profile = terms.profiles[line.profile]
    for number in range(profile.caps):
        gauge, cap = running.gauges[line.gauge + profile.counters + number], terms.caps[profile.cap + number]
        gauges.arm_cap(terms.marks, cap, gauge, 0)
        if group.resumed_us != BEFORE:
            gauges.pass_over_cap(terms.marks, gauge, cap)
    if group.resumed_us != BEFORE:
        resume(terms, group, running, line)
    else:
        move_to(terms, group, running, result, line, 0)


@step
def resume(terms: Terms, group: Table, running: Running, line: Table) -> None:
    """Go where the rating before had got to: all that was reached by then was told."""
    profile = terms.profiles[line.profile]
    while line.reached + 1 < profile.segments:
        segment = terms.segments[profile.segment + line.reached + 1]
        if segment.from_us > group.resumed_us:
            break
        line.reached += 1
        for number in range(profile.counters):
            enter(terms, group, running.gauges[line.gauge + number], terms.sizes[segment.sizes + number])
    line.segment = line.reached
    for number in range(profile.counters):
        gauges.pass_over(terms.thresholds, group, running.gauges[line.gauge + number])


@step
def enter(terms: Terms, group: Table, gauge: Table, size: int) -> bool:
    """Have an allowance be of a size; whether it was another."""
    if size:
        gauge.shown = size
    if size == gauge.allowance:
        return False
    gauges.change(terms.thresholds, group, gauge, size)
    return True


@step
def finish(terms: Terms, group: Table, running: Running, result: Result, line: Table) -> None:
    """Reach the end of the month: what grows after the last record is tested too."""
    move_to(terms, group, running, result, line, terms.profiles[line.profile].segments - 1)


@step
def go_to(terms: Terms, group: Table, running: Running, result: Result, line: Table, start: int) -> None:
    """Have the stretch of time of an instant hold. Late records go back, but counters never do."""
    profile = terms.profiles[line.profile]
    first, place = profile.segment, line.segment
    while place + 1 < profile.segments and terms.segments[first + place + 1].from_us <= start:
        place += 1
    while terms.segments[first + place].from_us > start:
        place -= 1
    if place != line.segment:
        move_to(terms, group, running, result, line, place)


@step
def move_to(terms: Terms, group: Table, running: Running, result: Result, line: Table, place: int) -> None:
    """Go to a stretch of time; on the way forward allowances change one after the other (RAT-11)."""
    profile = terms.profiles[line.profile]
    for passed in range(line.reached + 1, place + 1):
        segment = terms.segments[profile.segment + passed]
        for number in range(profile.counters):
            gauge = running.gauges[line.gauge + number]
            if enter(terms, group, gauge, terms.sizes[segment.sizes + number]):
                at = segment.from_us
                gauges.warn(terms.thresholds, group, running, result, line, line.gauge + number, at)
    line.reached, line.segment = max(line.reached, place), place


@step
def covers(table: Array, coverage: int, service: int, zone: int, band: int) -> bool:
    """Whether a bundle, block or cap concerns a service in a zone and time band."""
    return table[coverage, service, zone] >> band & 1 != 0


@step
def is_blocked(table: Array, terms: Terms, line: Table, record: Table, zone: int) -> bool:
    """Whether the line or the service was blocked, or the contract was over (RAT-16)."""
    if record.start >= line.to_us:
        return True
    profile = terms.profiles[line.profile]
    return is_among(table, terms, profile.block, profile.blocks, record, zone)


@step
def is_among(table: Array, terms: Terms, first: int, blocks: int, record: Table, zone: int) -> bool:
    """Whether one of some blocks holds for a record."""
    for number in range(first, first + blocks):
        block = terms.blocks[number]
        if block.from_us <= record.start < block.to_us and covers(table, block.coverage, record.service, zone, 0):
            return True
    return False


@step
def size_of(terms: Terms, group: Table, running: Running, share: Table) -> int:
    """How much a bundle holds, used or not; of a pool, at the instant that this has reached."""
    if not share.shared:
        return share.holds
    pool = running.lines[group.pool]
    segment = terms.segments[terms.profiles[pool.profile].segment + pool.segment]
    return terms.sizes[segment.sizes + share.counter]


@step
def offers(table: Array, terms: Terms, group: Table, running: Running, share: Table, record: Table, at: Table) -> bool:
    """Whether a bundle is there and covers a record in a zone and time band."""
    if not covers(table, share.coverage, record.service, at.zone, at.band):
        return False
    return not share.shared or size_of(terms, group, running, share) > 0


@step
def last_share(
    table: Array, terms: Terms, group: Table, running: Running, segment: Table, record: Table, outcome: Table
) -> int:
    """The last of the bundles that cover a record, or NONE."""
    for number in range(segment.share + segment.shares - 1, segment.share - 1, -1):
        if offers(table, terms, group, running, terms.shares[number], record, outcome):
            return number
    return NONE


@step
def take(
    table: Array, terms: Terms, group: Table, running: Running, result: Result, line: Table, record: Table,
    outcome: Table,
) -> int:  # fmt: skip
    """Take the billed quantity from the bundles that cover a record, in their order; the rest (RAT-05, RAT-06). The
    gauge of the last bundle counts the rest too. A pool that holds nothing yet is not there."""
    rest = outcome.billed
    segment = terms.segments[terms.profiles[line.profile].segment + line.segment]
    if segment.joins:
        go_to(terms, group, running, result, running.lines[group.pool], record.start)
    last = last_share(table, terms, group, running, segment, record, outcome)
    for number in range(segment.share, last + 1):
        share = terms.shares[number]
        if not offers(table, terms, group, running, share, record, outcome):
            continue
        holder = running.lines[group.pool] if share.shared else line
        place = holder.gauge + share.counter
        gauge = running.gauges[place]
        part = min(rest, size_of(terms, group, running, share) - gauge.taken)
        if part > 0:
            gauge.taken += part
            gauge.used = gauges.added(gauge.used, part)
            rest -= part
            keep_part(result, place, part)
        if number == last:
            gauge.used = gauges.added(gauge.used, rest)
        gauges.warn(terms.thresholds, group, running, result, holder, place, record.start)
        if rest == 0:
            break
    return rest


@step
def keep_part(result: Result, gauge: int, quantity: int) -> None:
    """Add one part of a record that lay inside a bundle."""
    part = result.parts[result.filled[PARTS]]
    part.gauge, part.quantity = gauge, quantity
    result.filled[PARTS] += 1


@step
def count_of(terms: Terms, line: Table, name: int) -> int:
    """The place of the gauge that counts for tiers under a name, or NONE."""
    if name == NONE:
        return NONE
    profile = terms.profiles[line.profile]
    number = 0
    while terms.counts[profile.count + number] != name:
        number += 1
    return line.gauge + profile.counters + profile.caps + number


@step
def is_stopped(table: Array, terms: Terms, running: Running, line: Table, record: Table, zone: int) -> bool:
    """Whether a cap that stops was reached before this record, and the customer did not agree to go on (RAT-16)."""
    profile = terms.profiles[line.profile]
    for number in range(profile.caps):
        cap = terms.caps[profile.cap + number]
        reached = running.gauges[line.gauge + profile.counters + number].used >= cap.limit
        if reached and is_among(table, terms, cap.block, cap.blocks, record, zone):
            return True
    return False


@step
def with_tax(amount: int, tax: int) -> int:
    """An amount and so many basis points of it, rounded down."""
    return amount + amount // WHOLE * tax + amount % WHOLE * tax // WHOLE


@step
def spend(
    table: Array, terms: Terms, group: Table, running: Running, result: Result, line: Table, record: Table,
    zone: int, amount: int,
) -> None:  # fmt: skip
    """Count what a record costs towards the caps."""
    profile = terms.profiles[line.profile]
    for number in range(profile.caps):
        cap = terms.caps[profile.cap + number]
        if covers(table, cap.coverage, record.service, zone, 0):
            place = line.gauge + profile.counters + number
            counts = amount if record.service == words.THIRD_PARTY else with_tax(amount, cap.tax)
            running.gauges[place].used = gauges.added(running.gauges[place].used, counts)
            gauges.warn_cap(terms.marks, group, running, result, line, place, cap, record.start)
