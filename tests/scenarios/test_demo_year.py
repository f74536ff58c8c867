"""The demo year, played through operations, adds up; and page, PDF, API and command say the same to the cent."""

from __future__ import annotations

import argparse
import contextlib
import html
import io
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

import pytest
from django.db.models import Count, Max, Min, Sum
from django.test import Client
from pypdf import PdfReader

from ligneclaire.domains.access.models import Login
from ligneclaire.domains.accounts.models import Account
from ligneclaire.domains.billing.models import BillRun, Charge, Draft, Invoice, InvoiceLine, InvoiceTax
from ligneclaire.domains.customers import operations as customers
from ligneclaire.domains.customers.models import PartyRole
from ligneclaire.domains.ledger.models import Posting
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.operators.models import Operator
from ligneclaire.domains.rulebook import queries as rulebook
from ligneclaire.domains.usage import queries as usage
from ligneclaire.domains.usage import store
from ligneclaire.domains.usage.models import Group
from ligneclaire.interfaces.jobs import demo, invoice
from ligneclaire.journeys import desk_try, formats, invoice_data, invoice_pdf, invoices
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.scope import Scope
from tests import third_opinion
from tests.cast import moment


@pytest.fixture
def small_year(database: None) -> None:
    demo.play(7, demo.Size(households=6, companies=2, fleets=1, lines=6))


@pytest.fixture
def whole_year(database: None) -> None:
    demo.play(2026, demo.Size(households=400, companies=25))


def test_a_small_year_adds_up_and_says_the_same_everywhere(small_year: None, monkeypatch: pytest.MonkeyPatch) -> None:
    check_books("fleet", "lessor", "rural")
    assert deliveries_that_add_up() > 5_000
    assert views_that_say_what_was_issued() == agreeing_documents() > 60
    trials_that_begin_with_what_was_issued()
    assert agreed_by_a_third_opinion([date(2026, 1, 1), date(2026, 8, 1), date(2026, 11, 1)]) > 2_000
    monkeypatch.setattr(third_opinion, "ROAMING_LIMIT", 0)  # Els used data in America in August
    with pytest.raises(AssertionError, match="2026-08-01: said and not made"):
        agreed_by_a_third_opinion([date(2026, 8, 1)])


@pytest.mark.soak
def test_a_year_of_fleets_has_a_third_opinion(database: None) -> None:
    demo.play(2026, demo.Size(households=1, companies=1, fleets=2, lines=30))
    check_books("fleet", "lessor", "rural")
    assert deliveries_that_add_up() > 100_000
    assert agreeing_documents(every=3) > 20
    months = [*(date(2026, month, 1) for month in range(1, 12)), date(2025, 12, 1)]
    assert agreed_by_a_third_opinion(months) > 100_000


@pytest.mark.soak
def test_the_whole_demo_year(whole_year: None) -> None:
    """Every document says what was issued, to the API and on the sheet; the four ways out themselves are compared of
    each eighth account: pages and PDFs take time."""
    check_books("lessor", "rural")
    assert views_that_say_what_was_issued() > 3000
    assert agreeing_documents(every=8) > 300


def trials_that_begin_with_what_was_issued() -> None:
    """A policy is tried on the sums that the last run issued; trying what holds changes nothing."""
    for operator in Operator.objects.order_by("pk"):
        with acting_for(operator.pk):
            held = rulebook.book_of(operator.pk).version("accounts.debit", date(2026, 11, 20))
            assert held is not None
            trial = desk_try.try_policy(Scope.staff(operator.pk), held, date(2026, 11, 20))
            issued = Invoice.objects.filter(run__month=trial.month, run__operator=operator)
            signed = [one.total if one.kind == "invoice" else -one.total for one in issued]
            assert (trial.issued, trial.before.amount) == (len(signed), sum(signed))
            assert (trial.changed, trial.after) == ((), trial.before)


