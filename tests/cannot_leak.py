"""The places where a scope may be taken away and the walk of the wall finds nothing of Bram's part, each with the
reason. That they are the only ones, and that each is of its kind, is shown by `test_the_wall_holds_everywhere`."""

from __future__ import annotations

FLEET, HOME, PAGES = "journeys.fleet_pages:", "interfaces.home.", "journeys.customer_pages:"
WALL, BILLS = "domains.usage.queries.wall:", "domains.billing.queries.invoices:"
LINES = "domains.usage.queries.fleet:"

_INVOICE_OF, _DISPUTES_OF = f"{PAGES}invoice_page:invoice_of", f"{PAGES}invoice_page:disputes_of"
_BILLS_OF = f"{PAGES}bills_of:within"
_TRACKER = f"{HOME}views:one_request:promises.tracker"
_ENDING = {f"journeys.leave_page:ending_of:{one}" for one in
           ("within", "contracts.contract_row", "contracts.contract_view")}  # fmt: skip
_WHOLE = "journeys.fleet_usage:_whole:wall.line_in"

# Second locks: with those named beside it gone, each still holds something back.
SECOND_LOCKS: dict[str, tuple[str, ...]] = {
    f"{WALL}lines_in:_within": (f"{WALL}_sight:_pays",),
    f"{WALL}_within:within": (f"{WALL}_sight:_pays",),
    f"{WALL}_sight:_pays": (f"{WALL}lines_in:_within",),
    f"{WALL}records_of:store.rated_of_line": (_WHOLE,),
    "domains.usage.store.reading:rated_of_line:_is_in": (_WHOLE,),
    f"{LINES}dear_records:wall.records_of": (f"{LINES}fleet_line:wall.line_in",),
    f"{FLEET}line_page:usage.dear_records": (f"{FLEET}line_page:usage.fleet_line",),
    "journeys.fleet_usage:month_of:wall.records_of": ("journeys.fleet_usage:month_of:_whole",),
    "journeys.fleet_usage:file_of:wall.records_of": ("journeys.fleet_usage:file_of:_whole",),
    f"{HOME}limits:line_limits:lines.own_line": (f"{HOME}limits:line_limits:limits.limits_page",),
    f"{HOME}limits:line_limits:limits.limits_page": (f"{HOME}limits:line_limits:lines.own_line",),
    f"{HOME}leaving:leave:contracts.contract_view": (f"{HOME}leaving:leave:contracts.contract_row",),
    "domains.contracts.queries.views:contract_view:contract_row": (f"{HOME}leaving:leave:contracts.contract_row",),
    f"{PAGES}bills_of:_bills": (_BILLS_OF, f"{PAGES}bills_of:ledger.items"),
    f"{PAGES}bills_of:ledger.items": (_BILLS_OF,),
    "domains.ledger.queries:items:_chosen": (_BILLS_OF,),
    "domains.ledger.queries:_chosen:_receivables": (_BILLS_OF,),
    "domains.ledger.queries:_receivables:within": (_BILLS_OF,),
    f"{PAGES}_bills:billing.disputed_and_credited": (_BILLS_OF, f"{PAGES}bills_of:ledger.items"),
    f"{HOME}views:dispute:customer_pages.disputes_of": (f"{HOME}views:dispute:customer_pages.line_of",),
    f"{PAGES}disputes_of:promises.trackers": (f"{HOME}views:dispute:customer_pages.line_of",),
    _DISPUTES_OF: (_INVOICE_OF,),
    f"{HOME}views:one_request:customer_pages.subject_of": (_TRACKER,),
    f"{PAGES}subject_of:subjects_of": (_TRACKER,),
    f"{PAGES}subjects_of:within": (_TRACKER,),
    f"{HOME}views:one_request:leave_page.ending_of": (_TRACKER,),
    **{one: (_TRACKER, *sorted(_ENDING - {one})) for one in _ENDING},
}

