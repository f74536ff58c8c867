"""Reading contracts: the terms that bind them, what they are, what leaving them costs."""

from ligneclaire.domains.contracts.queries.leaving import (
    LEAVING_FEE,
    Exit,
    TerminationDay,
    early_exit,
    exit_costs,
    exits_by,
    termination_day,
    termination_of,
    terminations_to_close,
)
from ligneclaire.domains.contracts.queries.terms import (
    book_of_account,
    commitment_law,
    installed_on,
    signed_versions,
    start_of,
)
from ligneclaire.domains.contracts.queries.views import (
    ContractView,
    DiscountView,
    EventView,
    ItemView,
    OfferView,
    contract_row,
    contract_view,
    contracts_of,
    offer_view,
    offer_views,
)

__all__ = [
    "LEAVING_FEE",
    "ContractView",
    "DiscountView",
    "EventView",
    "Exit",
    "ItemView",
    "OfferView",
    "TerminationDay",
    "book_of_account",
    "commitment_law",
    "contract_row",
    "contract_view",
    "contracts_of",
    "early_exit",
    "exit_costs",
    "exits_by",
    "installed_on",
    "offer_view",
    "offer_views",
    "signed_versions",
    "start_of",
    "termination_day",
    "termination_of",
    "terminations_to_close",
]
