"""What a message needs and when it is tried again; no database."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ligneclaire.domains.outbox import letters, rules
from ligneclaire.kernel import texts

READY = {
    "invoice": "aB3", "number": "R-2026-000017", "month": "2026-07", "total": "87.84", "due": "87.84",
    "complementary": "0.00", "method": "direct-debit", "pay_on": "2026-07-06", "last_four": "2606",
    "communication": "RF18539007547034",
}  # fmt: skip
SPENT = [
    ("domestic-be", "limit"),
    *(("roaming-eu", level) for level in ("warning", "limit", "reminder")),
    *(("roaming-world", level) for level in ("warning", "limit")),
    *(("own", level) for level in ("warning", "limit", "warns")),
]


def test_the_wait_grows_to_a_day() -> None:
    waits = [rules.wait_after(attempts) for attempts in range(1, rules.MOST_ATTEMPTS + 1)]
    assert waits[:4] == [timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1)]
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(days=1)


@pytest.mark.parametrize(
    ("template", "params", "said"),
    [
        ("invoice-redy", READY, "no message is called 'invoice-redy'"),
        ("invoice-ready", {k: v for k, v in READY.items() if k != "total"}, "missing ['total']"),
        ("invoice-ready", {**READY, "iban": "BE68"}, "unknown ['iban']"),
        ("invoice-ready", {**READY, "total": 87.84}, "not text: ['total']"),
    ],
)
def test_values_that_do_not_fit_are_refused(template: str, params: dict[str, str], said: str) -> None:
    with pytest.raises(rules.UnknownMessage, match=said.replace("[", r"\[").replace("]", r"\]")):
        rules.check_params(template, params)


SAID = {
    "fr": (
        "Votre facture, juillet 2026 : 87,84 €",
        "Le 6 juillet 2026, nous prélèverons 87,84 € sur votre compte qui se termine par 2606. "
        "Vous n’avez rien à faire.",
    ),
    "nl": (
        "Uw factuur van juli 2026: € 87,84",
        "Op 6 juli 2026 nemen wij € 87,84 van uw rekening die eindigt op 2606. U hoeft niets te doen.",
    ),
    "en": (
        "Your invoice for July 2026: €87.84",
        "On 6 July 2026 we will take €87.84 from your account ending in 2606. There is nothing you need to do.",
    ),
}


@pytest.mark.parametrize("lang", SAID)
def test_the_letter_says_how_much_when_and_from_where(lang: str) -> None:
    letter = letters.write("invoice-ready", READY, lang)
    subject, pays = SAID[lang]
    assert letter.subject.replace("\u00a0", " ") == subject
    assert pays in [sentence.replace("\u00a0", " ") for sentence in letter.sentences]
    assert letter.path == "/invoices/aB3/"


@pytest.mark.parametrize(
    ("method", "words"),
    [
        ("transfer", "Please transfer €43.92 by 6 July 2026, quoting RF18539007547034."),
        ("cheque", "Please send us a cheque for €43.92"),
    ],
)
def test_each_way_of_payment_has_its_sentence(method: str, words: str) -> None:
    letter = letters.write("invoice-ready", {**READY, "method": method, "due": "43.92", "complementary": "43.92"}, "en")
    assert any(words in sentence for sentence in letter.sentences)
    assert "Part of it is settled in complementary currency: €43.92." in letter.sentences


def test_nothing_is_asked_for_when_nothing_is_due_in_euro() -> None:
    letter = letters.write("invoice-ready", {**READY, "due": "0.00", "complementary": "87.84"}, "en")
    assert not any("take" in sentence for sentence in letter.sentences)


def test_every_letter_can_be_written_in_every_language() -> None:
    values = {
        **READY,
        "corrects": "R-2026-000003",
        "promise": "pR1",
        "amount": "12.00",
        "currency": "EUR",
        "due_on": "2026-07-20",
        "outcome": "credited",
        "words": "Vous aviez raison.",
        "received_on": "2026-09-01",
        "last_day": "2026-09-11",
        "prices": "inclusive",
        "return_by": "2026-10-11",
        "reference": "RM-H1-1",
        "invitation": "iN1",
        "company": "Bora NV",
        "line": "0470 65 43 21",
        "until": "2026-06-03",
        "from_on": "2026-06-01",
        "pay_by": "2026-08-12",
        "code_id": "cO1",
        "proof": "pR1",
        "what": "email",
        "service": "data",
        "threshold": "75",
        "used": "18,8 GB",
        "allowance": "25 GB",
        "at": "2026-05-20T14:05:00+02:00",
        "kind": "roaming-eu",
        "level": "warning",
        "limit": "50.00",
        "page": "/usage/lI1/limits/",
    }
    made = {"token": "iN1.0af3", "code": "012345"}  # put in when a message is sent
    for template, needs in rules.TEMPLATES.items():
        params = {name: values[name] for name in needs}
        rules.check_params(template, params)
        for lang in texts.LANGUAGES:
            letter = letters.write(template, {**params, **made}, lang)
            assert letter.sentences
            assert "{" not in letter.subject + "".join(letter.sentences)


@pytest.mark.parametrize("lang", texts.LANGUAGES)
def test_a_warning_fits_into_one_short_message(lang: str) -> None:
    state = {"line": "0470 65 43 21", "at": "2026-09-20T14:05:00+02:00", "month": "2026-09"}
    for threshold in ("75", "100"):
        bundle = {**state, "service": "data", "threshold": threshold, "used": "187,5 GB", "allowance": "250 GB"}
        assert len(letters.short("bundle-alert", bundle, lang)) <= 160
    for kind, level in SPENT:
        page = "/fleet/lines/0123456789abcdef/limits"
        spend = {**state, "kind": kind, "level": level, "amount": "100.00", "limit": "50.00", "page": page}
        said = letters.short("spend-alert", spend | {"url": f"https://mobile.example{page}"}, lang)
        assert len(said) <= 160, said
        assert letters.write("spend-alert", spend, lang).path == page
    assert "012345" in letters.short("phone-code", {"code": "012345"}, lang)
