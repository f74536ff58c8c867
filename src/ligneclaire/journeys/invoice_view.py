"""The frozen view of one invoice or credit note, from which page, PDF, API and command line are all made.

It holds values only. Prose in it (labels, reasons, notes) is already in the reader's language; amounts and dates are
written by the renderer (`journeys.formats`). A view whose sums disagree cannot be built.

Signs: a document's total is never negative. What the customer owes is an invoice, what the operator owes is a credit
note; inside either, a line with the opposite effect is negative.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from stdnum import iso11649
from stdnum.be import ogm_vcs

from ligneclaire.journeys.usage_view import Outside, UsedOn
from ligneclaire.kernel.money import Money, sum_money, zero
from ligneclaire.kernel.periods import Period

LANGUAGES = ("fr", "nl", "en")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_COUNTRY = re.compile(r"[A-Z]{2}")


class InconsistentView(ValueError):
    """Figures that disagree, or a fact that this kind of document cannot do without."""


class Kind(StrEnum):
    """What the document is."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit-note"


class Prices(StrEnum):
    """Whether the lines' amounts contain VAT (to a person) or not (to a business), C1."""

    INCLUSIVE = "inclusive"
    EXCLUSIVE = "exclusive"


class Method(StrEnum):
    """How the sum moves. The last two belong to credit notes: money back, or taken off the next invoice."""

    DIRECT_DEBIT = "direct-debit"
    TRANSFER = "transfer"
    CHEQUE = "cheque"
    REFUND = "refund"
    SET_OFF = "set-off"


class Group(StrEnum):
    """Where a line or a part belongs. `DAYS` (some days of a month), `VAT` and `REST` are for parts only."""

    MONTH = "month"
    DAYS = "days"
    ONCE = "once"
    OPTION = "option"
    CREDIT = "credit"
    OUTSIDE_BUNDLE = "outside-bundle"
    VAT = "vat"
    REST = "rest"


PARTS_ONLY = (Group.DAYS, Group.VAT, Group.REST)


@dataclass(frozen=True, slots=True)
class Brand:
    """The operator's face: name, accent colour ("#2f6b3c"), and the text of its logo's SVG ("" for none)."""

    name: str
    accent: str
    logo_svg: str = ""

    def __post_init__(self) -> None:
        _must(bool(self.name), "a brand has a name")
        _must(bool(_COLOUR.fullmatch(self.accent)), f"not a colour: {self.accent!r}")


@dataclass(frozen=True, slots=True)
class Contact:
    """A way to reach the operator: `kind` is "phone", "mail", "web" or "post"; `hours` in the reader's language."""

    kind: str
    value: str
    hours: str = ""

    def __post_init__(self) -> None:
        _must(self.kind in ("phone", "mail", "web", "post"), f"no such kind of contact: {self.kind!r}")


