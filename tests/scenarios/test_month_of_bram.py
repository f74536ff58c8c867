"""The month of Bram and Bora: from the file's arrival, over the warnings, to the private invoice of the third month.

Bram's parking is 2.40 a month, which is his; Bora pays up to 15.00 of the rest. Two small months are skipped, the third
one comes with all three, and an amount of it opens to its records.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from ligneclaire.domains.billing.models import Draft, Invoice
from ligneclaire.domains.billing.tests import runs
from ligneclaire.domains.lines.models import Line
from ligneclaire.domains.outbox.models import Message
from ligneclaire.kernel.periods import add_months
from tests import cast, using
from tests.browser import WIDTHS, OpenPage, Visit
from tests.using import Bram

JUNE = date(2026, 6, 1)
MONTHS = (JUNE, add_months(JUNE, 1), add_months(JUNE, 2))


@pytest.mark.rule("USE-01", "USE-02", "UPO-06", "UPO-08", "SPL-04", "SPL-05", "SPL-06", "W-24")
@pytest.mark.parametrize("width", WIDTHS)
def test_the_month_of_bram_and_bora(open_page: OpenPage, tmp_path: Path, width: int) -> None:
    bram = using.bram()
    cast.login_of(bram.person)
    _june_in_two_files(bram, tmp_path)
    for month in MONTHS[1:]:
        bram.take_in(tmp_path, _small(month), cast.moment(month + timedelta(days=28)), f"{month:%m}.csv")
    visit = open_page("fleet", width=width, language="en")
    visit.sign_in("bram@bora.example", cast.PASSWORD)
    visit.page.click(".speak button[value=en]")
    _reads_june(bram, visit)
    _sets_a_limit(bram, visit)
    for month in MONTHS:
        runs.bill(bram.company.operator, add_months(month, 1))
    _two_skips_and_an_invoice(bram)
    _reads_the_invoice(bram, visit)


def _small(month: date) -> list[dict[str, str]]:
    """A month with a call to Geneva and 1.20 of parking."""
    at = cast.moment(month + timedelta(days=3), 9)
    return [
        using.call(using.GENEVA, 95, at, f"g{month:%m}"),
        using.parking("1.20", at + timedelta(hours=1), f"p{month:%m}"),
    ]


def _june_in_two_files(bram: Bram, folder: Path) -> None:
    """The first file passes 75 %; the second passes 90 % and 100 % in one record, and comes twice."""
    first = cast.moment(date(2026, 6, 12), 8)
    one = bram.take_in(folder, [*_small(JUNE), using.data(7.6, first, "1")], first + timedelta(hours=1), "a.csv")
    assert (one.records, one.kept, one.duplicates, one.suspended) == (3, 3, 0, 0)
    assert _warned(bram) == ["75", "75"]
    second = cast.moment(date(2026, 6, 20), 18)
    rows = [using.data(2.4, second, "2")]
    for count in range(2):
        bram.take_in(folder, rows, second + timedelta(hours=1 + count), "b.csv")
    assert bram.files[-1].duplicates == 1
    assert _warned(bram) == ["75", "75", "90", "90", "100", "100"]


def _warned(bram: Bram) -> list[str]:
    """The thresholds of the warnings that left for Bram, in order: each by mail and by SMS."""
    with bram.company.acting():
        rows = Message.objects.filter(
            template="bundle-alert", recipient__in=("bram@bora.example", cast.BRAM_LINE), sent_at__isnull=False
        )
        found = [(one.params["threshold"], one.channel, one.public_id) for one in rows.order_by("id")]
    for _threshold, channel, public_id in found:
        assert channel == "mail" or (settings.SMS_FOLDER / f"{public_id}.txt").exists()
    return [threshold for threshold, _channel, _public_id in found]


def _reads_june(bram: Bram, visit: Visit) -> None:
    """The page of June says what was used, the warnings with their times, and whose part is what."""
    with bram.company.acting():
        line = Line.objects.get().public_id
    assert visit.go(f"/usage/{line}/2026-06/") == 200
    said = visit.text().replace("\u00a0", " ")
    assert "June: 10 GB used of 10 GB" in said
    for told in ("75% of 10 GB", "90% of 10 GB", "100% of 10 GB", "SMS: Saturday 20 June 2026 at 19:00"):
        assert told in said
    assert "As of Saturday 20 June 2026 at 19:00" in said  # the file that came again changed nothing
    assert "Your own part €1.20" in said  # the parking; Geneva is within what Bora pays
    assert "€0.45 of it were used, without VAT." in said
    assert visit.violations() == []
    assert visit.is_as_wide_as_the_window()


def _sets_a_limit(bram: Bram, visit: Visit) -> None:
    """The page of limits shows the ceilings, takes a limit of his own, and says what stays blocked."""
    with bram.company.acting():
        line = Line.objects.get().public_id
    assert visit.go(f"/usage/{line}/limits/") == 200
    assert visit.text("h1").replace("\u00a0", " ") == "What 0470 65 43 21 may cost"
    visit.page.fill("#id_amount", "30")
    visit.page.click(".panel button[value=cap]")
    visit.page.wait_for_selector(".notice")
    said = visit.text().replace("\u00a0", " ")
    assert "€30.00 a month; there it stops." in said
    assert "A limit of €30.00 that stops" in said
    assert visit.violations() == []
    assert visit.is_as_wide_as_the_window()


def _two_skips_and_an_invoice(bram: Bram) -> None:
    with bram.company.acting():
        drafts = Draft.objects.filter(account=bram.account).order_by("run__month")
        assert [(one.skip_reason, one.carried and str(one.carried)) for one in drafts] == [
            ("private-skipped", "1.20"), ("private-skipped", "2.40"), ("", None),
        ]  # fmt: skip
        invoice = Invoice.objects.get(account=bram.account)
        assert str(invoice.total) == "3.60"  # forced: 3 x 1.20 is less than 5.00


def _reads_the_invoice(bram: Bram, visit: Visit) -> None:
    """The list says why two months had none; the invoice opens to the record of the parking, and to its reason."""
    assert visit.go("/private/") == 200
    visit.page.evaluate("document.querySelectorAll('main details').forEach((part) => { part.open = true })")
    said = visit.text().replace("\u00a0", " ")
    assert "No invoice for June 2026" in said
    assert "€1.20 is not more than €5.00." in said
    assert "After 2 months without an invoice there is one now." in said
    assert visit.violations() == []
    visit.page.click("text=Open the invoice")
    with bram.company.acting():
        invoice = Invoice.objects.get(account=bram.account).public_id
    status, kind, body = visit.fetch(f"/invoices/{invoice}/pdf")
    assert (status, kind, body[:5]) == (200, "application/pdf", b"%PDF-")
    visit.page.click(".lines li:last-child summary")
    visit.page.click(".lines li:last-child >> text=The records behind this amount")
    said = visit.text().replace("\u00a0", " ")
    assert "1 record, €1.20 exactly" in said
    visit.page.click("tbody a")
    assert "Asked by a third party, which we only collect: €1.20." in visit.text().replace("\u00a0", " ")
    assert visit.violations() == []
    assert visit.is_as_wide_as_the_window()
