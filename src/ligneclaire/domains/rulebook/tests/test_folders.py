"""An operator's folder is checked whole: every fault by file, key and reason, all at once."""

import shutil
from pathlib import Path

import pytest

from ligneclaire.domains.rulebook import folders
from ligneclaire.domains.rulebook.places import CHECKOUT


@pytest.fixture
def rural(tmp_path: Path) -> Path:
    shutil.copytree(CHECKOUT / "operators" / "rural", tmp_path / "rural")
    return tmp_path / "rural"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def faults(folder: Path) -> list[tuple[str, str, str]]:
    with pytest.raises(folders.FolderRefused) as refused:
        folders.read(folder)
    return [(fault.file, fault.key, fault.reason) for fault in refused.value.faults]


@pytest.mark.parametrize("code", ["rural", "lessor", "fleet"])
@pytest.mark.rule("ADM-28")
def test_the_demo_operators_have_no_faults(code: str) -> None:
    found = folders.read(CHECKOUT / "operators" / code)
    assert found.profile.code == code
    assert found.profile.host == f"{code}.localhost"
    assert set(found.profile.contact) == {
        "telephone", "sales_line", "finance_email", "privacy_email", "head_office", "billing_address",
        "consumer_service", "mediator", "mediator_url", "insurer_telephone", "help_url", "policy_url",
        *(["complementary_account"] if code == "lessor" else []),
    }  # fmt: skip


def test_all_faults_of_all_files_come_at_once(rural: Path) -> None:
    edit(rural / "profile.toml", 'host = "rural.localhost"', 'hosts = "rural.localhost"')
    edit(rural / "profile.toml", "FR7699999001420001234567828", "FR7699999001420001234567829")
    edit(rural / "policies.toml", "debit_day = 5", "debit_day = 32")
    edit(rural / "catalogue.toml", 'monthly = "29.90"', 'monthly = "29.9012"')
    edit(rural / "texts/nl.toml", "welcome =", "greeting =")
    edit(rural / "look.toml", "#2f6b3c", "#9fd6ac")
    said = faults(rural)
    assert [(file, key) for file, key, _ in said] == [
        ("profile.toml", "host"),
        ("profile.toml", "hosts"),
        ("profile.toml", "legal_entity.iban"),
        ("policies.toml", "accounts.debit[1].debit_day"),
        ("catalogue.toml", "offer[1].price[2].monthly"),
        ("texts/fr.toml", "greeting"),
        ("texts/nl.toml", "welcome"),
        ("texts/en.toml", "greeting"),
        ("look.toml", "accent"),
    ]
    reasons = [reason for _, _, reason in said]
    assert reasons[0] == "missing"
    assert reasons[1] == "unknown key"
    assert "check digits" in reasons[2]
    assert "1 to 31" in reasons[3]
    assert "two decimals" in reasons[4]
    assert "translation" in reasons[5]
    assert "contrast" in reasons[8]


