"""The typesetter: words in every language, named failures, threads side by side."""

from __future__ import annotations

import re
import threading
from datetime import UTC, datetime

import pytest

from ligneclaire.adapters import pdf

STAMP = datetime(2026, 7, 2, tzinfo=UTC)
PLACE = re.compile(r"\{\w+\}")


@pytest.mark.parametrize("country", ["FR", "BE"])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_language_has_every_word_and_its_places(language: str, country: str) -> None:
    french, other = pdf.labels("fr", country), pdf.labels(language, country)
    assert set(french) == set(other)
    loose = {"title_month", "title_credit_note_month"}  # French says "d’août": it takes the word with its preposition
    for key in set(french) - loose:
        assert set(PLACE.findall(french[key])) == set(PLACE.findall(other[key])), key


def test_no_word_shouts_and_none_is_empty() -> None:
    for language in ("fr", "nl", "en"):
        for country in ("FR", "BE"):
            for key, words in pdf.labels(language, country).items():
                assert words.strip() == words != "", key
                assert "!" not in words, key


def test_belgium_says_some_things_otherwise() -> None:
    assert pdf.labels("fr", "FR")["credit_note"] == "Avoir"
    assert pdf.labels("fr", "BE")["credit_note"] == "Note de crédit"
    assert "BE" not in pdf.labels("fr", "BE")


def test_what_cannot_be_typeset_is_a_named_failure() -> None:
    with pytest.raises(pdf.TypesettingFailed, match="no-such-template"):
        pdf.typeset("no-such-template", {}, stamp=STAMP)
    with pytest.raises(pdf.TypesettingFailed, match="invoice"):
        pdf.typeset("invoice", {"words": {}}, stamp=STAMP)


def test_threads_do_not_disturb_each_other() -> None:
    made: dict[int, bytes] = {}

    def make(number: int) -> None:
        made[number] = pdf.typeset("probe", str(number % 2), stamp=STAMP)

    threads = [threading.Thread(target=make, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 6
    assert len({made[number] for number in (0, 2, 4)}) == len({made[number] for number in (1, 3, 5)}) == 1
    assert made[0] != made[1]


def test_the_version_is_that_of_template_look_and_fonts() -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", pdf.version("invoice"))
    assert pdf.version("invoice") != pdf.version("probe")
