"""A gateway that takes JSON by POST: {"id", "from", "to", "text"}, answered with any 2xx. The id lets it drop a second
copy. A user and password in the address go as Basic authentication."""

from __future__ import annotations

import base64
import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from urllib.parse import unquote, urlsplit

from ligneclaire.adapters.sms.sending import Send, Sms

TIMEOUT = 10  # seconds; a silent server must not hold up the worker


def gateway(url: str) -> Send:
    """What posts each message to an address."""
    parts = urlsplit(url)
    headers = {"Content-Type": "application/json"}
    if parts.username:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    address = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()

    def send_all(messages: Sequence[Sms]) -> Iterator[str]:
        for sms in messages:
            yield _post(address, headers, sms)

    return send_all


def _post(address: str, headers: dict[str, str], sms: Sms) -> str:
    body = {"id": sms.message_id, "from": sms.sender, "to": sms.recipient, "text": sms.text}
    request = urllib.request.Request(address, json.dumps(body).encode(), headers, method="POST")  # noqa: S310
    try:
        with _OPENER.open(request, timeout=TIMEOUT):
            return ""
    except urllib.error.HTTPError as refused:
        refused.close()
        return f"refused {refused.code}"
    except (OSError, http.client.HTTPException) as fault:
        return type(fault).__name__


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """What was posted is not carried to another address."""

    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirect)
