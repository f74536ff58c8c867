"""Acts of billing: run a month, add a charge, credit an invoice, dispute a line."""

from ligneclaire.domains.billing.operations.drafting import draft
from ligneclaire.domains.billing.operations.releasing import changed_accounts, redraft, release
from ligneclaire.domains.billing.operations.runs import discard, start_run

__all__ = ["changed_accounts", "discard", "draft", "redraft", "release", "start_run"]
