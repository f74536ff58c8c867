"""Acts on accounts: open one, agree how it pays. Each locks the account's row first."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

from ligneclaire.domains.accounts.models import Account, PaymentTerms
from ligneclaire.domains.accounts.policies import BankChange, ComplementaryCurrency
from ligneclaire.domains.accounts.rules.bank_change import debit_month
from ligneclaire.domains.audit import operations as audit
from ligneclaire.domains.customers.models import Party, PartyRole
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.operators.models import LegalEntity
from ligneclaire.domains.rulebook import queries as rulebook
from ligneclaire.kernel.policy import declaration_of
from ligneclaire.kernel.refusal import Refusal


class WhichLegalEntity(Refusal):
    """The operator has several legal entities, or none: say which one issues the invoices."""

    code = "accounts.refused.which-legal-entity"


class WrongShare(Refusal):
    """The share in the complementary currency is none that may be agreed on (PAY-10), or the payer is no company."""

    code = "accounts.refused.wrong-share"


class WrongDelivery(Refusal):
    """Invoices go by e-mail or by post; by e-mail only to somebody who has an address."""

    code = "accounts.refused.wrong-delivery"


class WrongIban(Refusal):
    """The number of the bank account can't be right."""

    code = "accounts.refused.wrong-iban"


class NoMandate(Refusal):
    """A direct debit needs a signed mandate: its reference and the day of the signature (PAY-01)."""

    code = "accounts.refused.no-mandate"


class WrongTerms(Refusal):
    """Nobody pays like that, or the notice is no number of days."""

    code = "accounts.refused.wrong-terms"


class TermsInThePast(Refusal):
    """The terms would start before those that are in force: what was invoiced under them stays."""

    code = "accounts.refused.terms-in-the-past"


class NoPolicy(Refusal):
    """The policy that counts has no version in force on that day."""

    code = "accounts.refused.no-policy"


class AccountClosed(Refusal):
    """The account is closed; nothing new is agreed on it."""

    code = "accounts.refused.closed"


def lock(account: Account) -> Account:
    """The account's row, locked until the transaction ends: the first thing that every act on it does. Rows that name
    the account are written meanwhile, as by a pass that the act may wait for."""
    return Account.objects.select_for_update(of=("self",), no_key=True).get(pk=account.pk)


def open_account(
    *,
    party: Party,
    on: date,
    at: datetime,
    actor: str,
    legal_entity: LegalEntity | None = None,
    complementary_share: int = 0,
    delivery: str = "email",
) -> Account:
    """A debtor account. A household's prices hold the tax, a company's do not (C1).

    `complementary_share` is the percentage settled in the complementary currency (PAY-10). Raises WhichLegalEntity,
    WrongShare, WrongDelivery.
    """
    with acting_for(party.operator_id):
        Party.objects.select_for_update().get(pk=party.pk)
        entity = legal_entity or _only_entity(party.operator_id)
        household = party.kind == "household"
        if complementary_share and (household or complementary_share not in _shares(party, on)):
            raise WrongShare(share=complementary_share)
        email = _email_of(party)
        if delivery not in ("email", "post"):
            raise WrongDelivery(delivery=delivery)
        known = Account.objects.filter(party=party).count()
        account = Account.objects.create(
            operator_id=party.operator_id, number=f"{party.number}-{known + 1}", party=party, legal_entity=entity,
            name=party.name, language=party.language, prices="inclusive" if household else "exclusive",
            delivery=delivery, email=email, complementary_share=complementary_share, opened_on=on,
        )  # fmt: skip
        _audit(account, "open_account", at, actor)
    return account


def change_contact(*, account: Account, email: str, language: str, at: datetime, actor: str) -> Account:
    """Where invoices are announced, and in which language they are written, from the next one on."""
    with acting_for(account.operator_id):
        locked = lock(account)
        if (locked.email, locked.language) != (email, language):
            locked.email, locked.language = email, language
            locked.save(update_fields=["email", "language"])
            _audit(locked, "change_contact", at, actor, language=language)
    return locked