@dataclass(frozen=True, slots=True)
class Seller:
    """The legal entity that issues the document. `registration` is the number in the register of companies."""

    legal_name: str
    address: tuple[str, ...]
    country: str
    vat_id: str
    registration: str
    iban: str = ""
    bic: str = ""
    creditor_id: str = ""
    contacts: tuple[Contact, ...] = ()

    def __post_init__(self) -> None:
        _must(bool(self.legal_name and self.address and self.vat_id), "a seller has a name, an address and a VAT id")
        _must(bool(_COUNTRY.fullmatch(self.country)), f"not a country: {self.country!r}")


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who owes. `reference` is what the customer asked to be printed (a purchase order), "" for none."""

    name: str
    address: tuple[str, ...]
    customer_number: str
    account_number: str
    vat_id: str = ""
    reference: str = ""

    def __post_init__(self) -> None:
        _must(bool(self.name and self.customer_number and self.account_number), "a buyer has a name and its numbers")


@dataclass(frozen=True, slots=True)
class Payment:
    """How and when the sum moves (PAY-02, PAY-04, PAY-09, PAY-11).

    `on` is the day of the debit or the refund, or the last day for a transfer or a cheque. `account_last4` is the
    customer's account that is debited or credited. `reference` is the structured communication. `because` says why the
    day is not the usual one, `note` anything else, both in the reader's language. `qr` is the text of the payment code.
    """

    method: Method
    on: date | None = None
    account_last4: str = ""
    mandate: str = ""
    reference: str = ""
    because: str = ""
    note: str = ""
    qr: str = ""

    def __post_init__(self) -> None:
        _must(self.on is not None or self.method == Method.SET_OFF, f"a {self.method} has a day")
        if self.account_last4 or self.method == Method.DIRECT_DEBIT:
            _must(len(self.account_last4) == 4 and self.account_last4.isalnum(), "four digits name the account")
        _must(bool(self.mandate) or self.method != Method.DIRECT_DEBIT, "a debit names its mandate")
        _must(bool(self.reference) or self.method != Method.TRANSFER, "a transfer has a structured communication")
        _must(not self.qr or self.method == Method.TRANSFER, "only a transfer has a payment code")
        if self.reference:
            _must(is_structured(self.reference), f"not a structured communication: {self.reference!r}")


@dataclass(frozen=True, slots=True)
class Reason:
    """One step from facts to an amount: the sentence, the rule's id, and its source as text ("" for none)."""

    sentence: str
    rule: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `amount` contains VAT or not, as the document's `prices` say; `tax_rate` is in percent.

    `subject` is the line, site or cost centre that it is for. `tax_category` is a code of EN 16931 ("S", "Z", "AE").
    """

    position: int
    code: str
    label: str
    amount: Money
    tax_rate: Decimal
    group: Group
    quantity: Decimal = Decimal(1)
    unit_price: Money | None = None
    period: Period | None = None
    subject: str = ""
    tax_category: str = "S"
    reasons: tuple[Reason, ...] = ()
    usage: UsedOn | None = None

    def __post_init__(self) -> None:
        _must(bool(self.label), f"line {self.position} has no label")
        _must(self.amount.is_whole_cents, f"line {self.position} is not in cents: {self.amount}")
        _must(self.tax_rate >= 0, f"line {self.position} has a negative rate")
        _must(self.group not in PARTS_ONLY, f"line {self.position}: {self.group} is not for lines")


@dataclass(frozen=True, slots=True)
class Tax:
    """VAT of one category and rate (percent): net + vat = gross."""

    category: str
    rate: Decimal
    net: Money
    vat: Money

    @property
    def gross(self) -> Money:
        """Net and VAT together."""
        return self.net + self.vat


@dataclass(frozen=True, slots=True)
class Settlement:
    """The parts of a sum that is paid partly in a complementary currency (PAY-10 to PAY-13, C11).

    `share` is in percent of the eligible net; `unit` is the currency's name ("RES"). One unit is one euro, and both
    parts are given in the document's currency. VAT is always in euro (PAY-11). `eligible` is the net that the share is
    of, None where it is not known; `account` the operator's in that currency, "" where it says none.
    """

    unit: str
    share: Decimal
    complementary: Money
    complementary_open: Money
    euro: Money
    euro_open: Money
    eligible: Money | None = None
    account: str = ""

    def __post_init__(self) -> None:
        _must(Decimal(0) < self.share <= Decimal(100), f"not a share in percent: {self.share}")
        for part, left in ((self.complementary, self.complementary_open), (self.euro, self.euro_open)):
            _must(part.amount >= 0 and zero(part.currency) <= left <= part, "a part is open for at most its whole")
        _must(self.eligible is None or self.complementary <= self.eligible, "a share is at most its whole (PAY-12)")


@dataclass(frozen=True, slots=True)
class Part:
    """A named amount: a part of the bar, or of what comes on top of the offer. The label is short."""

    label: str
    amount: Money
    group: Group


@dataclass(frozen=True, slots=True)
class Usual:
    """The offer's monthly price and what differs from it this time, in the document's `prices`.

    `monthly` plus the differences is the sum of the lines. A difference's label follows "this time, also:" ("la mise en
    service, une seule fois"). `offer` is the offer's name where the price is that of one offer alone.
    """

    monthly: Money
    differences: tuple[Part, ...] = ()
    offer: str = ""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What the next invoice will be if nothing changes: its month (any day of it) and the sum to pay, VAT included.

    `complementary` is the part of it in the complementary currency, None without one; `with_usage`: usage comes on top.
    """

    month: date
    amount: Money
    note: str = ""
    complementary: Money | None = None
    with_usage: bool = False


@dataclass(frozen=True, slots=True)
class Correction:
    """What a credit note corrects: number and day of that invoice, and why, in the reader's language."""

    number: str
    issued_on: date
    because: str


