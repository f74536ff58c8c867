"""Catalogues without gettext: what Django reads is what the translators wrote."""

from __future__ import annotations

import argparse
import gettext
from pathlib import Path

import pytest

from ligneclaire.interfaces.jobs import compile_messages

PO = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "To pay"
msgstr "À payer"

#, fuzzy
msgid "Paid"
msgstr "Payer"
"""


@pytest.fixture
def po(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "home" / "locale" / "fr" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text(PO)
    monkeypatch.setattr(compile_messages, "PACKAGE", tmp_path)
    return path


def compile_all(*, everything: bool = False) -> int:
    return compile_messages.run(argparse.Namespace(all=everything))


def test_a_translation_is_found_and_a_fuzzy_one_is_not(po: Path) -> None:
    assert compile_all() == 0
    with po.with_suffix(".mo").open("rb") as made:
        texts = gettext.GNUTranslations(made)
    assert texts.gettext("To pay") == "À payer"
    assert texts.gettext("Paid") == "Paid"


def test_what_is_up_to_date_is_left_alone(po: Path) -> None:
    compile_all()
    made = po.with_suffix(".mo").stat().st_ino
    compile_all()
    assert po.with_suffix(".mo").stat().st_ino == made
    compile_all(everything=True)
    assert po.with_suffix(".mo").stat().st_ino != made


def test_a_broken_catalogue_is_named_and_keeps_the_old_one(po: Path, capsys: pytest.CaptureFixture[str]) -> None:
    compile_all()
    old = po.with_suffix(".mo").read_bytes()
    po.write_text(PO + '\nmsgid "half"\nthis is no line of a catalogue\n')
    assert compile_all(everything=True) == 1
    assert str(po) in capsys.readouterr().err
    assert po.with_suffix(".mo").read_bytes() == old


def test_every_catalogue_of_the_product_compiles() -> None:
    assert len(compile_messages.catalogues()) >= 2
    assert [fault for path in compile_messages.catalogues() if (fault := compile_messages.compile_one(path))] == []