def agree_payment(
    *,
    account: Account,
    method: str,
    on: date,
    at: datetime,
    actor: str,
    iban: str = "",
    holder: str = "",
    mandate_reference: str = "",
    mandate_signed_on: date | None = None,
    notice_days_agreed: int | None = None,
) -> PaymentTerms:
    """How the account pays from a day on: "direct-debit", "transfer" or "cheque". The former terms end that day.

    A change from one direct debit to another, received on `on`, holds from the month of its first debit (PAY-05).

    A direct debit names a checked IBAN and a signed mandate (PAY-01); `notice_days_agreed` is what the mandate says,
    absent = 14 days (L-EU-03). Raises WrongTerms, WrongIban, NoMandate, TermsInThePast, AccountClosed.
    """
    if method not in dict(PaymentTerms.METHODS) or (
        notice_days_agreed is not None and not 1 <= notice_days_agreed <= 60
    ):
        raise WrongTerms(method=method)
    debit = method == "direct-debit"
    if debit and (not mandate_reference.strip() or mandate_signed_on is None or mandate_signed_on > on):
        raise NoMandate(account=account.number)
    checked = _iban(iban) if iban or debit else ""
    with acting_for(account.operator_id):
        locked = lock(account)
        if locked.closed_on is not None:
            raise AccountClosed(account=locked.number)
        former = PaymentTerms.objects.filter(account=locked).order_by("-from_on", "-pk").first()
        first_day = _first_day(former, method, on)
        if former is not None:
            _end(former, first_day)
        terms = PaymentTerms.objects.create(
            operator_id=locked.operator_id, account=locked, method=method, from_on=first_day, iban=checked,
            holder=(holder or locked.name)[:70] if checked else "", mandate_reference=mandate_reference.strip(),
            mandate_signed_on=mandate_signed_on, notice_days_agreed=notice_days_agreed,
        )  # fmt: skip
        _audit(locked, "agree_payment", at, actor, method=method, from_on=first_day.isoformat())
    return terms


def _first_day(former: PaymentTerms | None, method: str, on: date) -> date:
    """From when new terms hold: at once, but another bank account from the month of its first debit on (PAY-05)."""
    if former is None or former.method != "direct-debit" or method != "direct-debit":
        return on
    terms = rulebook.book_of(former.operator_id).in_force(BankChange, on)
    if terms is None:
        raise NoPolicy(key=declaration_of(BankChange).key, on=on)
    return debit_month(on, terms.value.bank_change_before).start


def _end(former: PaymentTerms, on: date) -> None:
    if former.from_on > on:
        raise TermsInThePast(on=former.from_on)
    former.to_on = on
    former.save(update_fields=["to_on"])


def _iban(written: str) -> str:
    try:
        return str(IBAN(written))
    except (SchwiftyException, ValueError):
        raise WrongIban() from None


def _shares(party: Party, on: date) -> tuple[Decimal, ...]:
    terms = rulebook.book_of(party.operator_id).at(segment=party.segment).in_force(ComplementaryCurrency, on)
    return terms.value.complementary_shares if terms else ()


def _only_entity(operator_id: int) -> LegalEntity:
    entities = list(LegalEntity.objects.filter(operator_id=operator_id)[:2])
    if len(entities) != 1:
        raise WhichLegalEntity(count=len(entities))
    return entities[0]


def _email_of(party: Party) -> str:
    roles = PartyRole.objects.filter(party=party, to_on=None).select_related("person").order_by("pk")
    by_role = {one.role: one.person.email for one in reversed(roles) if one.person.email}
    return next((by_role[role] for role in ("billing", "holder", "manager") if role in by_role), "")


def _audit(account: Account, act: str, at: datetime, actor: str, **detail: str) -> None:
    subject = f"account:{account.public_id}"
    audit.record(operator_id=account.operator_id, at=at, actor=actor, act=act, subject=subject, detail=detail)
