"""A walk over every address of the product that finds what of Bram's part must be nowhere (`hidden`)."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver
from pypdf import PdfReader

from ligneclaire.domains.billing.models import BillRun, Draft, Invoice
from ligneclaire.domains.contracts.models import Contract
from ligneclaire.domains.lines.models import Line
from ligneclaire.domains.outbox.models import Message
from ligneclaire.domains.promises.models import Promise
from ligneclaire.domains.usage import store
from ligneclaire.domains.usage.queries import own
from tests import cast, walled, walled_today
from tests.architecture.test_addresses import addresses
from tests.hidden import LANGUAGES, Hidden, plain
from tests.walled import Scene

HOST = {"HTTP_HOST": "fleet.localhost"}
MONTH, PLAN = "2026-06", "vlinder-25"
# In every answer anew: four digits of it may be those of something that is looked for.
CHANGING = re.compile(r'(?<=name="csrfmiddlewaretoken" value=")\w+')


def told(answer: HttpResponse) -> str:
    """All that an answer says: its text, the text of a PDF, where it leads."""
    if answer.status_code in (301, 302):
        return answer["Location"]
    if answer["Content-Type"] == "application/pdf":
        pages = PdfReader(io.BytesIO(answer.content)).pages
        return plain("\n".join(page.extract_text() for page in pages))
    return plain(answer.content.decode("utf-8", "replace"))


@dataclass(frozen=True)
class Reader:
    """Somebody signed in, and which addresses that person tries."""

    name: str
    client: Client
    paths: Callable[[], Iterable[str]]
    home: str = "/"
    at_home: int = 200
    outside: bool = False  # of Bora


def readers(known: Scene, only: tuple[str, ...] = ("/",)) -> list[Reader]:
    """All who must find nothing: Bora's people, another company's manager, a stranger, and staff for the employer.

    `only`: how the addresses begin that they try.
    """
    everything = [path for path in sorted(paths(known)) if path == "/" or path.startswith(only)]
    found = []
    for name, email, company in (
        ("the manager", "nora@bora.example", known.bora),
        ("who sees to the bills", "carl@example.org", known.bora),
        ("a manager of another company", "zoe@example.org", known.zeta),
        ("another employee", "els@example.org", None),
        ("a stranger", "s1@example.org", None),
    ):
        client = signed_in(email)
        if company:
            client.post("/fleet/enter", {"company": company.party.public_id})
        home = "/fleet/" if company else "/"
        found.append(Reader(name, client, lambda: everything, home, outside=company is not known.bora))
    at_the_desk = [path for path in desk_paths(known) if path.startswith(only)]
    found.append(Reader("nobody", Client(**HOST), lambda: everything, at_home=302, outside=True))
    found.append(Reader("staff, for the employer", signed_in("eva@example.org"), lambda: at_the_desk, "/desk/"))
    return found


def signed_in(email: str) -> Client:
    """A client of that person."""
    client = Client(**HOST, raise_request_exception=False)
    client.post("/sign-in/", {"login": email, "password": cast.PASSWORD})
    return client


def leaks(reader: Reader, hidden: Hidden, languages: Iterable[str] = LANGUAGES) -> Iterator[tuple[str, str]]:
    """(path, what stands there) of everything that should not."""
    for language in languages:
        for path in reader.paths():
            found = hidden.found_in(read(reader, path, language), outside=reader.outside)
            yield from ((f"{path} in {language}", one) for one in sorted(found))
    assert reader.client.get(reader.home).status_code == reader.at_home, f"{reader.name} was signed out on the way"


def read(reader: Reader, path: str, language: str) -> str:
    """What an address says to a reader, beside the ids that stood in the address and what is random."""
    reader.client.cookies["language"] = language
    text = CHANGING.sub("", told(reader.client.get(path)))
    for asked in re.findall(r"[\w-]{9,}", path):
        text = text.replace(asked, "")
    return text


def mails(known: Scene) -> str:
    """What was queued for anybody but Bram."""
    with known.bora.acting():
        others = Message.objects.exclude(recipient__in=("bram@bora.example", walled.BRAM))
        return plain("\n".join(str(one) for one in others.values_list("recipient", "template", "params")))


def paths(known: Scene) -> set[str]:
    """Every address of the product but the desk's, with every id of Bora, Bram and Els that could stand in it."""
    ids = _ids(known)
    found = set()
    for name, route in addresses():
        if name.startswith("desk:") or route.startswith(("sign-in/", "static")):
            continue
        for path in _filled(route, ids):
            found.add(f"/{path}")
            if name.startswith("fleet:"):
                found.add(f"/{path}?month={MONTH}")
            if path == "offer/":
                found.add(f"/{path}?number={walled.BRAM[-4:]}")
    assert len(get_resolver().url_patterns) > 5
    return found


