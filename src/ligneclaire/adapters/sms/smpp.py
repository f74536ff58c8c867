"""A gateway by SMPP 3.4: bind as transmitter, submit_sm for each part of a message, unbind."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from urllib.parse import unquote, urlsplit

from smpplib import consts, exceptions, gsm
from smpplib.client import Client

from ligneclaire.adapters.sms.sending import Send, Sms, plain

PORT = 2775
TIMEOUT = 10  # seconds; a silent server must not hold up the worker
LOGGER = "ligneclaire.adapters.sms.library"
logging.getLogger(LOGGER).setLevel(logging.CRITICAL)  # the library writes whole messages, with numbers, into its log
FAULTS = (OSError, exceptions.ConnectionError, exceptions.PDUError, exceptions.UnknownCommandError, ValueError)


def gateway(url: str) -> Send:
    """What submits messages to the server of an address, over one connection a batch."""
    parts = urlsplit(url)
    if not parts.hostname:
        raise ValueError("an SMPP address names a host: smpp://user:password@host:port")
    host, port = parts.hostname, parts.port or PORT
    system_id, password = unquote(parts.username or ""), unquote(parts.password or "")

    def send_all(messages: Sequence[Sms]) -> Iterator[str]:
        client = Client(host, port, timeout=TIMEOUT, logger_name=LOGGER, allow_unknown_opt_params=True)
        fault = _bind(client, system_id, password)
        for sms in messages:
            fault_of_this = fault or _submit(client, sms)
            if fault_of_this and not fault_of_this.startswith("refused"):
                fault = fault_of_this  # the connection is gone: the rest waits for the next batch
            yield fault_of_this
        _close(client, bound=not fault)

    return send_all


def _bind(client: Client, system_id: str, password: str) -> str:
    try:
        client.connect()
        client.bind_transmitter(system_id=system_id, password=password)
    except FAULTS as fault:
        return _named(fault)
    return ""


def _submit(client: Client, sms: Sms) -> str:
    """Every part of one message; the first that is refused ends it."""
    parts, coding, esm_class = gsm.make_parts(plain(sms.text))
    try:
        for part in parts:
            sent = client.send_message(
                source_addr_ton=consts.SMPP_TON_ALNUM, source_addr_npi=consts.SMPP_NPI_UNK, source_addr=sms.sender,
                dest_addr_ton=consts.SMPP_TON_INTL, dest_addr_npi=consts.SMPP_NPI_ISDN,
                destination_addr=sms.recipient.removeprefix("+"), short_message=part, data_coding=coding,
                esm_class=esm_class, registered_delivery=False,
            )  # fmt: skip
            answer = _answer_to(client, sent.sequence)
            if answer:
                return f"refused {answer}"
    except FAULTS as fault:
        return _named(fault)
    return ""


def _answer_to(client: Client, sequence: int) -> int:
    """The status of the answer to our submission; the server's own questions are answered on the way."""
    while True:
        pdu = client.read_pdu()
        if pdu.command == "enquire_link":
            client._enquire_link_received(pdu)
        elif pdu.command in ("submit_sm_resp", "generic_nack") and pdu.sequence == sequence:
            return int(pdu.status)


def _close(client: Client, *, bound: bool) -> None:
    try:
        if bound:
            client.unbind()
        client.disconnect()
    except FAULTS:
        client._socket = None


def _named(fault: Exception) -> str:
    """A fault as a code: the library puts the server's status last."""
    if isinstance(fault, exceptions.PDUError) and len(fault.args) > 1:
        return f"not bound {fault.args[1]}"
    return type(fault).__name__
