"""Sentences: all languages say the same things, with the same values."""

import pytest

from ligneclaire.kernel import texts
from ligneclaire.kernel.because import Step, step


@pytest.mark.parametrize("domain", texts.domains_with_texts())
def test_all_languages_have_the_same_codes_and_places(domain: str) -> None:
    english = {code: texts.places(text) for code, text in texts.texts_of(domain, "en").items()}
    assert english
    for lang in ("fr", "nl"):
        assert {code: texts.places(text) for code, text in texts.texts_of(domain, lang).items()} == english


@pytest.mark.parametrize("domain", texts.domains_with_texts())
def test_no_sentence_shouts(domain: str) -> None:
    assert not [text for lang in texts.LANGUAGES for text in texts.texts_of(domain, lang).values() if "!" in text]


def test_values_are_written_as_people_write_them() -> None:
    sentence = "{amount:money} {on:date} {month:month} {share:percent} {days:count(jour|jours)} {long:duration} {name}"
    params: dict[str, str | int] = {
        "amount": "1234.50",
        "on": "2026-06-01",
        "month": "2026-08",
        "share": "5.5",
        "days": 1,
        "long": "PT72H30M",
        "name": "Anna",
    }
    assert texts.fill(sentence, "fr", params).replace("\u00a0", " ").replace("\u202f", " ") == (
        "1 234,50 € 1er juin 2026 août 2026 5,5 % 1 jour 72 h 30 min Anna"
    )
    assert texts.money("0.0123", "nl").replace("\u00a0", " ") == "€ 0,0123"
    assert texts.clock("2026-06-12T14:30:00+02:00", "en") == "12 June 2026, 14:30"


@pytest.mark.parametrize(
    ("closed", "on", "lang", "expected"),
    [
        ("2026-07-05", "2026-07-06", "fr", "5 juillet : dimanche. lundi 6 juillet"),
        ("2026-05-01", "2026-05-04", "fr", "1er mai : férié. lundi 4 mai"),
        ("2026-08-01", "2026-08-03", "nl", "1 augustus : zaterdag. maandag 3 augustus"),
    ],
)
def test_why_banks_are_closed(closed: str, on: str, lang: str, expected: str) -> None:
    sentence = "{closed:day} : {closed:closed(férié)}. {on:weekday}"
    assert texts.fill(sentence, lang, {"closed": closed, "on": on}) == expected


def test_what_is_missing_is_named() -> None:
    with pytest.raises(texts.TextMissing, match=r"billing\.nothing"):
        texts.say("billing.nothing", "fr")
    with pytest.raises(texts.TextMissing, match="amount"):
        texts.fill("{amount:money}", "fr", {})


def test_a_step_survives_json() -> None:
    first = step("billing.pro-rata", "C2", "17.45", "billing.calendar@2015-01-01", days=15, on="2026-04-16")
    assert Step.from_json(first.to_json()) == first
    assert first.params == {"days": 15, "on": "2026-04-16"}