@dataclass(frozen=True, slots=True)
class InvoiceView:
    """One document as its reader sees it. Raises InconsistentView when a sum disagrees.

    `month` is the month billed (any day of it), None for a document outside the monthly rhythm. `supply` is the whole
    period of what is billed. `bar` sums to `total`. `outside` is the last part: what lay beside the bundles.
    """

    kind: Kind
    number: str
    language: str
    brand: Brand
    seller: Seller
    buyer: Buyer
    issued_on: date
    supply: Period
    payment: Payment
    prices: Prices
    lines: tuple[Line, ...]
    taxes: tuple[Tax, ...]
    net: Money
    vat: Money
    total: Money
    paid: Money
    credited: Money  # by credit notes, as far as it was not paid before
    open: Money
    bar: tuple[Part, ...] = ()
    month: date | None = None
    first: bool = False
    usual: Usual | None = None
    next_invoice: Forecast | None = None
    settlement: Settlement | None = None
    corrects: Correction | None = None
    notes: tuple[str, ...] = ()
    outside: tuple[Outside, ...] = ()

    def __post_init__(self) -> None:
        for check in CHECKS:
            check(self)

    @property
    def currency(self) -> str:
        """The document's currency."""
        return self.total.currency

    @property
    def lines_total(self) -> Money:
        """The sum of the lines as written: the total when prices contain VAT, the net when they do not."""
        return self.total if self.prices == Prices.INCLUSIVE else self.net


def is_structured(reference: str) -> bool:
    """Whether it is a Belgian structured communication ("+++010/8068/17183+++") or an ISO 11649 reference ("RF...")."""
    return bool(ogm_vcs.is_valid(reference) or iso11649.is_valid(reference))


def _identified(view: InvoiceView) -> None:
    _must(bool(view.number), "a document has a number")
    _must(view.language in LANGUAGES, f"no such language: {view.language!r}")
    positions = [line.position for line in view.lines]
    _must(bool(positions) and positions == sorted(set(positions)), "lines stand in the order of their positions")


def _right_kind(view: InvoiceView) -> None:
    credit = view.kind == Kind.CREDIT_NOTE
    _must(view.total >= zero(view.currency), f"a document's total is not negative: {view.total}; credit it instead")
    _must((view.payment.method in (Method.REFUND, Method.SET_OFF)) == credit, f"{view.payment.method} on {view.kind}")
    _must((view.corrects is not None) <= credit, "only a credit note corrects an invoice")
    _must(bool(view.seller.iban) or view.payment.method != Method.TRANSFER, "a transfer has an account to go to")
    _must(not view.payment.qr or view.currency == "EUR", "the payment code is in euro")


def _totals(view: InvoiceView) -> None:
    _equal(view.net + view.vat, view.total, "net and VAT make the total")
    _equal(view.paid + view.credited + view.open, view.total, "paid, credited and open make the total")
    _equal(sum_money((line.amount for line in view.lines), view.currency), view.lines_total, "lines make their sum")


def _taxes(view: InvoiceView) -> None:
    _equal(sum_money((tax.net for tax in view.taxes), view.currency), view.net, "net per rate makes the net")
    _equal(sum_money((tax.vat for tax in view.taxes), view.currency), view.vat, "VAT per rate makes the VAT")
    sums: dict[tuple[str, Decimal], Money] = defaultdict(lambda: zero(view.currency))
    for line in view.lines:
        sums[line.tax_category, line.tax_rate] += line.amount
    _must(len(view.taxes) == len({(tax.category, tax.rate) for tax in view.taxes}), "a rate stands once")
    for tax in view.taxes:
        lines = sums.pop((tax.category, tax.rate), zero(view.currency))
        _equal(lines, tax.gross if view.prices == Prices.INCLUSIVE else tax.net, f"lines at {tax.rate} percent")
    _must(not sums, "every line's rate stands among the taxes")


def _parts(view: InvoiceView) -> None:
    if view.bar:
        _equal(sum_money((part.amount for part in view.bar), view.currency), view.total, "the bar makes the total")
    if view.usual:
        parts = sum_money((part.amount for part in view.usual.differences), view.currency)
        _equal(view.usual.monthly + parts, view.lines_total, "offer and differences make the sum of the lines")


def _settlement(view: InvoiceView) -> None:
    if parts := view.settlement:
        _equal(parts.complementary + parts.euro, view.total, "both parts make the total (C11)")
        _equal(parts.complementary_open + parts.euro_open, view.open, "both open parts make the open")
        _must(parts.euro >= view.vat, "VAT is paid in euro (PAY-11)")


CHECKS = (_identified, _right_kind, _totals, _taxes, _parts, _settlement)


def _must(holds: bool, what: str) -> None:
    if not holds:
        raise InconsistentView(what)


def _equal(found: Money, expected: Money, what: str) -> None:
    _must(found == expected, f"{what}: {found} is not {expected}")
