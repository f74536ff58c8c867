"""A company whose manager must not see everything: what the tests of the wall start from (FMP-11).

Bora NV at `fleet`: Nora manages, Carl sees to the bills, Els uses a line that the company pays whole, Bram shares the
bill of his: he joined in May, so it holds from June. Zoe manages another company; Anna is a stranger.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from ligneclaire.domains.access import inviting
from ligneclaire.domains.accounts import operations as accounts
from ligneclaire.domains.billing.tests.runs import bill
from ligneclaire.domains.contracts.models import Contract, SplitBill
from ligneclaire.domains.customers import operations as customers
from ligneclaire.domains.customers.models import Person
from ligneclaire.domains.lines import operations as lines
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.usage import operations as usage
from ligneclaire.domains.usage.operations import rating
from ligneclaire.domains.usage.tests import usage_files
from ligneclaire.journeys import alerts, join_fleet
from tests import cast

JUNE, JULY = date(2026, 6, 1), date(2026, 7, 1)
RATED_AT = datetime(2026, 6, 28, 6, tzinfo=UTC)
FIFTEEN = {"type": "amount", "amount": "15.00"}
BRAM, ELS, ZOE = cast.BRAM_LINE, "+32470778899", "+32470998877"
GB = 10**9
CALLED_BY_BRAM = ("442079460123", "3222557193", "33142278186")
CALLED_BY_ELS = "442079469999"
AT_NIGHT = "03:17"  # when Bram used what no bundle holds; when a bundle filled up, its warnings tell the manager


@dataclass(frozen=True, slots=True)
class Scene:
    """Everybody, with a login of e-mail address and `cast.PASSWORD` each."""

    bora: cast.Customer
    zeta: cast.Customer
    bram: Person
    els: Person
    carl: Person
    anna: cast.Customer
    split: SplitBill
    of_els: Contract


def scene(folder: Path, *, billed: bool = True) -> Scene:
    """June taken in, rated and warned of; billed in July."""
    bora = cast.bora_mobile()
    of_els = cast.mobile_line(bora, ELS)
    on, at = date(2026, 5, 4), cast.moment(date(2026, 5, 4))
    with bora.acting():
        cast.login_of(bora.person)
        bram = cast.bram(bora)
        els = _person(bora, "Els", "Dierckx", "employee")
        carl = _person(bora, "Carl", "Maes", "billing")
        lines.give_line(line=of_els.line, person=els, on=on, at=at, actor=cast.ACTOR)
        _centre(bora, of_els)
    split = _join(bora, bram)
    zeta = _zeta()
    with zeta.acting():
        anna = cast.household("S1", "Anna", "Roche", operator_code="fleet", offer_code="vlinder-25", method="transfer",
                              line="+32470110022")  # fmt: skip
        cast.login_of(anna.person)
    cast.eva("fleet")
    usage.take_in_usage_file(operator_id=bora.operator.pk, path=_file(folder), at=RATED_AT, actor="test")
    rating.rate_stale(operator_id=bora.operator.pk, at=RATED_AT, actor="test")
    alerts.warn(operator_id=bora.operator.pk, at=RATED_AT)
    if billed:
        bill(bora.operator, JULY)
    return Scene(bora, zeta, bram, els, carl, anna, split, of_els)


def _file(folder: Path) -> Path:
    """Bram: 31.7 of 25 GB and a long call by day, calls to other countries and parking at night. Els: less."""
    rows = [
        used("d1", BRAM, "data", "2026-06-03T10:00:00+02:00", 20 * GB),
        used("d2", BRAM, "data", "2026-06-09T10:00:00+02:00", 11_713_000_000),
        used("c1", BRAM, "voice", f"2026-06-05T{AT_NIGHT}:00+02:00", 3971, other=f"+{CALLED_BY_BRAM[0]}"),
        used("c2", BRAM, "voice", "2026-06-06T10:00:00+02:00", 30_977, other=f"+{CALLED_BY_BRAM[1]}"),
        used("c3", BRAM, "voice", f"2026-06-07T{AT_NIGHT}:00+02:00", 4219, other=f"+{CALLED_BY_BRAM[2]}"),
        used("t1", BRAM, "third-party", f"2026-06-08T{AT_NIGHT}:00+02:00", 1, other="4411", amount="9.87"),
        used("e1", ELS, "voice", "2026-06-10T11:00:00+02:00", 611, other=f"+{CALLED_BY_ELS}"),
        used("e2", ELS, "data", "2026-06-10T12:00:00+02:00", 24 * GB),
        used("z1", ZOE, "data", "2026-06-10T12:00:00+02:00", 3 * GB),
    ]
    return usage_files.csv(folder, rows, "june.csv")


def used(id: str, line: str, service: str, start: str, quantity: int, **more: str) -> dict[str, str]:
    """A record of a usage file."""
    return usage_files.call(
        id, **{"other": "", "line": line, "service": service, "start": start, "quantity": quantity, **more}
    )


def _person(company: cast.Customer, given: str, family: str, role: str) -> Person:
    on = date(2026, 4, 20)
    person = customers.add_person(
        party=company.party, given_name=given, family_name=family, email=f"{given.lower()}@example.org", phone="",
        language="nl", role=role, on=on, at=cast.moment(on), actor=cast.ACTOR,
    )  # fmt: skip
    cast.login_of(person)
    return person


def _join(bora: cast.Customer, bram: Person) -> SplitBill:
    """Nora invites, Bram agrees, as they do it themselves."""
    on, at = date(2026, 5, 20), cast.moment(date(2026, 5, 20))
    with bora.acting():
        nora = bora.person.login
        invitation = join_fleet.invite(
            contract=bora.contract, person=bram, contribution=FIFTEEN, by=nora, on=on, at=at, actor="person:nora"
        )
        opened = inviting.open_invitation(
            operator_id=bora.operator.pk, token=inviting.token_of(invitation.public_id), at=at
        )
        found = join_fleet.invited(invitation=opened, lang="nl")
        details = join_fleet.Details("Bram", "Claes", "Kerkstraat 3", "2800", "Mechelen")
        return join_fleet.join(
            invitation=opened, details=details, password=cast.PASSWORD, agreed=True, seen=found.seen, lang="nl", on=on,
            at=at,
        )  # fmt: skip


def _centre(company: cast.Customer, contract: Contract) -> None:
    """Els's line belongs to the workshop."""
    centre = customers.add_cost_centre(
        party=company.party, code="=K2", name="Montage", at=cast.moment(date(2026, 4, 20)), actor=cast.ACTOR
    )
    Contract.objects.filter(pk=contract.pk).update(cost_centre=centre)


def _zeta() -> cast.Customer:
    """Another company of the operator, with a manager and a line of its own."""
    runs, on = cast.operator("fleet"), date(2026, 4, 3)
    at = cast.moment(on)
    with acting_for(runs.pk):
        party = customers.register_company(
            operator_id=runs.pk, number="F2", name="Zeta BV", vat_number="BE0417497106",
            registration_number="0417497106", workers=30, language="nl", street="Kade 4", postcode="9000", city="Gent",
            country="BE", on=on, at=at, actor=cast.ACTOR,
        )  # fmt: skip
        account = accounts.open_account(party=party, on=on, at=at, actor=cast.ACTOR)
        accounts.agree_payment(account=account, method="transfer", on=on, at=at, actor=cast.ACTOR)
        person = customers.add_person(
            party=party, given_name="Zoe", family_name="Peeters", email="zoe@example.org", phone="", language="nl",
            role="manager", on=on, at=at, actor=cast.ACTOR,
        )  # fmt: skip
        cast.login_of(person)
        company = cast.Customer(runs, party, person, account, None)  # type: ignore[arg-type]
        return replace(company, contract=cast.mobile_line(company, ZOE, on=on))
