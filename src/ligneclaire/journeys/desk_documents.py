"""A document as the desk sees it: the customer's own view, with the rule and the policy version behind each step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from ligneclaire.domains.billing.models import Dispute, Invoice
from ligneclaire.domains.customers.queries import NotFound
from ligneclaire.journeys import customer_pages, invoices, reasons
from ligneclaire.journeys.customer_pages import DisputedLine
from ligneclaire.journeys.invoice_view import InvoiceView, Line
from ligneclaire.kernel.because import Step
from ligneclaire.kernel.policy import declared
from ligneclaire.kernel.scope import Scope


@dataclass(frozen=True, slots=True)
class Because:
    """One step with what staff may see of it: the rule's id, the policy's key and the first day of its version."""

    sentence: str
    rule: str
    policy: str
    version: date | None


@dataclass(frozen=True, slots=True)
class ExplainedLine:
    """A line of the document, its steps, and the disputes about it."""

    line: Line
    because: tuple[Because, ...]
    disputed: tuple[DisputedLine, ...]


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """A document, explained; `corrected_by` are the documents that credit or replace it."""

    row: Invoice
    view: InvoiceView
    lines: tuple[ExplainedLine, ...]
    because: tuple[Because, ...]
    corrected_by: tuple[Invoice, ...]

    @property
    def is_creditable(self) -> bool:
        """Whether a credit note can still be made of it."""
        return self.row.kind == "invoice" and not any(one.kind == "invoice" for one in self.corrected_by)


def document_page(scope: Scope, public_id: str, language: str, on: date) -> DocumentPage:
    """One document. Raises NotFound outside the scope."""
    row = customer_pages.invoice_of(scope, public_id)
    known = invoices.known_of(row, ahead=False)
    view = invoices.view_of(row, language, known=known)
    disputed = customer_pages.disputes_of(scope, row, on) if known.beside.is_disputed else ()
    stored = {one.position: one.because for one in known.rows}
    lines = tuple(
        ExplainedLine(
            line,
            because_of(stored[line.position], language),
            tuple(one for one in disputed if one.position == line.position),
        )
        for line in view.lines
    )
    later = Invoice.objects.filter(operator_id=scope.operator_id, credits=row).order_by("pk")
    corrected_by = tuple(later) if known.beside.is_corrected else ()
    return DocumentPage(row, view, lines, because_of(row.because, language), corrected_by)


def because_of(steps: Iterable[Step | Mapping[str, Any]], language: str) -> tuple[Because, ...]:
    """Steps, as rules give them or as stored, in words, with their rule and policy version."""
    return tuple(_because(one if isinstance(one, Step) else Step.from_json(one), language) for one in steps)


def _because(step: Step, language: str) -> Because:
    key, _at, version = (step.policy or "").partition("@")
    known = key in declared()
    return Because(
        reasons.one(step, language).sentence, step.rule, key if known else "", _day(version[:10]) if known else None
    )


def dispute_of(scope: Scope, promise_public_id: str) -> Dispute:
    """The dispute behind a promise. Raises NotFound."""
    found = (
        Dispute.objects.filter(operator_id=scope.operator_id, promise__public_id=promise_public_id)
        .select_related("promise__party", "line__invoice__account")
        .first()
    )
    if found is None:
        raise NotFound(promise_public_id)
    return found


def previewed(act: Callable[[], tuple[Invoice, ...]], language: str) -> tuple[InvoiceView, ...]:
    """The documents that an act would make: it is done, read and undone, so that the preview cannot differ from the
    act. Raises what the act raises."""
    with transaction.atomic():
        seen = tuple(invoices.view_of(one, language) for one in act())
        transaction.set_rollback(True)
    return seen


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
