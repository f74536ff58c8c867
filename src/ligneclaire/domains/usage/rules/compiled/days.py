"""Day passes: bought by the first record of a local day that takes from them, for what bundles left (RAT-05)."""

from __future__ import annotations

from ligneclaire.domains.usage.rules.compiled import lines, places
from ligneclaire.domains.usage.rules.compiled.columns import SLOTS, Array, Result, Running, Table, Terms
from ligneclaire.domains.usage.rules.compiled.jit import step


@step
def take_days(
    table: Array, terms: Terms, group: Table, running: Running, result: Result, line: Table, record: Table,
    outcome: Table,
) -> int:  # fmt: skip
    """Take what lies outside bundles from the passes of the day; what is paid for those that it buys. At a ceiling that
    stops none is bought."""
    profile, cost = terms.profiles[line.profile], 0
    segment = terms.segments[profile.segment + line.segment]
    if segment.dailies == 0 or outcome.outside == 0:
        return cost
    stopped = lines.is_stopped(table, terms, running, line, record, outcome.zone)
    day = places.local_of(terms.clocks, group, record.start) // places.DAY
    for number in range(segment.daily, segment.daily + segment.dailies):
        daily = terms.dailies[number]
        if not lines.covers(table, daily.coverage, record.service, outcome.zone, outcome.band):
            continue
        kept = running.days[line.day + daily.number * SLOTS + day % SLOTS]
        taken = kept.taken if kept.day == day else 0
        part = min(outcome.outside, daily.holds - taken)
        if part <= 0 or (stopped and kept.day != day):
            continue
        if kept.day != day:
            cost += daily.price
        kept.day, kept.taken = day, taken + part
        outcome.outside -= part
        lines.keep_part(result, line.gauge + profile.counters + profile.caps + profile.counts + daily.number, part)
    return cost
