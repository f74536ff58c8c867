"""What all documents of one run share: seller, tax rates, policies; and the day of payment per kind of payer."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from ligneclaire.domains.accounts.policies import Cheque, ComplementaryCurrency, DirectDebit, Transfer
from ligneclaire.domains.billing.models import BillRun
from ligneclaire.domains.billing.policies import PrivateInvoice
from ligneclaire.domains.billing.queries.inputs import Inputs
from ligneclaire.domains.billing.rules.document import INVOICE, Document, Issue, document
from ligneclaire.domains.billing.rules.due_date import Due, PaymentPolicies, due
from ligneclaire.domains.billing.rules.due_lines import Asked, due_lines
from ligneclaire.domains.billing.rules.private_invoice import PrivatePeriod, private_invoice
from ligneclaire.domains.billing.rules.private_part import NO_STATEMENT, SKIPPED, Private
from ligneclaire.domains.billing.rules.states import PUT_ASIDE, skip_reason
from ligneclaire.domains.billing.rules.usage_lines import Bill, statement_line, usage_lines
from ligneclaire.domains.billing.rules.values import DueLine
from ligneclaire.domains.operators.models import LegalEntity
from ligneclaire.domains.rulebook import queries as rulebook
from ligneclaire.domains.rulebook import taxes
from ligneclaire.domains.rulebook.versions import Rulebook
from ligneclaire.kernel.because import Step
from ligneclaire.kernel.money import Money, zero
from ligneclaire.kernel.periods import Period, add_months
from ligneclaire.kernel.policy import InForce, declaration_of
from ligneclaire.kernel.refusal import Refusal

T = TypeVar("T")
SCHEME = "L-EU-03"
BARRED = {"FR": "L-FR-18", "BE": "L-BE-14"}


class NoPolicy(Refusal):
    """No version of a policy that invoices need is in force."""

    code = "billing.refused.no-policy"


class NoTaxRate(Refusal):
    """A line's tax rate does not exist in the country on the day of the invoice."""

    code = "billing.refused.no-tax-rate"


class Rates(dict[str, Decimal]):
    """Tax rates by code, looked up once; one that does not exist on the day is refused by name."""

    def __init__(self, country: str, on: date) -> None:
        super().__init__()
        self.country, self.on = country, on

    def __missing__(self, code: str) -> Decimal:
        try:
            self[code] = taxes.rate_of(code, self.country, self.on)
        except taxes.NoSuchRate:
            raise NoTaxRate(rate=code, country=self.country, on=self.on) from None
        return self[code]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run makes of an account: a document, or the reason why there is none, with the steps to that where it
    has some, and the private balance that is carried (C12)."""

    document: Document | None
    skip_reason: str = ""
    carried: Money | None = None
    because: tuple[Step, ...] = ()


@dataclass
class Setting:
    """The month, the day and the legal entity of some documents, with everything but the accounts."""

    entity: LegalEntity
    book: Rulebook
    month: Period
    issued_on: date
    issue: Issue
    asked: Asked
    narrow: bool
    dues: dict[tuple[Any, ...], Due] = field(default_factory=dict)

    def lines_of(self, inputs: Inputs) -> tuple[DueLine, ...]:
        """The lines of the account's document: what is due by the month, charges, usage."""
        lines = due_lines(inputs.contracts, inputs.billed, inputs.waiting, self.asked)
        if not inputs.used:
            return lines
        bill = Bill(inputs.payer.prices, self._rate_of, self.asked.charge_from)
        return (*lines, *usage_lines(inputs.used, bill))

    def drafted(self, inputs: Inputs) -> Outcome:
        """What a run drafts of the account: as `outcome_of`, but where a tax rate is missing this account is put aside,
        and no other one waits for it. Nothing of it is billed then: the next run finds it due. Raises NoPolicy."""
        try:
            return self.outcome_of(inputs)
        except NoTaxRate as missing:
            law, known = taxes.ENTRIES.get(self.entity.country, ""), dict(missing.params)
            return Outcome(None, PUT_ASIDE, because=(Step(missing.code, law, None, str(known["rate"]), known),))

    def outcome_of(self, inputs: Inputs) -> Outcome:
        """What comes of the account: its document, or why there is none. Raises NoTaxRate, NoPolicy."""
        lines, private = self.lines_of(inputs), inputs.private
        if private is None or (private.settled and not lines):
            if lines:
                return Outcome(self.document_of(inputs, lines))
            return Outcome(None, skip_reason(inputs.contracts, self.month.start))
        return self._private(inputs, lines, private)

    def _private(self, inputs: Inputs, lines: tuple[DueLine, ...], private: Private) -> Outcome:
        """The private part of an employee: invoiced, forced, a statement of zero, or carried (C12)."""
        made = self.document_of(inputs, lines) if lines else None
        balance = zero() if made is None else made.total if made.kind == INVOICE else -made.total
        period = PrivatePeriod(balance - private.since.carried, private.leaves)
        book = self.book.at(account=inputs.public_id, segment=inputs.segment) if self.narrow else self.book
        decided = private_invoice(period, private.since, _wanted(book, PrivateInvoice, self.month.start))
        if decided.has_document:
            made = made or self.document_of(inputs, (statement_line(self.month.start, decided.because[-1:]),))
            return Outcome(replace(made, because=(*decided.because, *made.because)))
        reason = SKIPPED if decided.after.skips else NO_STATEMENT
        return Outcome(None, reason, decided.after.carried, decided.because)

    def _rate_of(self, tax_code: str, day: date) -> Decimal:
        """The tax rate of a day in the seller's country, for amounts that go over from one price mode to the other."""
        try:
            return taxes.rate_of(tax_code, self.entity.country, day)
        except taxes.NoSuchRate:
            raise NoTaxRate(rate=tax_code, country=self.entity.country, on=day) from None

    def document_of(self, inputs: Inputs, lines: tuple[DueLine, ...]) -> Document:
        """The account's document. Raises NoTaxRate, NoPolicy."""
        return document(inputs.payer, lines, self.issue, self.due_of(inputs))

    def due_of(self, inputs: Inputs) -> Due:
        """The day of payment: the same for all who pay alike, unless a policy names accounts or segments."""
        payer = inputs.payer
        where = (inputs.public_id, inputs.segment) if self.narrow else ()
        key = (payer.method, payer.notice_days_agreed, *where)
        if key not in self.dues:
            book = self.book.at(account=inputs.public_id, segment=inputs.segment) if self.narrow else self.book
            self.dues[key] = due(payer.method, self.issued_on, payer.notice_days_agreed, self._policies(book))
        return self.dues[key]

    def _policies(self, book: Rulebook) -> PaymentPolicies:
        on = self.month.start
        scheme = book.law(SCHEME, self.issued_on)
        if scheme is None:
            raise NoPolicy(policy=SCHEME, on=self.issued_on)
        wanted = _wanted(book, DirectDebit, on), _wanted(book, Transfer, on), _wanted(book, Cheque, on)
        return PaymentPolicies(*wanted, scheme)