@pytest.mark.parametrize(
    ("file", "old", "new", "key", "reason"),
    [
        (
            "policies.toml",
            "from = 2015-01-01",
            "from = 2015-01-01\nuntil = 2014-01-01",
            "billing.calendar[1].until",
            "ends",
        ),
        ("policies.toml", "from = 2015-01-01", "", "billing.calendar[1].from", "missing"),
        ("policies.toml", "from = 2015-01-01", 'from = "2015"', "billing.calendar[1].from", "date"),
        (
            "policies.toml",
            "invoice_day = 2",
            "invoice_day = 2\nbill_day = 3",
            "billing.calendar[1].bill_day",
            "unknown",
        ),
        ("policies.toml", "invoice_day = 2", "invoice_day = 2.0", "billing.calendar[1].invoice_day", "whole number"),
        ("policies.toml", "[[billing.calendar]]", "[[billing.calender]]", "billing.calender", "unknown key"),
        ("policies.toml", "[[billing.calendar]]", "[billing.calendar]", "billing.calendar", "versions"),
        (
            "policies.toml",
            "invoice_day = 2",
            "invoice_day = 2\n[[billing.calendar]]\nfrom = 2020-01-01\ninvoice_day = 3",
            "billing.calendar from 2020-01-01",
            "overlaps",
        ),
        ("catalogue.toml", "tax = 20", "tax = 19.6", "offer[1].price[1].tax", "percentage"),
        ("catalogue.toml", "tax = 20", 'tax = "19.6"', "offer[1].price[1].tax", "no tax rate of 19.6 % in FR"),
        ("catalogue.toml", "tax = 20", "tax = 21", "offer[1].price[1].tax", "no tax rate of 21 %"),
        ("catalogue.toml", 'monthly = "27.90"', "monthly = 27.90", "offer[1].price[1].monthly", "two decimals"),
        ("catalogue.toml", 'monthly = "27.90"', 'monthly = "-1.00"', "offer[1].price[1].monthly", "negative"),
        ("catalogue.toml", "until = 2026-01-01", "until = 2026-02-01", "offer[1].price", "overlaps"),
        ("catalogue.toml", "until = 2026-01-01", "until = 2014-01-01", "offer[1].price[1].until", "ends"),
        ("catalogue.toml", 'nl = "Radio-internet 30", ', "", "offer[1].names.nl", "translation"),
        ("catalogue.toml", 'category = "internet"', 'category = "water"', "offer[1].category", "none of"),
        ("catalogue.toml", "commitment_months = 12", "commitment = 12", "offer[1].commitment", "unknown key"),
        ("catalogue.toml", 'code = "radio-30-libre"', 'code = "radio-30"', "radio-30", "two products"),
        ("profile.toml", 'languages = ["fr", "nl", "en"]', 'languages = ["fr", "de"]', "languages", "fr, nl, en"),
        ("profile.toml", 'code = "rural"', 'code = "other"', "code", "folder"),
        ("profile.toml", "FR51999914328", "FR52999914328", "legal_entity.vat_number", "check digits"),
        ("profile.toml", "FR20ZZZ999914", "FR21ZZZ999914", "legal_entity.creditor_identifier", "check digits"),
        ("profile.toml", 'sales_line = "+33170000915"\n', "", "contact.sales_line", "missing"),
        ("look.toml", "<path d", "<script d", "logo_svg", "script"),
        ("look.toml", "#2f6b3c", "green", "accent", "colour"),
    ],
)
def test_each_fault_names_its_key_and_reason(rural: Path, file: str, old: str, new: str, key: str, reason: str) -> None:
    edit(rural / file, old, new)
    said = [one for one in faults(rural) if one[:2] == (file, key)]
    assert len(said) == 1
    assert reason in said[0][2]


def test_a_file_that_is_no_toml_names_its_line(rural: Path) -> None:
    edit(rural / "policies.toml", "invoice_day = 2", "invoice_day = ")
    [(file, key, reason)] = faults(rural)
    assert (file, key) == ("policies.toml", "")
    assert "line 6" in reason


def test_missing_unknown_and_broken_files(rural: Path) -> None:
    (rural / "look.toml").unlink()
    (rural / "prices.toml").write_text("")
    (rural / "texts" / "en.toml").write_bytes(b'welcome = "\xff"')
    said = faults(rural)
    assert ("look.toml", "", "the file is missing") in said
    assert ("prices.toml", "", "unknown file") in said
    assert any(file == "texts/en.toml" and "UTF-8" in reason for file, _, reason in said)


def test_desks_of_the_profile_are_a_policy(rural: Path) -> None:
    path = rural / "profile.toml"
    desk = '\n[[desks]]\nname = "billing"\nhours = [{ days = [1], opens = "09:00", closes = "10:00" }]\n'
    path.write_text(path.read_text(encoding="utf-8") + desk, encoding="utf-8")
    versions = folders.read(rural).versions
    assert [one.key for one in versions].count("assistance.opening_hours") == 1
    path.write_text(path.read_text(encoding="utf-8").replace('opens = "09:00"', 'opens = "11:00"'), encoding="utf-8")
    assert [(file, key) for file, key, _ in faults(rural)] == [("profile.toml", "desks")]


def test_a_digest_sees_every_change(rural: Path) -> None:
    before = folders.read(rural).digest
    assert folders.read(rural).digest == before
    edit(rural / "texts/fr.toml", "Bienvenue", "Bonjour")
    assert folders.read(rural).digest != before
