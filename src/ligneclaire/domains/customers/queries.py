"""Who may see what of whom, and how staff find a customer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Q

from ligneclaire.domains.access.models import Login
from ligneclaire.domains.customers import rules
from ligneclaire.domains.customers.models import Consent, CostCentre, Party, PartyRole, Person, SearchKey, Site
from ligneclaire.domains.operators.models import Operator
from ligneclaire.kernel.scope import Scope

ACTING_ROLES = ("holder", "manager", "billing")
LAST_CHARACTER = "\U0010ffff"


class NotFound(LookupError):
    """Nothing of that id lies within the scope."""


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person who may act for a party, with the role. Who has no password can't sign in, whatever login there is."""

    public_id: str
    name: str
    email: str
    phone: str
    language: str
    role: str
    can_sign_in: bool
    login_id: int | None


@dataclass(frozen=True, slots=True)
class SiteView:
    """An address."""

    name: str
    street: str
    postcode: str
    city: str
    country: str
    is_billing: bool


@dataclass(frozen=True, slots=True)
class CustomerView:
    """A party as a list or the head of a page shows it."""

    public_id: str
    number: str
    name: str
    kind: str
    segment: str
    language: str
    since: date
    vat_number: str
    people: tuple[PersonView, ...]
    sites: tuple[SiteView, ...]
    cost_centres: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Found:
    """One hit of a search: the party, and the word that led to it."""

    public_id: str
    number: str
    name: str
    kind: str
    city: str
    matched: str


def person_of(login: Login) -> Person | None:
    """The person behind a login, or None (staff may have none)."""
    return Person.objects.filter(operator_id=login.operator_id, login=login).first()


def acting_roles(login: Login, on: date | None = None) -> frozenset[tuple[int, str]]:
    """For which parties the person behind a login may act, and as what: holder, manager or for billing.

    `on` is the day that counts; without it, roles without an end.
    """
    roles = PartyRole.objects.filter(operator_id=login.operator_id, person__login=login, role__in=ACTING_ROLES)
    if on is None:
        roles = roles.filter(to_on=None)
    else:
        roles = roles.filter(from_on__lte=on).filter(Q(to_on=None) | Q(to_on__gt=on))
    return frozenset(roles.values_list("party_id", "role"))


def may_manage(login: Login, party_id: int, on: date) -> bool:
    """Whether the person behind a login manages the lines of a company on a day."""
    return bool({(party_id, "manager"), (party_id, "holder")} & acting_roles(login, on))


def acts_for(person: Person, on: date) -> tuple[Party, ...]:
    """The households and companies for which a person may act on a day, as they were opened."""
    roles = PartyRole.objects.filter(
        operator_id=person.operator_id, person=person, role__in=ACTING_ROLES, from_on__lte=on
    ).exclude(to_on__lte=on)
    return tuple({role.party_id: role.party for role in roles.select_related("party").order_by("party_id")}.values())


def billing_sites(parties: Iterable[Party]) -> dict[int, Site]:
    """Where invoices go, by party; one whose address nobody gave yet is absent."""
    return {site.party_id: site for site in Site.objects.filter(party__in=tuple(parties), is_billing=True)}


def managers_of(party_id: int, on: date) -> tuple[Person, ...]:
    """The people who manage a company's lines on a day."""
    return tuple(one for start, end, one in managers_ever(party_id) if start <= on and (end is None or on < end))


def managers_ever(party_id: int) -> tuple[tuple[date, date | None, Person], ...]:
    """Who managed a company's lines: first day, first day no more, the person."""
    roles = PartyRole.objects.filter(party_id=party_id, role="manager").select_related("person").order_by("pk")
    return tuple((role.from_on, role.to_on, role.person) for role in roles)


def cost_centre_names(ids: Iterable[int]) -> Mapping[int, str]:
    """The names of cost centres."""
    wanted = list(ids)
    return dict(CostCentre.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}