def check_books(*played: str) -> None:
    """What must hold of any year, at each operator; those that were played, no other, have accounts and invoices."""
    for operator in Operator.objects.order_by("pk"):
        with acting_for(operator.pk):
            assert Account.objects.exists() == Invoice.objects.exists() == (operator.code in played), operator.code
            for row in Posting.objects.values("entry", "currency").annotate(sum=Sum("amount")):
                assert row["sum"] == 0, f"ledger entry {row['entry']}"
            for row in Invoice.objects.values("legal_entity", "kind", "year").annotate(
                first=Min("sequence"), last=Max("sequence"), count=Count("pk")
            ):
                assert (row["first"], row["last"]) == (1, row["count"]), f"numbers of {operator.code} have a gap: {row}"
            taxes = dict(InvoiceTax.objects.values_list("invoice").annotate(Sum("total")))
            for pk, total in Invoice.objects.values_list("pk", "total"):
                assert taxes[pk] == total
            # W-15: every account of a released run has its document or the reason why there is none.
            for run in BillRun.objects.filter(state="released"):
                billed = set(Invoice.objects.filter(run=run).values_list("account", flat=True))
                skipped = set(Draft.objects.filter(run=run).exclude(skip_reason="").values_list("account", flat=True))
                assert not billed & skipped
                active = set(Account.objects.filter(opened_on__lt=run.bill_on).values_list("pk", flat=True))
                assert active <= billed | skipped
            # W-26: nothing is billed beyond the last day with service.
            beyond = InvoiceLine.objects.filter(contract__last_day__isnull=False, amount__gt=0, code="month")
            kept: dict[tuple[int, object], Decimal] = defaultdict(Decimal)
            for line in beyond.select_related("contract"):
                if line.period_from and line.period_from > line.contract.last_day:
                    kept[line.item_id, line.period_from] += line.amount
            credited = InvoiceLine.objects.filter(item__in=[item for item, _ in kept], code="credit").exists()
            assert not kept or credited
            old = Charge.objects.filter(created_at__lt=moment(date(2026, 10, 1)))
            assert not old.exclude(pk__in=InvoiceLine.objects.exclude(charge=None).values("charge")).exists()


def deliveries_that_add_up() -> int:
    """Input = rated + duplicate + suspense, of each delivery of the fleet operator's year; and what they call rated has
    a rated record, one each. How many records were delivered."""
    operator = Operator.objects.get(code="fleet")
    with acting_for(operator.pk):
        found = usage.fates(Scope.staff(operator.pk), limit=100_000)
        for one in found:
            assert one.records == one.rated + one.duplicates + one.suspense + one.written_off, one.name
        groups = Group.objects.filter(operator=operator)
        rated = [store.rated(operator.pk, one.account_id, one.month)["event_key"].to_pylist() for one in groups]
    assert sum(map(len, rated)) == sum(len(set(some)) for some in rated) == sum(one.rated for one in found)
    assert any(one.duplicates for one in found)
    assert any(one.suspense for one in found)
    return sum(one.records for one in found)


def agreed_by_a_third_opinion(months: list[date]) -> int:
    """Compare rating with a plain SQL program (tests/third_opinion.py), to the millionth of a euro; on how many
    records of these months they agree."""
    operator = Operator.objects.get(code="fleet")
    return sum(third_opinion.check_month(operator.pk, month) for month in months)


def views_that_say_what_was_issued() -> int:
    """Build the view behind page, PDF, API and command for each document of the year, and from it what the API tells
    and what stands on paper; how many there were."""
    count = 0
    for operator in Operator.objects.order_by("pk"):
        with acting_for(operator.pk):
            lines = defaultdict(list)
            for pk, amount in InvoiceLine.objects.order_by("position").values_list("invoice", "amount"):
                lines[pk].append(str(amount))
            for document in Invoice.objects.select_related("account__party", "credits"):
                view = invoices.view_of(document, "fr", at_issue=True)
                assert view.total == Money.of(document.total), document.number
                assert [line["amount"] for line in invoice_data.as_json(view)["lines"]] == lines[document.pk]
                _holds_all(_plain(" ".join(_texts(invoice_pdf.sheet_of(view)))), document, lines[document.pk])
                count += 1
    return count


