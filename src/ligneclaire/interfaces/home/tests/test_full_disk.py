"""A disk that is full while a PDF is kept: the reader gets it all the same, nothing half written stays, and the next
request keeps it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.http import HttpResponseBase
from django.test import Client
from tests.full_disk import no_file_over

from ligneclaire.domains.access.models import Login
from ligneclaire.interfaces.home.tests import billed


def test_a_pdf_is_shown_but_not_half_kept(database: None, settings: Any, tmp_path: Path) -> None:
    settings.FILES = tmp_path
    anna = billed.anna()
    client = Client(HTTP_HOST="rural.localhost")
    with anna.acting():
        client.force_login(Login.objects.get(email="anna@example.org"))
    path = f"/invoices/{billed.invoice_of(anna).public_id}/pdf"
    with no_file_over(4096):
        first = client.get(path)
    assert first.status_code == 200
    assert _body(first).startswith(b"%PDF-")
    assert list((tmp_path / "documents").iterdir()) == []
    again = client.get(path)
    assert _body(again) == _body(first)
    kept = {one.suffix: one for one in (tmp_path / "documents").iterdir()}
    assert kept[".pdf"].read_bytes() == _body(again)
    assert len(kept) == 2


def _body(answer: HttpResponseBase) -> bytes:
    return b"".join(answer) if answer.streaming else answer.content  # type: ignore[attr-defined]
