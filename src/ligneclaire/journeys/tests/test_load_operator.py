"""Loading an operator: whole or not at all, as often as one likes; what is published is never edited."""

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import connections

from ligneclaire.domains.accounts.policies import DirectDebit
from ligneclaire.domains.operators.models import Operator
from ligneclaire.domains.rulebook import queries as rulebook
from ligneclaire.domains.rulebook.folders import FolderRefused
from ligneclaire.domains.rulebook.models import PolicyVersion
from ligneclaire.domains.rulebook.places import CHECKOUT
from ligneclaire.journeys.load_operator import load

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
OWNER = "owner"
CATALOGUE = ("usage_terms", "rate_deck", "price_version", "product")
pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def colline(tmp_path: Path) -> Iterator[Path]:
    """A new operator, a copy of the rural one under another name; taken out again at the end."""
    folder = tmp_path / "colline"
    shutil.copytree(CHECKOUT / "operators" / "rural", folder)
    edit(folder / "profile.toml", 'code = "rural"', 'code = "colline"')
    edit(folder / "profile.toml", "rural.localhost", "colline.localhost")
    yield folder
    with connections[OWNER].cursor() as cursor:
        for table in ("audit_entry", *CATALOGUE, "policy_version", "legal_entity"):
            cursor.execute(f"delete from {table} where operator_id in (select id from operator where code = 'colline')")
        cursor.execute("delete from operator where code = 'colline'")


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def act(folder: Path, *, keep: bool = True) -> list[str]:
    return [one.what for one in load(folder, at=AT, actor="command:test", keep=keep)]


def counts() -> tuple[int, ...]:
    with connections[OWNER].cursor() as cursor:
        found = []
        for table in ("operator", "legal_entity", "policy_version", *CATALOGUE, "audit_entry"):
            cursor.execute(f"select count(*) from {table}")
            found.append(cursor.fetchone()[0])
    return tuple(found)


def test_loading_twice_changes_nothing(colline: Path) -> None:
    before = counts()
    assert "operator colline" in act(colline, keep=False)
    assert counts() == before
    assert "operator colline" in act(colline)
    after = counts()
    assert act(colline) == []
    assert act(colline, keep=False) == []
    assert counts() == after


def test_a_faulty_folder_writes_nothing(colline: Path) -> None:
    before = counts()
    edit(colline / "policies.toml", "debit_day = 5", "debit_day = 50")
    with pytest.raises(FolderRefused):
        act(colline)
    assert counts() == before


def test_a_published_version_is_followed_not_edited(colline: Path) -> None:
    act(colline)
    before = counts()
    edit(colline / "policies.toml", "debit_day = 5", "debit_day = 6")
    edit(colline / "catalogue.toml", 'monthly = "29.90"', 'monthly = "31.90"')
    with pytest.raises(FolderRefused) as refused:
        act(colline)
    assert [(fault.file, fault.key) for fault in refused.value.faults] == [
        ("policies.toml", "accounts.debit@2015-01-01"),
        ("catalogue.toml", "radio-30"),
    ]
    assert counts() == before
    edit(colline / "policies.toml", "debit_day = 6", "debit_day = 5")
    edit(colline / "catalogue.toml", 'monthly = "31.90"', 'monthly = "29.90"')
    edit(
        colline / "policies.toml",
        "[[accounts.debit]]\nfrom = 2015-01-01",
        "[[accounts.debit]]\nfrom = 2015-01-01\nuntil = 2027-01-01",
    )
    with (colline / "policies.toml").open("a") as file:
        file.write("\n[[accounts.debit]]\nfrom = 2027-01-01\ndebit_day = 8\nnotice_days = 5\n")
    assert [what for what in act(colline) if what.startswith("policy")] == [
        "policy accounts.debit@2015-01-01",
        "policy accounts.debit@2027-01-01",
    ]
    operator = Operator.objects.get(code="colline")
    book = rulebook.book_of(operator.pk, using=OWNER)
    days = []
    for day in (date(2026, 12, 31), date(2027, 1, 1)):
        found = book.in_force(DirectDebit, day)
        assert found is not None
        days.append((found.value.debit_day, found.source))
    assert days == [(5, "accounts.debit@2015-01-01"), (8, "accounts.debit@2027-01-01")]
    superseded = (
        PolicyVersion.objects.using(OWNER).filter(operator=operator, key="accounts.debit").exclude(superseded_at=None)
    )
    assert [row.effective_to for row in superseded] == [None]


def test_two_operators_can_not_share_a_host(colline: Path) -> None:
    edit(colline / "profile.toml", "colline.localhost", "rural.localhost")
    before = counts()
    with pytest.raises(FolderRefused, match="host"):
        act(colline)
    assert counts() == before
