"""Acts of billing: run a month, add a charge, credit an invoice, dispute a line."""

from ligneclaire.domains.billing.operations.charging import add_charge
from ligneclaire.domains.billing.operations.correcting import Reissue, credit_and_reissue, credit_invoice
from ligneclaire.domains.billing.operations.disputing import answer_dispute, dispute_line
from ligneclaire.domains.billing.operations.drafting import draft
from ligneclaire.domains.billing.operations.releasing import (
    changed_accounts,
    must_be_the_day,
    not_billed,
    redraft,
    release,
)
from ligneclaire.domains.billing.operations.runs import discard, note_refusal, start_run
from ligneclaire.domains.billing.operations.unwarned import credit_unwarned

__all__ = [
    "Reissue",
    "add_charge",
    "answer_dispute",
    "changed_accounts",
    "credit_and_reissue",
    "credit_invoice",
    "credit_unwarned",
    "discard",
    "dispute_line",
    "draft",
    "must_be_the_day",
    "not_billed",
    "note_refusal",
    "redraft",
    "release",
    "start_run",
]
