"""FMP-11, shown to bind: whichever one query loses its scope, the walk of `test_the_wall` finds something of Bram's
part; where it cannot, the place is named here with the reason."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from tests import leaks, unscoped, walled
from tests.leaks import Reader
from tests.unscoped import Place

FILES = [
    "domains/usage/queries/wall.py",
    "domains/usage/queries/fleet.py",
    "domains/usage/queries/limits.py",
    "domains/usage/store/reading.py",
    "domains/billing/queries/private.py",
    "journeys/fleet_pages.py",
    "journeys/fleet_export.py",
    "journeys/fleet_usage.py",
    "journeys/limits.py",
    "journeys/own_line.py",
    "journeys/own_records.py",
    "journeys/usage_record.py",
    "journeys/desk_usage.py",
    "journeys/customer_pages.py",
    "interfaces/fleet/views.py",
    "interfaces/fleet/people.py",
    "interfaces/fleet/usage.py",
    "interfaces/fleet/limits.py",
    "interfaces/home/limits.py",
    "interfaces/home/usage.py",
    "interfaces/home/views.py",
    "interfaces/api/invoices.py",
]
# Where usage and what it costs is told. The whole walk is that of test_the_wall.
TELLING = ("/fleet/", "/usage/", "/private/", "/invoices/", "/api/invoices", "/desk/lines/", "/desk/invoices/")
# The others see no more than one of these.
READERS = ("the manager", "a manager of another company", "another employee", "staff, for the employer")
# Acts and requests, by what is called: they tell of no usage. Their scopes are proven where they live.
OTHER_MATTERS = ("promises.", "leave_page.", "fleet_portal.", "contracts.", "subjects_of", "customer_pages.requests_of",
                 "customer_pages.subject_of", "customer_pages.disputes_of", "disputes_of", "customer_pages.few_offers",
                 "customer_pages.few_cards", "replace", "Actor")  # fmt: skip
PASSED = "the line passed the wall before, by the same scope: this is a second lock"
DECIDED = "each line that is found is decided on again, by `_sight`"
NARROWS = "whatever scope it gets, it narrows to the company's accounts"
EMPLOYERS = "it writes sums of what companies pay, and no volume: the employee's part never leaves `company_usage`"
NAMED = "of a fleet only accounts that are named one by one are read: without a scope there is none"
OF_ITEMS = "it is asked about documents that were found within the scope"
RUNNING = "it shows the running month, and Bram's part is of June: the tests of limits hold the wall there"
SHARED = "what lines share is the company's own, and Bram's line shares nothing: the tests of pools hold the wall there"
AN_ACT = "a form and an act: it tells of no usage, and the act asks again who acts"
# Places that cannot tell of Bram's part, each with the reason; that they are the only ones is shown here.
CANNOT_LEAK = {
    "domains.usage.queries.wall:_within:within": DECIDED,
    "domains.usage.queries.wall:records_of:store.rated_of_line": PASSED,
    "domains.usage.queries.fleet:dear_records:wall.records_of": PASSED,
    "journeys.fleet_pages:line_page:usage.dear_records": PASSED,
    "journeys.fleet_pages:employer_scope:wall.as_employer": NARROWS,
    "journeys.fleet_export:usage_by_cost_centre:usage.fleet": EMPLOYERS,
    "journeys.own_line:_own:wall.lines_in": "it is asked about the reader's own lines alone, by their ids",
    "journeys.own_line:own_month:private.private_part_of": "the split bills that it is given are within the scope",
    "journeys.own_line:own_month:wall.records_of": PASSED,
    "journeys.own_records:records_of:wall.records_of": PASSED,
    "journeys.own_records:file_of:wall.records_of": PASSED,
    "journeys.fleet_usage:month_of:wall.records_of": PASSED,
    "journeys.fleet_usage:file_of:wall.records_of": PASSED,
    "journeys.own_records:why:usage_record.used_record": PASSED,
    "journeys.usage_record:used_record:wall.records_of": PASSED,
    "journeys.desk_usage:opened:wall.as_employer": NARROWS,
    "journeys.desk_usage:_seen:opened": NARROWS,
    "journeys.desk_usage:record_page:used_record": PASSED,
    "journeys.desk_usage:usage_page:wall.records_of": PASSED,
    "journeys.desk_usage:usage_file:wall.records_of": PASSED,
    "journeys.desk_usage:_seen:wall.line_in#1": "of a line that is paid whole, for a reason that is written down",
    "journeys.desk_usage:usage_page:disclosures.of_line": "it tells who gave which reason, and no usage",
    "journeys.desk_usage:usage_page:desk_staff.names_of": "it names colleagues, and no usage",
    "journeys.customer_pages:_bills:billing.disputed_and_credited": OF_ITEMS,
    "journeys.customer_pages:_bills:ledger.items": OF_ITEMS,
    "journeys.customer_pages:ahead:billing.forecasts": "nothing of June is in the next invoice any more",
    "journeys.customer_pages:_contracts:within": "it names contracts and their lines, and no usage",
    "journeys.customer_pages:invoice_page:billing.disputed_sums": OF_ITEMS,
    "journeys.fleet_pages:fleet:usage.fleet": NAMED,
    "interfaces.fleet.views:fleet:fleet_pages.fleet": NAMED,
    "journeys.fleet_pages:pools:shared": SHARED,
    "interfaces.fleet.views:fleet:fleet_pages.pools": SHARED,
    "interfaces.fleet.people:invite:fleet_pages.line_page": AN_ACT,
    "interfaces.fleet.people:invite_again:fleet_pages.line_page": AN_ACT,
    "interfaces.fleet.views:cost_centres:fleet_pages.fleet": EMPLOYERS,
    "interfaces.fleet.views:cost_centres_csv:fleet_export.usage_by_cost_centre": EMPLOYERS,
    "interfaces.fleet.views:invoices:escalated_of": "what was not paid in time is the employer's to know (SPL-11)",
    "interfaces.home.views:first_page:customer_pages.bills_of": "it shows a sum and the oldest bill: not Bram's",
    "interfaces.home.views:first_page:customer_pages.ahead": "nothing of June is in the next invoice any more",
    "interfaces.home.views:invoice:own_public_ids": "it says which lines of a document link to their usage",
    "interfaces.home.usage:private_invoices:customer_pages.bills_of": OF_ITEMS,
    "domains.usage.queries.limits:limits_of:say_of": RUNNING,
    "domains.usage.queries.limits:say_of:wall.line_in": RUNNING,
    "journeys.limits:limits_page:limits.limits_of": RUNNING,
    "interfaces.fleet.limits:line_limits:limits.limits_page": RUNNING,
    "interfaces.home.limits:line_limits:limits.limits_page": RUNNING,
    "interfaces.home.limits:line_limits:lines.own_line": RUNNING,
}


def queries() -> list[Place]:
    """The calls of queries. What a module calls of its own (`_name`) is covered by who calls it from outside."""
    found = unscoped.places(FILES)
    return [one for one in found if not one.callee.startswith(("_", *OTHER_MATTERS))]


@pytest.mark.soak
@pytest.mark.rule("FMP-11", "SPL-08")
@pytest.mark.usefixtures("database")
def test_each_query_without_its_scope_is_found_by_the_walk(tmp_path: Path) -> None:
    known = walled.scene(tmp_path)
    hidden = leaks.secrets(known)
    readers = [one for one in leaks.readers(known, TELLING) if one.name in READERS]
    assert len(readers) == len(READERS)
    assert not _leaks(readers, hidden)
    asking = _asking(readers)
    found = queries()
    assert len(found) > 40
    unseen = {str(place) for place in found if _stays_hidden(place, asking, hidden)}
    assert unseen == set(CANNOT_LEAK)


def _asking(readers: list[Reader]) -> dict[tuple[str, str], list[Reader]]:
    """For each function of these files, who calls it and by which addresses: only there can it make a difference."""
    found: dict[tuple[str, str], list[Reader]] = {}
    for reader in readers:
        addresses: dict[tuple[str, str], list[str]] = {}
        reader.client.cookies["language"] = "en"
        for path in reader.paths():
            with unscoped.called(FILES) as called:
                reader.client.get(path)
            for function in called:
                addresses.setdefault(function, []).append(path)
        for function, paths in addresses.items():
            found.setdefault(function, []).append(replace(reader, paths=partial(list, paths)))
    return found


def _stays_hidden(place: Place, asking: dict[tuple[str, str], list[Reader]], hidden: frozenset[str]) -> bool:
    with unscoped.without_scope(place) as changed:
        assert changed == 1, place
        return not _leaks(asking.get((place.file, place.function), []), hidden)


def _leaks(readers: list[Reader], hidden: frozenset[str]) -> bool:
    return any(leak for reader in readers for leak in leaks.leaks(reader, hidden, ["en"]))
