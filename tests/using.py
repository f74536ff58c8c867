"""Bram uses his line: files of usage that are taken in, rated and warned about, with a bill that he shares or not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from ligneclaire.domains.accounts import operations as accounts
from ligneclaire.domains.accounts.models import Account
from ligneclaire.domains.customers import operations as customers
from ligneclaire.domains.customers.models import Person
from ligneclaire.domains.lines import operations as lines
from ligneclaire.domains.usage import operations as usage
from ligneclaire.domains.usage.models import IntakeFile
from ligneclaire.domains.usage.operations import rating
from ligneclaire.domains.usage.tests import usage_files
from ligneclaire.journeys import alerts, send_messages
from tests import cast, rated

GB = 10**9
FIFTEEN = {"type": "amount", "amount": "15.00"}
FIXED, GENEVA, PARKING = "+3225551234", "+41227301234", "4411"
Rows = Iterable[Mapping[str, str]]


@dataclass
class Bram:
    """Bram's line at Bora NV since 2 April 2026, used by him since 4 May."""

    company: cast.Customer
    person: Person
    account: Account | None = None
    files: list[IntakeFile] = field(default_factory=list)

    @property
    def operator_id(self) -> int:
        return self.company.operator.pk

    def take_in(
        self, folder: Path, rows: Rows, at: datetime, name: str = "usage.csv", *, warns: bool = True, sends: bool = True
    ) -> IntakeFile:
        """A file arrives, is rated, and whoever is to be warned is warned, unless no warning is made, or none is sent;
        all in the same minute."""
        path = usage_files.csv(folder, rows, name)
        file = usage.take_in_usage_file(operator_id=self.operator_id, path=path, at=at, actor=cast.ACTOR)
        rating.rate_stale(operator_id=self.operator_id, at=at, actor=cast.ACTOR)
        if warns:
            alerts.warn(operator_id=self.operator_id, at=at)
        if sends:
            send_messages.send_due(operator_id=self.operator_id, at=at)
        self.files.append(file)
        return file


def bram(*, contribution: object | None = FIFTEEN, offer_code: str = "vlinder-10", on: date = date(2026, 5, 4)) -> Bram:
    """Bram uses the line of Bora NV; with a contribution he shares its bill from the next month on."""
    company = cast.bora_mobile(offer_code=offer_code)
    at = cast.moment(on)
    with company.acting():
        person = cast.bram(company)
        lines.give_line(line=company.contract.line, person=person, on=on, at=at, actor=cast.ACTOR)
        if contribution is None:
            return Bram(company, person)
        household = customers.open_household(person=person, on=on, at=at, actor=cast.ACTOR)
        customers.set_billing_address(
            party=household, street="Dorpsplein 3", postcode="2800", city="Mechelen", country="BE", at=at,
            actor=cast.ACTOR,
        )  # fmt: skip
        account = accounts.open_account(party=household, on=on, at=at, actor=cast.ACTOR)
        accounts.agree_payment(account=account, method="transfer", on=on, at=at, actor=cast.ACTOR)
    rated.split(company.contract, account, contribution, on)
    return Bram(company, person, account)


def data(gigabytes: float, at: datetime, id: str, **changed: object) -> dict[str, str]:
    """Mobile data, in Belgium unless it says where."""
    octets = int(round(gigabytes * 1000) * 10**6)
    return usage_files.call(id, service="data", other="", quantity=octets, start=at.isoformat(), **changed)


def call(to: str, seconds: int, at: datetime, id: str, **changed: object) -> dict[str, str]:
    """A call."""
    return usage_files.call(id, other=to, quantity=seconds, start=at.isoformat(), **changed)


def parking(amount: str, at: datetime, id: str) -> dict[str, str]:
    """Parking paid by message: what a third party asks."""
    return usage_files.call(id, service="third-party", other=PARKING, quantity=1, amount=amount, start=at.isoformat())


def a_month(first: date, *, gigabytes: float = 0.3, days: int = 26) -> Iterator[dict[str, str]]:
    """What a month of Bram looks like: data each day, some calls and messages, two calls to Geneva, parking."""
    for number in range(days):
        at = cast.moment(first + timedelta(days=number), 8, 10)
        yield data(gigabytes * (1 + number % 4 * 0.2), at, f"d{first:%m}-{number}")
        if number % 2:
            yield call(FIXED, 61 + 37 * number, at + timedelta(hours=2), f"c{first:%m}-{number}")
        if number % 3 == 0:
            yield usage_files.call(
                f"s{first:%m}-{number}", service="sms", other="+32470123456", quantity=1,
                start=(at + timedelta(hours=3)).isoformat(),
            )  # fmt: skip
    for number in (3, 11):
        at = cast.moment(first + timedelta(days=number), 17, 5)
        yield call(GENEVA, 95, at, f"g{first:%m}-{number}")
    yield parking("3.20", cast.moment(first + timedelta(days=5), 9, 30), f"p{first:%m}")
