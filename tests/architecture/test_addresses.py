"""Every address of the product: named once, closed to strangers unless it is on the list, and of one operator."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import get_converters

from ligneclaire.domains.customers import operations as customers
from tests import cast

# What somebody without a login may see, each with the reason.
PUBLIC = {
    "health": "for load balancers",
    "language": "the choice of a language is a cookie",
    "sign-in/": "the door itself",
    "invitation/": "who got the link by mail has no login yet; any other token opens nothing",
    "register/": "who has no login yet asks for one with a number and a code",
    "api/openapi.json": "describes the API, no data",
    "api/docs": "describes the API, no data",
    "api/decisions": "pure calculations over facts that the caller gives",
}
VALUES = {"int": "1", "str": "none", "slug": "none", "uuid": "00000000-0000-4000-8000-000000000000", "path": "none"}


def addresses(resolver: URLResolver | None = None, prefix: str = "", space: str = "") -> Iterator[tuple[str, str]]:
    """(full name, route) of every page."""
    for one in (resolver or get_resolver()).url_patterns:
        route = prefix + str(one.pattern)
        if isinstance(one, URLPattern):
            yield f"{space}{one.name}", route
        else:
            inner = f"{space}{one.namespace}:" if one.namespace else space
            yield from addresses(one, route, inner)


def path_of(route: str) -> str:
    """A path that the route matches, with ids of nothing."""
    path = route
    for kind in get_converters():
        while f"<{kind}:" in path:
            start = path.index(f"<{kind}:")
            path = path[:start] + VALUES[kind] + path[path.index(">", start) + 1 :]
    return "/" + path


def is_public(route: str) -> bool:
    return any(route == public or (public.endswith("/") and route.startswith(public)) for public in PUBLIC) or any(
        route.startswith(f"{public}/") for public in PUBLIC
    )


def test_every_address_has_one_name() -> None:
    names = [name for name, route in addresses() if route != "health"]
    assert len(names) > 20
    assert [name for name in names if name.endswith("None")] == []
    twice = {name for name in names if names.count(name) > 1}
    assert {name for name in twice if not name.startswith("api")} == set()


@pytest.mark.usefixtures("database")
def test_a_stranger_gets_no_further_than_the_door() -> None:
    stranger = Client(HTTP_HOST="rural.localhost", raise_request_exception=False)
    open_to_all = {}
    for _name, route in addresses():
        if not is_public(route):
            answer = stranger.get(path_of(route))
            at_the_door = answer.status_code == 302 and answer["Location"].startswith("/sign-in/")
            if not at_the_door and answer.status_code not in (401, 403, 404, 405):
                open_to_all[route] = answer.status_code
    assert open_to_all == {}


@pytest.mark.usefixtures("database")
def test_a_login_of_one_operator_is_nobody_at_another() -> None:
    anna, on = cast.anna(), cast.moment(date(2026, 6, 3))
    with anna.acting():
        customers.give_login(person=anna.person, password=cast.PASSWORD, at=on, actor=cast.ACTOR)
    client, other = Client(HTTP_HOST="rural.localhost"), Client(HTTP_HOST="fleet.localhost")
    client.post("/sign-in/", {"login": "anna@example.org", "password": cast.PASSWORD})
    assert client.get("/").status_code == 200
    other.cookies.update(client.cookies)
    answer = other.get("/")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=/")
    assert client.get("/").status_code == 200
    assert client.get("/", headers={"host": "nobody.localhost"}).status_code == 404