NARROWS = "whatever scope it gets, it narrows to the accounts of the company"
OWN_LINES = "it is asked about the reader's own lines alone, by their ids"
OF_THAT_LINE = "the scope was narrowed to the account of that very line, which passed the wall before"
OF_A_HOUSEHOLD = "it opens lines of households alone, and Bram's is of a company"
REMINDED = "of what it reads only the invoices are taken of which this company was told"
PAID = "it says whether one document, which was found within the scope, is paid"
DISPUTED = "it sums up the disputes of one document, which was found within the scope and shows each of them"
OF_THE_ACCOUNT = "of what it reads only what bears the account's id is taken"
# The answers stay the same to the letter.
THE_SAME = {
    f"{WALL}as_employer:replace": NARROWS,
    f"{FLEET}employer_scope:wall.as_employer": NARROWS,
    "interfaces.fleet.reader:page:fleet_pages.employer_scope": NARROWS,
    f"{WALL}lines_in:_in_cost_centres": "no login is bound to cost centres",
    f"{WALL}lines_in:_is_home": OF_A_HOUSEHOLD,
    f"{WALL}_sight:_is_home": OF_A_HOUSEHOLD,
    f"{WALL}_is_home:_pays": OF_A_HOUSEHOLD,
    "domains.usage.queries.limits:limits_of:_log": "it keeps to the words of the scope's person: staff's is nobody",
    f"{BILLS}open_invoices:disputed_sums": REMINDED,
    f"{BILLS}open_invoices:ledger.open_items": REMINDED,
    f"{BILLS}open_invoices:_rows": REMINDED,
    f"{BILLS}_rows:within": REMINDED,
    "domains.ledger.queries:open_items:_chosen": REMINDED,
    "domains.collections.queries:private_debts:billing.open_invoices": REMINDED,
    f"{PAGES}invoice_page:billing.disputed_sums": DISPUTED,
    f"{BILLS}disputed_sums:within": DISPUTED,
    f"{HOME}views:dispute:customer_pages.is_paid": PAID,
    f"{PAGES}is_paid:ledger.items": PAID,
    "domains.billing.queries.replay:month:wall.lines_in": "it rates the records of the accounts that it was made of",
    f"{HOME}choices:choices:queries.own_line": OWN_LINES,
    f"{HOME}internet:internet:own_line.reading": OWN_LINES,
    f"{HOME}views:invoice:own_public_ids": "it says which lines of a document link to their usage",
    "journeys.own_internet:internet_month:wall.lines_in": OWN_LINES,
    "journeys.own_line:own_month:wall.records_of": OWN_LINES,
    "journeys.own_line:own_month:private.private_part_of": "it is given the split bills, read within the scope",
    "journeys.own_records:records_of:wall.records_of": OWN_LINES,
    "journeys.own_records:file_of:wall.records_of": OWN_LINES,
    "journeys.own_records:why:usage_record.used_record": OWN_LINES,
    "journeys.usage_record:used_record:wall.records_of": OWN_LINES,
    "journeys.desk_customers:owing:_owing": OF_THE_ACCOUNT,
    "journeys.desk_customers:_owing:ledger.items": OF_THE_ACCOUNT,
    "journeys.desk_usage:usage_page:wall.records_of": OF_THAT_LINE,
    "journeys.desk_usage:usage_file:wall.records_of": OF_THAT_LINE,
    "journeys.desk_usage:record_page:used_record": OF_THAT_LINE,
}

BY_PLAN = "it tells how many contracts have a plan and their prices: no usage, no part of an employee"
ALL_CONTRACTS = "it names contracts: Bram has none of his own, and staff may know those of his company"
NAMED = "of a fleet only accounts that are named one by one are read: without a scope there is none"
# The answers are others, and tell nothing of Bram's part.
ANOTHER = {
    f"{WALL}lines_in:_own_days": "without it the reader's own days are gone too: he sees less",
    "journeys.own_line:reading:Reading": "without it the reader has no lines of his own: he sees less",
    "domains.contracts.queries.many:plan_sums:accounts.within": BY_PLAN,
    f"{HOME}offers:many:contracts.plan_sums": BY_PLAN,
    f"{PAGES}cards_of:_contracts": ALL_CONTRACTS,
    "journeys.desk_customers:customer_page:customer_pages.cards_of": ALL_CONTRACTS,
    f"{FLEET}fleet:usage.fleet": NAMED,
    "interfaces.fleet.views:fleet:fleet_pages.fleet": NAMED,
    "interfaces.fleet.views:cost_centres:fleet_pages.fleet": NAMED,
    "interfaces.fleet.views:cost_centres_csv:fleet_export.usage_by_cost_centre": NAMED,
    "journeys.fleet_export:usage_by_cost_centre:usage.fleet": NAMED,
    "journeys.desk_lines:lines_page:usage.fleet": NAMED,
}

BY_THE_DESK = "the desk alone asks, with staff's own scope"
BY_JOBS = "no page asks: jobs and tests do"
AN_ACT = "an act, which asks again who acts: nothing is read there"
# Nobody but staff at large passes there. The desk's own rooms (`DESK`) are not listed: their scope is staff's.
DESK = ("interfaces.desk.", "journeys.desk_")
NOBODY = {
    "domains.accounts.queries:account_view:within": BY_THE_DESK,
    "domains.accounts.queries:accounts_of:within": BY_THE_DESK,
    "domains.promises.queries:promises_of:_rows#1": BY_THE_DESK,
    "journeys.activation:person_of:within": BY_THE_DESK,
    "domains.billing.queries.replay:replay:": BY_THE_DESK,
    "domains.billing.queries.replay:_accounts:": BY_THE_DESK,
    "domains.billing.queries.replay:__init__:": BY_THE_DESK,
    "domains.usage.queries.alike:": BY_THE_DESK,
    "domains.usage.queries.disclosures:": BY_THE_DESK,
    "domains.usage.queries.fates:": BY_THE_DESK,
    "domains.usage.queries.intake:": BY_THE_DESK,
    f"{BILLS}invoices_of:": BY_JOBS,
    f"{BILLS}collectable:": BY_JOBS,
    "domains.contracts.queries.views:contracts_of:": BY_JOBS,
    "domains.ledger.queries:balance:": BY_JOBS,
    "domains.payments.queries:payments:": BY_JOBS,
    "interfaces.fleet.limits:line_limits:Actor": AN_ACT,
    f"{HOME}limits:line_limits:Actor": AN_ACT,
    f"{HOME}views:one_request:customer_pages.is_paid": "who walks has no dispute of his own but Bram, whose page it is",
    "interfaces.fleet.people:invite:fleet_portal.invite": AN_ACT,
    "interfaces.fleet.people:invite_again:": AN_ACT,
    "journeys.fleet_portal:": AN_ACT,
    f"{HOME}usage:private_invoices:customer_pages.bills_of": "Bram alone comes so far: nobody else shares a bill",
}
