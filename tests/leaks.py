"""What of Bram's part must be nowhere, in every way of writing it, and a walk over every address that finds it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

import phonenumbers
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver
from pypdf import PdfReader

from ligneclaire.domains.billing.models import BillRun, Draft, Invoice, InvoiceLine
from ligneclaire.domains.contracts.models import Contract
from ligneclaire.domains.outbox.models import Message
from ligneclaire.domains.promises.models import Promise
from ligneclaire.domains.usage import store
from ligneclaire.domains.usage.models import Counter, Total
from ligneclaire.domains.usage.queries import own
from ligneclaire.journeys import usage_words
from ligneclaire.kernel.money import Money
from tests import cast, walled
from tests.architecture.test_addresses import addresses
from tests.walled import Scene

LANGUAGES = ("fr", "nl", "en")
HOST = {"HTTP_HOST": "fleet.localhost"}
EMPLOYERS = Decimal("15.00")  # what Bora pays
WITH_VAT = Decimal("1.21")
MONTH = "2026-06"


def secrets(known: Scene) -> frozenset[str]:
    """Every amount, volume, number and time of Bram's part, as pages, files and JSON write them. Blanks are plain."""
    operator, line = known.bora.operator.pk, known.bora.contract.line_id
    found: set[str] = set()
    with known.bora.acting():
        for total in Total.objects.filter(line_id=line, group__month=walled.JUNE):
            found |= (
                _amounts(total.amount) | _amounts(total.amount - EMPLOYERS) | _amounts(total.amount * Decimal("1.21"))
            )
            found |= _volumes(total.outside, total.usage_type)
            if total.outside:
                found |= _volumes(total.inside + total.outside, total.usage_type)
        for gauge in Counter.objects.filter(line_id=line, group__month=walled.JUNE, allowance__gt=0):
            if gauge.used > gauge.allowance:  # "126 %" and "126%" of a bundle tell what lay beside it
                found |= {f"{gauge.used * 100 // gauge.allowance}{sign}" for sign in (" %", "%")}
        for row in store.rated(operator, known.bora.account.pk, walled.JUNE).to_pylist():
            if row["line"] == line and row["charged"]:
                found |= _amounts(Decimal(row["charged"]).scaleb(-6)) | _numbers(row["other"])
                found |= _volumes(row["quantity"], row["usage_type"]) | _volumes(row["billed"], row["usage_type"])
        private = Invoice.objects.filter(account=known.split.account)
        for invoice in private:
            found |= _amounts(invoice.total) | {invoice.number}
        for amount in InvoiceLine.objects.filter(invoice__in=private).values_list("amount", flat=True):
            found |= _amounts(amount)
    found |= {walled.AT_NIGHT, walled.AT_NIGHT.replace(":", " h ").removeprefix("0")}
    return frozenset(one for one in found if len(one) > 3)


def _amounts(value: Decimal) -> set[str]:
    if abs(value) < Decimal("0.5") or value == EMPLOYERS:
        return set()
    cents, exact = str(Money.of(f"{value:.6f}").rounded()), f"{value:.6f}"
    micro = str(int(value.scaleb(6)))
    return {cents, cents.replace(".", ","), exact, exact.rstrip("0"), micro} - {str(EMPLOYERS)}


def _volumes(value: int, usage_type: str) -> set[str]:
    service = usage_type.split("-", maxsplit=1)[0]
    if service not in ("voice", "data") or not value:
        return set()
    found = {str(value)} if value > 999 else set()
    if service == "voice":
        found.add(f"{value // 60}:{value % 60:02d}")
    for lang in LANGUAGES:
        found |= {usage_words.about(value, service, lang), usage_words.quantity(value, service, lang)}
    return {plain(one) for one in found}


def _numbers(other: str) -> set[str]:
    if len(other) < 7:
        return set()
    number = phonenumbers.parse(f"+{other}")
    ways = (phonenumbers.PhoneNumberFormat.NATIONAL, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return {other, other[2:], *(plain(phonenumbers.format_number(number, way)) for way in ways)}


def plain(text: str) -> str:
    """With plain blanks alone."""
    return re.sub(r"[\u00a0\u202f\u2009]", " ", text)


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
        found.append(Reader(name, client, lambda: everything, "/fleet/" if company else "/"))
    at_the_desk = [path for path in desk_paths(known) if path.startswith(only)]
    found.append(Reader("nobody", Client(**HOST), lambda: everything, at_home=302))
    found.append(Reader("staff, for the employer", signed_in("eva@example.org"), lambda: at_the_desk, "/desk/"))
    return found


def signed_in(email: str) -> Client:
    """A client of that person."""
    client = Client(**HOST, raise_request_exception=False)
    client.post("/sign-in/", {"login": email, "password": cast.PASSWORD})
    return client


def leaks(reader: Reader, hidden: Iterable[str], languages: Iterable[str] = LANGUAGES) -> Iterator[tuple[str, str]]:
    """(path, what stands there) of everything that should not."""
    pattern = re.compile(
        "|".join(rf"(?<![\d.,]){re.escape(one)}(?!\d)" for one in sorted(hidden, key=len, reverse=True))
    )
    for language in languages:
        reader.client.cookies["language"] = language
        for path in reader.paths():
            found = pattern.search(told(reader.client.get(path)))
            if found:
                yield f"{path} in {language}", found[0]
    assert reader.client.get(reader.home).status_code == reader.at_home, f"{reader.name} was signed out on the way"


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
    assert len(get_resolver().url_patterns) > 5
    return found


def desk_paths(known: Scene) -> list[str]:
    """The desk's pages of the employer: those with the ids of Bora, and what they lead to."""
    mine = _employers_ids(known)
    company = f"/desk/customers/{known.bora.party.public_id}/"
    found = [company, f"{company}usage/?month={MONTH}"]
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
        lines = [bora.contract.line.public_id, known.of_els.line.public_id]
        invoices = list(
            Invoice.objects.filter(account__in=(bora.account, known.split.account)).values_list("public_id", flat=True)
        )
        contracts = [bora.contract.public_id, known.of_els.public_id]
        keys = [
            row["event_key"] for row in store.rated(bora.operator.pk, bora.account.pk, walled.JUNE).to_pylist()
            if row["line"] == bora.contract.line_id
        ]  # fmt: skip
        requests = list(Promise.objects.values_list("public_id", flat=True))
    return {
        "lines": lines, "line": lines, "usage": lines, "invoices": invoices, "contracts": contracts, "offer": contracts,
        "requests": requests, "promises": requests, "customers": [bora.party.public_id],
        "accounts": [bora.account.public_id, known.split.account.public_id], "month": [MONTH],
        "records": [own.name_of(key) for key in keys[-2:]], "name": [own.name_of(key) for key in keys[-2:]],
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