def consented(person: Person, purpose: str) -> Consent | None:
    """The last thing that a person said about a purpose: given or taken back; None = never asked."""
    said = Consent.objects.filter(operator_id=person.operator_id, person=person, purpose=purpose)
    return said.order_by("-at", "-pk").first()


def within(scope: Scope) -> Q:
    """The condition that keeps parties to a scope."""
    mine = Q(operator_id=scope.operator_id)
    return mine if scope.party_ids is None else mine & Q(pk__in=scope.party_ids)


# One statement: a page of a customer asks many questions already. A password that begins with "!" is none.
_CUSTOMER = """
SELECT p.public_id, p.number, p.name, p.kind, p.segment, p.language, p.since, p.vat_number,
  (SELECT coalesce(jsonb_agg(jsonb_build_array(
            e.public_id, e.given_name || ' ' || e.family_name, e.email, e.phone, e.language, r.role,
            coalesce(left(l.password, 1) <> '!', false), e.login_id) ORDER BY r.id), '[]')
   FROM party_role r JOIN person e ON e.operator_id = r.operator_id AND e.id = r.person_id
   LEFT JOIN login l ON l.operator_id = e.operator_id AND l.id = e.login_id
   WHERE r.operator_id = p.operator_id AND r.party_id = p.id AND r.to_on IS NULL),
  (SELECT coalesce(jsonb_agg(jsonb_build_array(s.name, s.street, s.postcode, s.city, s.country, s.is_billing)
                             ORDER BY s.is_billing DESC, s.id), '[]')
   FROM site s WHERE s.operator_id = p.operator_id AND s.party_id = p.id),
  (SELECT coalesce(jsonb_agg(jsonb_build_array(c.code, c.name) ORDER BY c.code), '[]')
   FROM cost_centre c WHERE c.operator_id = p.operator_id AND c.party_id = p.id AND p.kind = 'company')
FROM party p
WHERE p.operator_id = %(operator)s AND p.public_id = %(public_id)s
  AND (%(parties)s::bigint[] IS NULL OR p.id = ANY(%(parties)s::bigint[]))"""


def customer_view(scope: Scope, public_id: str) -> CustomerView:
    """One customer with its people, addresses and cost centres. Raises NotFound."""
    parties = None if scope.party_ids is None else list(scope.party_ids)
    with connection.cursor() as cursor:
        cursor.execute(_CUSTOMER, {"operator": scope.operator_id, "public_id": public_id, "parties": parties})
        found = cursor.fetchone()
    if found is None:
        raise NotFound(public_id)
    *party, people, sites, centres = found
    view = (
        *party,
        tuple(PersonView(*one) for one in json.loads(people)),
        tuple(SiteView(*one) for one in json.loads(sites)),
        tuple((code, name) for code, name in json.loads(centres)),
    )
    return CustomerView(*view)


def find_customers(scope: Scope, text: str, limit: int = 20) -> tuple[Found, ...]:
    """Customers whose name, number, telephone, e-mail address, VAT number or line begins with a text; best first.

    Works by plain comparison of prefixes, which alone can use an index under row security.
    """
    country = Operator.objects.get(pk=scope.operator_id).country
    prefix = rules.search_prefix(text, country)
    if len(prefix) < 2:
        return ()
    hits = SearchKey.objects.filter(operator_id=scope.operator_id).extra(
        where=["search_key.key ~>=~ %s", "search_key.key ~<~ %s"], params=[prefix, prefix + LAST_CHARACTER]
    )
    if scope.party_ids is not None:
        hits = hits.filter(party_id__in=scope.party_ids)
    rows = hits.select_related("party").order_by("key", "party__number")[: limit * 4]
    best: dict[int, SearchKey] = {}
    for hit in rows:
        best.setdefault(hit.party_id, hit)
    chosen = list(best.values())[:limit]
    billing = Site.objects.filter(party_id__in=[hit.party_id for hit in chosen], is_billing=True)
    cities = dict(billing.values_list("party_id", "city"))
    return tuple(
        Found(h.party.public_id, h.party.number, h.party.name, h.party.kind, cities.get(h.party_id, ""), h.key)
        for h in chosen
    )
