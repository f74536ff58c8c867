"""People who are signed in at the demo, and the addresses of their pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from ligneclaire.domains.access import operations as access
from ligneclaire.domains.access.models import Login
from ligneclaire.domains.billing.models import Invoice
from ligneclaire.domains.contracts.models import Contract
from ligneclaire.domains.customers import operations as customers
from ligneclaire.domains.customers.models import Party, PartyRole, Person
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.operators.models import Operator
from ligneclaire.interfaces.fleet.reader import COMPANY
from ligneclaire.interfaces.jobs.bench import empty_page, fleet

ACTOR = "command:bench"


@dataclass(frozen=True, slots=True)
class Reader:
    """A session at an operator's host, and the address of each page by its name. A page "desk: customer" is set against
    the page "empty desk", a page without a colon against "empty"."""

    host: str
    session: str
    pages: Mapping[str, str]


def customers_of(operator: Operator, many: int) -> list[Reader]:
    """That many signed-in customers, each with a running service and invoices; fewer when there are fewer."""
    with acting_for(operator.pk):
        return list(_customers(operator, many))


def _customers(operator: Operator, many: int) -> Iterator[Reader]:
    now = datetime.now(UTC)
    running = Contract.objects.filter(operator=operator, service_from__lt=now.date(), last_day=None)
    for party_id in running.order_by("account__party_id").values_list("account__party_id", flat=True).distinct()[:many]:
        role = PartyRole.objects.filter(party_id=party_id, to_on=None).select_related("person").first()
        invoice = Invoice.objects.filter(account__party_id=party_id, kind="invoice").order_by("-pk").first()
        if role and invoice:
            login = role.person.login or customers.give_login(person=role.person, password=None, at=now, actor=ACTOR)
            yield Reader(
                operator.host,
                _session(login),
                {
                    "empty": empty_page.HOME,
                    "home": "/",
                    "offer": "/offer/",
                    "invoices": "/invoices/",
                    "invoice": f"/invoices/{invoice.public_id}/",
                },
            )


def staff_of(operator: Operator, many: int) -> list[Reader]:
    """That many sessions of one agent, each before the page of another customer."""
    with acting_for(operator.pk):
        login = Login.objects.filter(email="bench@desk.example").first() or access.open_login(
            operator_id=operator.pk, email="bench@desk.example", phone="", language=operator.languages[0],
            password=None, at=datetime.now(UTC), actor=ACTOR,
        )  # fmt: skip
        access.grant_staff_role(login=login, role="agent", at=datetime.now(UTC), actor=ACTOR)
        parties = Party.objects.filter(operator=operator).order_by("pk").values_list("public_id", flat=True)[:many]
        return [
            Reader(
                operator.host,
                _session(login),
                {"empty desk": empty_page.DESK, "desk: customer": f"/desk/customers/{party}/"},
            )
            for party in parties
        ]


def of_a_fleet(operator: Operator, many: int, lines: int, month: date) -> list[list[Reader]]:
    """That many sessions of the manager of `bench/fleet.py`, in the company's portal, and of who uses its last line."""
    at = f"{month:%Y-%m}"
    manager = {
        "empty fleet": empty_page.HOME, "fleet: lines": f"/fleet/?month={at}",
        "fleet: cost centres": f"/fleet/cost-centres/?month={at}", "fleet: contracts": "/offer/",
        "fleet: line": f"/fleet/lines/bench-fl{lines}/?month={at}",
    }  # fmt: skip
    own = f"/usage/bench-fl{lines}/{at}/"
    user = {"empty user": empty_page.HOME, "user: month": own, "user: records": f"{own}records/"}
    with acting_for(operator.pk):
        logins = [_login_of(operator, name) for name in (fleet.MANAGER, f"bench-u{lines}")]
        return [
            [Reader(operator.host, _session(login, company=fleet.COMPANY), pages) for _one in range(many)]
            for login, pages in zip(logins, (manager, user), strict=True)
        ]


def _login_of(operator: Operator, person: str) -> Login:
    found = Person.objects.get(operator=operator, public_id=person)
    return customers.give_login(person=found, password=None, at=datetime.now(UTC), actor=ACTOR)


def _session(login: Login, company: str = "") -> str:
    """The key of a session as signing in makes it; in the portal of a company."""
    made = SessionStore()
    if company:
        made[COMPANY] = company
    made[SESSION_KEY] = str(login.pk)
    made[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    made[HASH_SESSION_KEY] = login.get_session_auth_hash()
    made.create()
    made.save()
    return str(made.session_key)
