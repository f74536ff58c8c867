"""All earlier invoices stay in the portal (UPO-08): many months of a household and of an employee, each one opens."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from tests import cast, rated, using

from ligneclaire.domains.billing.models import Invoice
from ligneclaire.domains.customers.models import Party
from ligneclaire.interfaces.home.tests import billed
from ligneclaire.interfaces.home.tests.test_many_contracts import signed_in, text
from ligneclaire.journeys import formats
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.periods import add_months

pytestmark = pytest.mark.usefixtures("database")
JUNE, JULY = date(2026, 6, 1), date(2026, 7, 1)


def invoices_of(customer: cast.Customer) -> list[Invoice]:
    with customer.acting():
        return list(Invoice.objects.filter(account=customer.account).order_by("-issued_on", "-pk"))


def every_one_is_listed_and_opens(customer: cast.Customer, months: list[date]) -> None:
    """The newest first, the oldest included, and no other; each page and each PDF is that of its invoice."""
    known, client = invoices_of(customer), signed_in(customer)
    assert [one.month for one in known] == sorted(months, reverse=True)
    listed = client.get("/invoices/").content.decode()
    assert re.findall(r'<a href="/invoices/([^/"]+)/">', listed) == [one.public_id for one in known]
    shown = text(client, "/invoices/")
    assert f"{len(months)} documents" in shown
    for one in known:
        assert one.number in shown
        opened = text(client, f"/invoices/{one.public_id}/")
        assert one.number in opened
        assert formats.money(Money.of(one.total), "en") in opened
    paper = client.get(f"/invoices/{known[-1].public_id}/pdf")
    assert (paper["Content-Type"], paper.content[:5]) == ("application/pdf", b"%PDF-")


@pytest.mark.rule("UPO-08")
def test_a_household_finds_each_of_fifteen_months() -> None:
    anna = cast.anna()
    months = [add_months(JULY, number) for number in range(15)]
    for month in months:
        billed.bill(anna.operator, month)
    every_one_is_listed_and_opens(anna, months)
    shown = text(signed_in(anna), "/invoices/")
    assert shown.index("September 2027") < shown.index("July 2026")
    assert [year for year in ("2027", "2026") if f" {year} " in shown] == ["2027", "2026"]


@pytest.mark.rule("UPO-08")
def test_an_employee_finds_each_private_invoice_and_none_of_the_company() -> None:
    bram = using.bram()
    company = bram.company
    months = [add_months(JULY, number) for number in range(6)]
    for month in months:
        rated.rate(company.contract, add_months(month, -1), {"voice-national": "40.00"})
        billed.bill(company.operator, month)
    with company.acting():
        party = Party.objects.get(pk=bram.account.party_id)
    employee = replace(company, party=party, person=bram.person, account=bram.account)
    every_one_is_listed_and_opens(employee, months)
    client, theirs = signed_in(employee), invoices_of(company)
    assert len(theirs) == len(months)
    assert [client.get(f"/invoices/{one.public_id}/").status_code for one in theirs] == [404] * len(months)
