"""The people of the demo who can sign in: one for each role."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from ligneclaire.domains.access.models import Login, StaffRole
from ligneclaire.domains.customers import operations as customers
from ligneclaire.domains.customers.models import Person
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.operators.models import Operator

CUSTOMERS = (
    ("rural", "anna@example.org", "Anna, a household: her first invoice is from July 2026"),
    ("lessor", "wim@example.org", "Wim, manager of a company that pays half in RES"),
    ("fleet", "mia@bora.example", "Mia, manager of the fleet of Bora NV"),
    ("fleet", "bram@bora.example", "Bram, who works there and pays a part himself"),
)
STAFF = (
    ("rural", "eva@hauteligne.example", "Eva, desk and billing", ("agent", "billing", "policy")),
    ("rural", "lien@hauteligne.example", "Lien, the second person who releases", ("agent", "release")),
    ("lessor", "eva@lessor.example", "Eva, desk and billing", ("agent", "billing", "policy")),
    ("lessor", "lien@lessor.example", "Lien, the second person who releases", ("agent", "release")),
    ("fleet", "eva@fleet.example", "Eva, desk and billing", ("agent", "billing", "policy")),
    ("fleet", "lien@fleet.example", "Lien, the second person who releases", ("agent", "release")),
)


def make(password_of: Callable[[str], str]) -> Iterator[tuple[str, str, str, str]]:
    """Host, who, login name and password of each; those that exist stay as they are."""
    now = datetime.now(UTC)
    for code, email, who in CUSTOMERS:
        operator, word = Operator.objects.get(code=code), password_of(f"{code}:{email}")
        with acting_for(operator.pk):
            person = Person.objects.filter(email=email).first()
            if person is None:
                continue
            if person.login_id is None:
                customers.give_login(person=person, password=word, at=now, actor="command:demo")
        yield operator.host, who, email, word
    for code, email, who, roles in STAFF:
        operator, word = Operator.objects.get(code=code), password_of(f"{code}:{email}")
        with acting_for(operator.pk):
            login = Login.objects.filter(email=email).first()
            if login is None:
                login = Login.objects.create_login(
                    operator_id=operator.pk, email=email, password=word, language=operator.languages[0]
                )
            for role in roles:
                StaffRole.objects.get_or_create(operator_id=operator.pk, login=login, role=role)
        yield operator.host, who, email, word
