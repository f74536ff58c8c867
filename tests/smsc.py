"""A real SMPP server in the test process: it binds, takes short messages and answers as it is told."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from smpplib import consts, smpp
from smpplib.client import SimpleSequenceGenerator


class _Side:
    """What the library asks of the side that makes an answer."""

    sequence_generator = SimpleSequenceGenerator()
    sequence = property(lambda self: self.sequence_generator.sequence)
    next_sequence = sequence_generator.next_sequence


@dataclass
class Centre:
    """The server's own view: who bound, what it took, and with which status it answers a number."""

    password: str = "secret"
    bound: list[str] = field(default_factory=list)
    taken: list[Any] = field(default_factory=list)
    refuses: dict[str, int] = field(default_factory=dict)
    hangs_up_on: str = ""
    asks_first: bool = False  # an enquire_link before the answer
    unbound: int = 0


@contextmanager
def open_centre(centre: Centre) -> Iterator[tuple[Centre, str]]:
    """The centre behind a port of this machine, and its SMS_URL."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            while (pdu := _read(self.request)) is not None and _answer(centre, self.request, pdu):
                pass

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        try:
            yield centre, f"smpp://lc:secret@127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()


def _read(connection: Any) -> Any:
    head = connection.recv(4)
    if len(head) < 4:
        return None
    rest, missing = b"", struct.unpack(">L", head)[0] - 4
    while len(rest) < missing:
        rest += connection.recv(missing - len(rest))
    return smpp.parse_pdu(head + rest, client=_Side(), allow_unknown_opt_params=True)


def _answer(centre: Centre, connection: Any, pdu: Any) -> bool:
    status, known = consts.SMPP_ESME_ROK, {}
    if pdu.command == "bind_transmitter":
        status = 0 if pdu.password.decode() == centre.password else consts.SMPP_ESME_RBINDFAIL
        centre.bound.append(pdu.system_id.decode())
    elif pdu.command == "submit_sm":
        number = pdu.destination_addr.decode()
        if number == centre.hangs_up_on:
            return False
        status = centre.refuses.get(number, consts.SMPP_ESME_ROK)
        if not status:
            centre.taken.append(pdu)
            known = {"message_id": str(len(centre.taken))}
        if centre.asks_first:
            connection.sendall(smpp.make_pdu("enquire_link", client=_Side()).generate())
    elif pdu.command == "unbind":
        centre.unbound += 1
    else:
        return True  # an answer of the other side
    answer = smpp.make_pdu(f"{pdu.command}_resp", client=_Side(), status=status, **known)
    answer.sequence = pdu.sequence
    connection.sendall(answer.generate())
    return bool(pdu.command != "unbind")