def of_run(run: BillRun) -> Setting:
    """The setting of a bill run. Raises NoPolicy."""
    return setting(run.operator_id, run.legal_entity_id, run.month, run.bill_on)


def setting(
    operator_id: int, legal_entity_id: int, month: date, issued_on: date, *, book: Rulebook | None = None
) -> Setting:
    """The setting of the documents of one month and day, by the operator's policies or by those of a `book` that is
    tried. Raises NoPolicy."""
    entity = LegalEntity.objects.select_related("operator").get(operator_id=operator_id, pk=legal_entity_id)
    book = (book or rulebook.book_of(operator_id)).at(legal_entity=entity.code)
    period = Period.month_of(month)
    keys = {declaration_of(cls).key for cls in (DirectDebit, Transfer, Cheque, PrivateInvoice)}
    issue = Issue(
        month=period.start,
        issued_on=issued_on,
        seller=seller_of(entity),
        rates=Rates(entity.country, issued_on),
        complementary=book.in_force(ComplementaryCurrency, period.start),
    )
    return Setting(
        entity=entity,
        book=book,
        month=period,
        issued_on=issued_on,
        issue=issue,
        asked=Asked(period, issued_on, _charge_from(book, entity.country, issued_on)),
        narrow=any(one.key in keys and one.scope in ("account", "segment") for one in book.versions),
    )


def seller_of(entity: LegalEntity) -> dict[str, str]:
    """The snapshot of the legal entity that an invoice keeps (W-51)."""
    return {
        "code": entity.code,
        "name": entity.name,
        "vat_number": entity.vat_number,
        "registration_number": entity.registration_number,
        "street": entity.street,
        "postcode": entity.postcode,
        "city": entity.city,
        "country": entity.country,
        "iban": entity.iban,
        "bic": entity.bic,
        "creditor_identifier": entity.creditor_identifier,
        "email": entity.email,
        "phone": entity.phone,
    }


def _charge_from(book: Rulebook, country: str, on: date) -> date:
    """The first day that may still be charged: older service is time-barred (W-11, L-FR-18, L-BE-14)."""
    law = book.law(BARRED[country], on) if country in BARRED else None
    return add_months(on, -int(law["barred_after_months"])) if law else date.min


def _wanted(book: Rulebook, cls: type[T], on: date) -> InForce[T]:
    found = book.in_force(cls, on)
    if found is None:
        raise NoPolicy(policy=declaration_of(cls).key, on=on)
    return found
