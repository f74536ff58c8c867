"""SMS through a real SMPP server, a real HTTP server, and the folder of the stand-in."""

from __future__ import annotations

import base64
import json
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from smpplib import consts
from tests.smsc import Centre, open_centre

from ligneclaire.adapters.sms.sending import Sms, gateway

BRAM, NORA = "+32470654321", "+32470123456"


def sms(recipient: str = BRAM, text: str = "75 % van uw bundel is gebruikt.", key: str = "aB3") -> Sms:
    return Sms(key, "Vlinder", recipient, text)


def test_smpp_takes_a_message_as_it_is(tmp_path: Path) -> None:
    with open_centre(Centre()) as (centre, url):
        assert list(gateway(url, tmp_path)([sms(), sms(NORA)])) == ["", ""]
    assert (centre.bound, centre.unbound) == (["lc"], 1)
    first, second = centre.taken
    assert (first.source_addr, first.destination_addr) == (b"Vlinder", b"32470654321")
    assert first.short_message == b"75 % van uw bundel is gebruikt."
    assert (first.source_addr_ton, first.dest_addr_ton) == (consts.SMPP_TON_ALNUM, consts.SMPP_TON_INTL)
    assert second.destination_addr == b"32470123456"


def test_smpp_keeps_french_short_and_splits_what_is_long(tmp_path: Path) -> None:
    with open_centre(Centre(asks_first=True)) as (centre, url):
        send = gateway(url, tmp_path)
        assert list(send([sms(text="Vous avez utilisé 75\u00a0% de l’offre, à 14\u202fh.")])) == [""]
        assert list(send([sms(text="à" * 161)])) == [""]
        assert list(send([sms(text="Ω≠" * 10)])) == [""]
    short, part_one, part_two, other = centre.taken
    assert short.data_coding == consts.SMPP_ENCODING_DEFAULT
    assert short.short_message == b"Vous avez utilis\x05 75 % de l'offre, \x7f 14 h."
    assert part_one.esm_class == consts.SMPP_GSMFEAT_UDHI
    assert len(part_one.short_message) + len(part_two.short_message) == 161 + 2 * 6
    assert (other.data_coding, other.short_message.decode("utf-16-be")) == (consts.SMPP_ENCODING_ISO10646, "Ω≠" * 10)


def test_smpp_names_what_was_refused_and_goes_on(tmp_path: Path) -> None:
    refused = Centre(refuses={"32470654321": consts.SMPP_ESME_RINVDSTADR})
    with open_centre(refused) as (centre, url):
        assert list(gateway(url, tmp_path)([sms(), sms(NORA)])) == ["refused 11", ""]
    assert len(centre.taken) == 1


def test_smpp_loses_nothing_when_the_server_hangs_up_or_is_not_there(tmp_path: Path) -> None:
    with open_centre(Centre(hangs_up_on="32470654321")) as (centre, url):
        assert list(gateway(url, tmp_path)([sms(NORA), sms(), sms(NORA)])) == ["", "ConnectionError", "ConnectionError"]
        assert len(centre.taken) == 1
        wrong = url.replace("secret", "guess")
        assert list(gateway(wrong, tmp_path)([sms(), sms()])) == [f"not bound {consts.SMPP_ESME_RBINDFAIL}"] * 2
    assert list(gateway(url, tmp_path)([sms()])) == ["ConnectionError"]


@contextmanager
def open_web(status: int = 202) -> Iterator[tuple[list[tuple[str, dict[str, str]]], str]]:
    """A real HTTP server that keeps what is posted."""
    posted: list[tuple[str, dict[str, str]]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            posted.append((self.headers.get("Authorization", ""), body))
            self.send_response(status)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        try:
            yield posted, f"http://lc:s%40cret@127.0.0.1:{server.server_port}/send"
        finally:
            server.shutdown()


def test_http_posts_json_with_an_id_of_its_own(tmp_path: Path) -> None:
    with open_web() as (posted, url):
        assert list(gateway(url, tmp_path)([sms()])) == [""]
    assert posted == [
        (
            f"Basic {base64.b64encode(b'lc:s@cret').decode()}",
            {"id": "aB3", "from": "Vlinder", "to": BRAM, "text": "75 % van uw bundel is gebruikt."},
        )
    ]


@pytest.mark.parametrize("status", [500, 403, 302])
def test_http_names_the_answer_and_follows_no_other_address(tmp_path: Path, status: int) -> None:
    with open_web(status) as (posted, url):
        assert list(gateway(url, tmp_path)([sms()])) == [f"refused {status}"]
    assert len(posted) == 1
    assert list(gateway(url, tmp_path)([sms()])) == ["URLError"]


def test_the_folder_holds_a_file_for_each_message_once(tmp_path: Path) -> None:
    send = gateway("", tmp_path / "sms")
    assert list(send([sms(), sms(NORA, key="x9")])) == ["", ""]
    assert list(send([sms()])) == [""]
    assert sorted(one.name for one in (tmp_path / "sms").iterdir()) == ["aB3.txt", "x9.txt"]
    assert (tmp_path / "sms" / "aB3.txt").read_text() == (
        f"From: Vlinder\nTo: {BRAM}\n\n75 % van uw bundel is gebruikt.\n"
    )


def test_an_address_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="an SMS gateway looks like"):
        gateway("ftp://host", tmp_path)


def test_no_number_and_no_word_reaches_a_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), open_centre(Centre()) as (_centre, url), open_web() as (_posted, web):
        list(gateway(url, tmp_path)([sms()]))
        list(gateway(web, tmp_path)([sms()]))
    assert "32470654321" not in caplog.text
    assert b"32470654321".hex() not in caplog.text
    assert "bundel" not in caplog.text
