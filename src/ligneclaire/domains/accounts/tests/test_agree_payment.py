"""agree_payment: checked before it is kept; the former terms end where the new ones begin."""

from __future__ import annotations

from datetime import date

import pytest
from tests import cast

from ligneclaire.domains.accounts import operations as accounts
from ligneclaire.domains.accounts import queries
from ligneclaire.domains.accounts.models import Account, PaymentTerms
from ligneclaire.domains.audit.models import AuditEntry

pytestmark = pytest.mark.usefixtures("database")
SIGNED = date(2026, 6, 3)
OTHER_IBAN = "FR76 3000 6000 0112 3456 7890 189"


def _agree(who: cast.Customer, on: date, **facts: object) -> PaymentTerms:
    given = {
        "method": "direct-debit", "iban": OTHER_IBAN, "mandate_reference": "M2", "mandate_signed_on": on,
        "notice_days_agreed": 3,
    }  # fmt: skip
    return accounts.agree_payment(account=who.account, on=on, at=cast.moment(on), actor="x", **{**given, **facts})


def _terms(who: cast.Customer) -> list[tuple[str, date, date | None]]:
    with who.acting():
        return list(PaymentTerms.objects.order_by("pk").values_list("method", "from_on", "to_on"))


@pytest.mark.rule("PAY-01")
def test_a_direct_debit_keeps_the_checked_account_and_its_mandate() -> None:
    anna = cast.household()
    with anna.acting():
        terms = PaymentTerms.objects.get()
        assert (terms.iban, terms.mandate_reference, terms.mandate_signed_on) == (cast.ANNA_IBAN, "MH1", SIGNED)


@pytest.mark.rule("PAY-09")
def test_pages_see_the_last_four_digits_alone() -> None:
    anna = cast.household()
    with anna.acting():
        view = queries.account_view(anna.scope, anna.account.public_id, SIGNED)
    assert view.terms is not None
    assert view.terms.iban_last4 == "2606"
    assert cast.ANNA_IBAN not in repr(view)


@pytest.mark.rule("PAY-05")
@pytest.mark.parametrize(
    ("received", "first_day"),
    [
        (date(2026, 9, 24), date(2026, 10, 1)),
        (date(2026, 9, 25), date(2026, 11, 1)),
        (date(2026, 10, 1), date(2026, 11, 1)),
        (date(2026, 12, 25), date(2027, 2, 1)),
    ],
)
def test_another_bank_account_counts_from_its_first_debit_on(received: date, first_day: date) -> None:
    anna = cast.household()
    _agree(anna, received)
    assert _terms(anna) == [("direct-debit", SIGNED, first_day), ("direct-debit", first_day, None)]
    with anna.acting():
        view = queries.account_view(anna.scope, anna.account.public_id, received)
        assert view.terms is not None
        assert (view.terms.iban_last4, [one.iban_last4 for one in view.later_terms]) == ("2606", ["0189"])


def test_a_change_of_mind_before_the_first_debit_replaces_the_change() -> None:
    anna = cast.household()
    _agree(anna, date(2026, 9, 10))
    _agree(anna, date(2026, 9, 12), iban=cast.ANNA_IBAN)
    with anna.acting():
        running = queries.terms_on(anna.account, date(2026, 10, 5))
        assert running is not None
        assert running.iban == cast.ANNA_IBAN


def test_another_method_holds_at_once() -> None:
    anna = cast.household()
    accounts.agree_payment(
        account=anna.account, method="transfer", on=date(2026, 9, 28), at=cast.moment(SIGNED), actor="x"
    )
    assert _terms(anna)[-1] == ("transfer", date(2026, 9, 28), None)


@pytest.mark.rule("PAY-01")
@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"iban": "FR7630006000011234567890188"}, accounts.WrongIban),
        ({"iban": ""}, accounts.WrongIban),
        ({"iban": "not a number"}, accounts.WrongIban),
        ({"mandate_reference": " "}, accounts.NoMandate),
        ({"mandate_signed_on": None}, accounts.NoMandate),
        ({"mandate_signed_on": date(2026, 9, 11)}, accounts.NoMandate),
        ({"method": "barter"}, accounts.WrongTerms),
        ({"notice_days_agreed": 0}, accounts.WrongTerms),
    ],
)
def test_refused_by_name_and_nothing_changed(wrong: dict, refusal: type[Exception]) -> None:
    anna = cast.household()
    with anna.acting():
        before = AuditEntry.objects.count()
    with pytest.raises(refusal):
        _agree(anna, date(2026, 9, 10), **wrong)
    assert _terms(anna) == [("direct-debit", SIGNED, None)]
    with anna.acting():
        assert AuditEntry.objects.count() == before


def test_terms_before_those_in_force_and_on_a_closed_account_are_refused() -> None:
    anna = cast.household()
    with pytest.raises(accounts.TermsInThePast):
        _agree(anna, date(2026, 6, 2), method="transfer", iban="")
    with anna.acting():
        Account.objects.update(closed_on=date(2026, 9, 1))
    with pytest.raises(accounts.AccountClosed):
        _agree(anna, date(2026, 9, 10))
    assert _terms(anna) == [("direct-debit", SIGNED, None)]


def test_no_refusal_repeats_an_account_number() -> None:
    with pytest.raises(accounts.WrongIban) as refused:
        accounts.agree_payment(
            account=Account(), method="direct-debit", on=SIGNED, at=cast.moment(SIGNED), actor="x",
            iban="FR7630006000011234567890188", mandate_reference="M", mandate_signed_on=SIGNED,
        )  # fmt: skip
    assert "0188" not in refused.value.message("en")
