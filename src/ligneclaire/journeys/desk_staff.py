"""Who acted, in words: the names behind the actors that rows and the audit keep."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from ligneclaire.domains.access.models import Login
from ligneclaire.domains.customers.models import Person
from ligneclaire.kernel.scope import Scope


def names_of(scope: Scope, actors: Iterable[str]) -> dict[str, str]:
    """Names by actor: of a login the person behind it or its address, of a person the name, "" for the system."""
    found = {one: one.partition(":") for one in set(actors)}
    logins = {public_id for kind, _, public_id in found.values() if kind == "login"}
    people = {public_id for kind, _, public_id in found.values() if kind == "person"}
    staff = Login.objects.filter(operator_id=scope.operator_id, public_id__in=logins)
    known = dict(staff.values_list("public_id", "email"))
    mine = Person.objects.filter(
        Q(login__public_id__in=logins) | Q(public_id__in=people), operator_id=scope.operator_id
    )
    for one in mine.select_related("login") if known or people else ():
        known |= {one.public_id: _name(one)} | ({one.login.public_id: _name(one)} if one.login else {})
    return {
        actor: known.get(public_id, "") if kind in ("login", "person") else ""
        for actor, (kind, _, public_id) in found.items()
    }


def name_of(scope: Scope, actor: str) -> str:
    """The name behind one actor, "" when it is the system."""
    return names_of(scope, [actor])[actor] if actor else ""


def _name(person: Person) -> str:
    return f"{person.given_name} {person.family_name}"