def _texts(sheet: object) -> Iterator[str]:
    """All that stands on a sheet."""
    if isinstance(sheet, str):
        yield sheet
    elif isinstance(sheet, Mapping | list | tuple):
        for one in sheet.values() if isinstance(sheet, Mapping) else sheet:
            yield from _texts(one)


def agreeing_documents(every: int = 1) -> int:
    """Compare the documents of each so-many-th account on all four ways out; how many there were."""
    count = 0
    for operator in Operator.objects.order_by("pk"):
        with acting_for(operator.pk):
            rows = Invoice.objects.select_related("account").order_by("account", "pk")
            documents = [one for one in rows if one.account_id % every == 0]
            lines = defaultdict(list)
            for line in InvoiceLine.objects.order_by("invoice", "position"):
                lines[line.invoice_id].append(line)
            logins = {document.account.party_id: _login_of(document.account.party_id) for document in documents}
        client, signed_in = Client(HTTP_HOST=operator.host), None
        for document in documents:
            if signed_in != document.account.party_id:
                signed_in = document.account.party_id
                with acting_for(operator.pk):
                    client.force_login(logins[signed_in], "allauth.account.auth_backends.AuthenticationBackend")
            _check(client, operator, document, lines[document.pk])
            count += 1
    return count


def _login_of(party_id: int) -> Login:
    person = PartyRole.objects.filter(party=party_id).select_related("person__login").earliest("pk").person
    return person.login or customers.give_login(
        person=person, password=None, at=moment(date(2026, 11, 20)), actor="test"
    )


def _check(client: Client, operator: Operator, document: Invoice, lines: list[InvoiceLine]) -> None:
    amounts = [str(line.amount) for line in lines]
    told = client.get(f"/api/invoices/{document.public_id}?lang=fr").json()
    assert (told["number"], told["total"], told["net"], told["vat"]) == (
        document.number, str(document.total), str(document.net), str(document.vat),
    )  # fmt: skip
    assert [line["amount"] for line in told["lines"]] == amounts
    assert all(line["because"] for line in told["lines"]), f"{document.number}: a line without a reason"
    assert _command(operator, document) == told

    client.cookies["language"] = "fr"
    page = client.get(f"/invoices/{document.public_id}/")
    assert page.status_code == 200
    _holds_all(_plain(html.unescape(re.sub(r"<[^>]+>", " ", page.content.decode()))), document, amounts)
    pdf = client.get(f"/invoices/{document.public_id}/pdf")
    printed = b"".join(pdf.streaming_content) if pdf.streaming else pdf.content
    text = " ".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(printed)).pages)
    _holds_all(_plain(text), document, amounts)


def _command(operator: Operator, document: Invoice) -> object:
    parser = argparse.ArgumentParser()
    invoice.add_arguments(parser)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        words = ["show", document.number, "--operator", operator.code, "--lang", "fr", "--json"]
        assert invoice.run(parser.parse_args(words)) == 0
    return json.loads(printed.getvalue())


def _holds_all(text: str, document: Invoice, amounts: list[str]) -> None:
    vat = [str(document.vat)] if document.vat else []  # what bears none says why instead
    for amount in (str(document.total), *vat, *amounts):
        written = _plain(formats.money(Money.of(amount), "fr"))
        whole = rf"(?<![\d.,]){re.escape(written)}(?!\d)"  # no part of a larger amount
        assert re.search(whole, text), f"{document.number}: {written} is missing in {text[:400]}"


def _plain(text: str) -> str:
    return re.sub(r"[\s\u00a0\u202f]+", " ", text).replace("\u2212", "-")