def desk_paths(known: Scene) -> list[str]:
    """The desk's pages of the employer: those with the ids of Bora, and what they lead to."""
    mine = _employers_ids(known)
    company = f"/desk/customers/{known.bora.party.public_id}/"
    found = [
        company,
        f"{company}usage/?month={MONTH}",
        f"{company}plans/?plan={PLAN}",
        f"{company}plans.csv?plan={PLAN}",
    ]
    for name, route in addresses():
        of_all = "runs" in route and "<str:account>" not in route  # a run is nobody's page
        if name.startswith("desk:") and "<" in route and "policies" not in route and not of_all:
            found += [f"/{path}" for path in _filled(route, mine)]
    return sorted(set(found))


def _filled(route: str, ids: dict[str, list[str]]) -> list[str]:
    """The paths of a route for all ids that fit it: by the folder that stands before the id."""
    found = [""]
    for part in re.split(r"(<[^>]+>|\{[^}]+\})", route):
        if not part.startswith(("<", "{")):
            found = [path + part for path in found]
            continue
        name = part.strip("<>{}").split(":")[-1]
        found = [path + one for path in found for one in _fitting(path, name, ids)]
    return found


def _fitting(path: str, name: str, ids: dict[str, list[str]]) -> list[str]:
    folder = path.rstrip("/").rsplit("/", 1)[-1]
    if name in ids:
        return ids[name]
    if name == "public_id":
        return ids.get(folder, ids["any"])
    return ids["any"] if name in ("token",) else ids.get(folder, ["none"])


def _ids(known: Scene) -> dict[str, list[str]]:
    bora = known.bora
    with bora.acting():
        lines = list(Line.objects.filter(account=bora.account).values_list("public_id", flat=True))
        invoices = list(
            Invoice.objects.filter(account__in=(bora.account, known.split.account)).values_list("public_id", flat=True)
        )
        contracts = list(Contract.objects.filter(account=bora.account).values_list("public_id", flat=True))
        rows = store.rated(bora.operator.pk, bora.account.pk, walled.JUNE).to_pylist()
        keys = [row["event_key"] for row in rows if row["line"] == bora.contract.line_id][-2:]
        keys += [row["event_key"] for row in rows if row["other"] == walled_today.CALLED_BEFORE]
        requests = list(Promise.objects.values_list("public_id", flat=True))
    return {
        "lines": lines, "line": lines, "usage": lines, "invoices": invoices, "contracts": contracts, "offer": contracts,
        "requests": requests, "promises": requests, "customers": [bora.party.public_id],
        "accounts": [bora.account.public_id, known.split.account.public_id], "month": [MONTH],
        "records": [own.name_of(key) for key in keys], "name": [own.name_of(key) for key in keys],
        "position": ["1", "2"], "any": ["none"], "key": ["billing.calendar"], "person": [known.bram.public_id],
    }  # fmt: skip


def _employers_ids(known: Scene) -> dict[str, list[str]]:
    bora = known.bora
    with bora.acting():
        runs = list(BillRun.objects.values_list("public_id", flat=True))
        drafts = list(Draft.objects.filter(account=bora.account).values_list("account__public_id", flat=True))
        invoices = list(Invoice.objects.filter(account=bora.account).values_list("public_id", flat=True))
        contracts = list(Contract.objects.filter(account=bora.account).values_list("public_id", flat=True))
    every = _ids(known)
    return {
        **every, "invoices": invoices, "contracts": contracts, "accounts": [bora.account.public_id], "runs": runs,
        "account": drafts[:1], "deliveries": ["none"], "suspended": ["none"], "promises": ["none"],
    }  # fmt: skip
