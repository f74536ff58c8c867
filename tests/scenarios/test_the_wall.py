"""FMP-11: what belongs to Bram is nowhere for anybody else. Every address of the product is walked, in three languages
(two of them by `make soak`), and the bytes are searched for each amount, volume, number and time of his part."""

from __future__ import annotations

from pathlib import Path

import pytest

from ligneclaire.domains.lines import queries as lines
from ligneclaire.domains.promises import queries as promises
from ligneclaire.journeys.customer_pages import subjects_of
from tests import cast, leaks, walled_today
from tests.hidden import secrets
from tests.walled import Scene

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def known(tmp_path: Path) -> Scene:
    return walled_today.lived(tmp_path)


@pytest.mark.rule("FMP-11", "SPL-08")
@pytest.mark.parametrize(
    "languages",
    [("nl",), pytest.param(("fr", "en"), marks=pytest.mark.soak)],
    ids=["in Dutch", "in French and English"],
)
def test_nobody_else_finds_anything_of_brams_part(known: Scene, languages: tuple[str, ...]) -> None:
    hidden = secrets(known)
    assert len(hidden.brams) > 150
    assert len(hidden.companys) > 30
    found = {(reader.name, *leak) for reader in leaks.readers(known) for leak in leaks.leaks(reader, hidden, languages)}
    assert found == set()
    assert [one for one in hidden.brams if one in leaks.mails(known)] == []


@pytest.mark.rule("FMP-11", "USE-04")
def test_bram_finds_it_and_his_manager_reads_the_employers_part(known: Scene) -> None:
    """So that the search above is one that finds."""
    hidden, own = secrets(known), leaks.paths(known)
    bram = leaks.Reader("Bram", leaks.signed_in("bram@bora.example"), lambda: own)
    places = {path.split("?")[0].split("/")[1] for path, _words in leaks.leaks(bram, hidden, ["en"])}
    assert {"usage", "invoices", "api"} <= places
    nora = leaks.signed_in("nora@bora.example")
    nora.cookies["language"] = "en"
    nora.post("/fleet/enter", {"company": known.bora.party.public_id})
    with known.bora.acting():
        line, other = known.bora.contract.line.public_id, known.zeta.contract.line.public_id
    assert "€15.00" in leaks.told(nora.get(f"/fleet/lines/{line}/?month={leaks.MONTH}"))
    zoe = leaks.signed_in("zoe@example.org")
    zoe.post("/fleet/enter", {"company": known.zeta.party.public_id})
    assert zoe.get(f"/fleet/lines/{line}/?month={leaks.MONTH}").status_code == 404
    assert zoe.get(f"/fleet/lines/{other}/").status_code == 200
    eva = leaks.signed_in("eva@example.org")
    assert eva.get(f"/desk/customers/{known.bora.party.public_id}/").status_code == 200
    at_the_desk = leaks.told(eva.get(f"/desk/lines/{line}/usage/{leaks.MONTH}/?for=user"))
    assert any(one in at_the_desk for one in hidden.brams)  # on the user's own page, not on the employer's


@pytest.mark.rule("FMP-11")
def test_a_reason_opens_no_page_of_the_employer(known: Scene) -> None:
    """Eva gives a reason on the user's page: on the employer's page of the same line and month she sees no more."""
    hidden, eva = secrets(known), leaks.signed_in("eva@example.org")
    eva.cookies["language"] = "en"
    with known.bora.acting():
        line = known.bora.contract.line.public_id
    address, reason = f"/desk/lines/{line}/usage/{leaks.MONTH}/", {"kind": "complaint", "words": "KL-118"}
    assert eva.post(f"{address}numbers", reason).status_code == 404
    assert eva.post(f"{address}numbers?for=user", reason).status_code == 302
    assert "+44 20 7946 0123" in leaks.told(eva.get(f"{address}?for=user"))
    for page in (address, f"{address}records.csv"):
        assert [one for one in hidden.brams if one in leaks.told(eva.get(page))] == []
    assert "the bill is shared" in leaks.told(eva.get(address))


@pytest.mark.rule("FMP-11", "SPL-08")
def test_what_bram_disputes_is_told_within_his_scope_alone(known: Scene) -> None:
    """Also to who knows the public id of his request."""
    with known.bora.acting():
        asked = promises.promises_of(lines.scope_of(known.bram.login), cast.today())
        assert [one.kind for one in asked] == ["dispute"]
        assert subjects_of(lines.scope_of(known.bram.login), asked).keys() == {asked[0].public_id}
        for other in (known.bora.person, known.zeta.person, known.els, known.anna.person):
            assert subjects_of(lines.scope_of(other.login), asked) == {}
