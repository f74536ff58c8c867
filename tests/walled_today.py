"""What the tests that walk the whole wall add to the company of `walled`: Bram's running month with a limit of his own
and a dispute, a private invoice that he did not pay, a line that went from him to Els and is given up, and a bundle
that the company's lines share."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from django.utils import timezone

from ligneclaire.domains.billing import operations as billing
from ligneclaire.domains.billing.models import Invoice, InvoiceLine
from ligneclaire.domains.billing.tests.runs import bill
from ligneclaire.domains.collections.models import PrivateReminder
from ligneclaire.domains.collections.rules.private_reminders import ESCALATED
from ligneclaire.domains.contracts.models import Contract
from ligneclaire.domains.lines import queries as lines
from ligneclaire.domains.lines.operations import give_line
from ligneclaire.domains.usage import operations as usage
from ligneclaire.domains.usage.models import Counter, Group
from ligneclaire.domains.usage.operations import limits, rating
from ligneclaire.domains.usage.tests import usage_files
from ligneclaire.journeys import alerts, leave
from ligneclaire.journeys.customer_pages import FEW
from ligneclaire.kernel.money import Money
from tests import cast, walled
from tests.walled import Scene

CAP = Money.of("47.11")  # a limit that Bram set
WORDS = "Parking jamais pris"  # of his dispute
HANDED_ON = "+32470665544"  # Bram used it, then Els
CALLED_BEFORE = "442079460777"  # by Bram, from there
ZETA_ON = date(2026, 4, 3)
POOL = (41_700_000_000, 63_000_000_000)  # of 63 GB that the company's lines share, 41.7 are used


def lived(folder: Path) -> Scene:
    """`walled.scene`, gone on until now."""
    known, now = walled.scene(folder, billed=False), timezone.now()
    handed_on = _handed_on(known)
    _rated(known, _of_june(folder), walled.RATED_AT)
    bill(known.bora.operator, walled.JULY)
    _rated(known, _of_now(folder, now), now)
    alerts.warn(operator_id=known.bora.operator.pk, at=now)
    leave.leave(
        contract=handed_on, received_on=cast.today(), wanted_on=None, channel="online",
        requester=known.bora.person, at=now, actor="person:nora",
    )  # fmt: skip
    _limited(known, now)
    _disputed(known, now)
    _unpaid(known, now)
    _shared(known, walled.JUNE)
    _shared(known, this_month())
    return known


def grown(known: Scene) -> None:
    """Zeta has too many lines for a list."""
    for number in range(FEW):
        cast.mobile_line(known.zeta, f"+3247055500{number}", on=ZETA_ON)


def this_month() -> date:
    """The running month."""
    return cast.today().replace(day=1)


def _rated(known: Scene, path: Path, at: datetime) -> None:
    usage.take_in_usage_file(operator_id=known.bora.operator.pk, path=path, at=at, actor="test")
    rating.rate_stale(operator_id=known.bora.operator.pk, at=at, actor="test")


def _handed_on(known: Scene) -> Contract:
    contract = cast.mobile_line(known.bora, HANDED_ON)
    for person, on in ((known.bram, date(2026, 5, 4)), (known.els, date(2026, 6, 12))):
        with known.bora.acting():
            give_line(line=contract.line, person=person, on=on, at=cast.moment(on), actor=cast.ACTOR)
    return contract


def _of_june(folder: Path) -> Path:
    """A call of Bram, and one of Els who had the line after him."""
    rows = [
        walled.used("h1", HANDED_ON, "voice", "2026-06-04T10:00:00+02:00", 2713, other=f"+{CALLED_BEFORE}"),
        walled.used("h2", HANDED_ON, "voice", "2026-06-20T10:00:00+02:00", 547, other=f"+{walled.CALLED_BY_ELS}"),
    ]
    return usage_files.csv(folder, rows, "handed-on.csv")


def _of_now(folder: Path, now: datetime) -> Path:
    """Bram's calls and data of this month, the last hour of it or what there is of that."""
    begun = max(now - timedelta(hours=1), cast.moment(this_month(), 0)).isoformat()
    rows = [
        walled.used("n1", walled.BRAM, "data", begun, 27_300_000_000),
        walled.used("n2", walled.BRAM, "voice", begun, 4507, other=f"+{walled.CALLED_BY_BRAM[0]}"),
        walled.used("n3", walled.BRAM, "third-party", begun, 1, other="4411", amount="7.31"),
    ]
    return usage_files.csv(folder, rows, "now.csv")


def _limited(known: Scene, now: datetime) -> None:
    with known.bora.acting():
        limits.set_cap(
            scope=lines.scope_of(known.bram.login, cast.today()), line=known.bora.contract.line.public_id,
            on=cast.today(), at=now, actor="person:bram", way=limits.PORTAL_WAY, amount=CAP, stops=False,
        )  # fmt: skip


def _disputed(known: Scene, now: datetime) -> None:
    with known.bora.acting():
        line = InvoiceLine.objects.filter(invoice__account=known.split.account).order_by("amount").first()
    billing.dispute_line(line=line, words=WORDS, requester=known.bram, at=now, actor="person:bram")


def _unpaid(known: Scene, now: datetime) -> None:
    """His employer was told of what he did not pay (SPL-11)."""
    with known.bora.acting():
        invoice = Invoice.objects.get(account=known.split.account)
        PrivateReminder.objects.create(
            operator_id=known.bora.operator.pk, invoice=invoice, employer=known.bora.account, step=ESCALATED, at=now,
            amount=invoice.total, pay_by=cast.today() + timedelta(days=14),
        )  # fmt: skip


def _shared(known: Scene, month: date) -> None:
    with known.bora.acting():
        group = Group.objects.get(account=known.bora.account, month=month)
        Counter.objects.create(
            operator_id=known.bora.operator.pk, group=group, line=None, code="data-pool", service="data", used=POOL[0],
            allowance=POOL[1],
        )  # fmt: skip
