"""Faults are told in the reader's language, and a broken page asks the database nothing."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils import translation

from ligneclaire.interfaces import faults

WORDS = {
    ("not_found", "fr"): (404, "Il n’y a rien à cette adresse"),
    ("not_found", "nl"): (404, "Op dit adres staat niets"),
    ("not_found", "en"): (404, "There is nothing at this address"),
    ("refused", "fr"): (403, "Cette page ne vous est pas ouverte"),
    ("refused", "nl"): (403, "Deze pagina is niet voor u toegankelijk"),
    ("refused", "en"): (403, "This page is not open to you"),
    ("broken", "fr"): (500, "Quelque chose s’est rompu de notre côté"),
    ("broken", "nl"): (500, "Er is bij ons iets stukgegaan"),
    ("broken", "en"): (500, "Something broke on our side"),
}


def _request() -> HttpRequest:
    request = RequestFactory().get("/somewhere")
    request.user = AnonymousUser()
    request.operator = SimpleNamespace(  # type: ignore[attr-defined]
        name="Haute Ligne", languages=["fr", "nl", "en"], look={"accent": "#2f6b3c"}, profile={}, country="FR", texts={}
    )
    return request


@pytest.mark.parametrize(("name", "language"), sorted(WORDS))
def test_a_fault_is_told_without_the_database(name: str, language: str) -> None:
    with translation.override(language):
        answer = getattr(faults, name)(_request())
    status, words = WORDS[name, language]
    assert answer.status_code == status
    assert f"<h1>{words}</h1>" in answer.content.decode()
    assert f'lang="{language}"' in answer.content.decode()
