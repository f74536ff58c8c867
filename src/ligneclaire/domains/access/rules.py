"""Links and codes that are kept nowhere: made from a public id and the installation's key whenever they are needed."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta

MOST_INVITATIONS = 5  # of one login in a day; who lost five links calls
MOST_CODES = 5  # of one login in an hour
MOST_ATTEMPTS = 5  # at one code
CODE_LIFE = timedelta(minutes=10)
MOST_PROOFS = 5  # of one login in a day
PROOF_LIFE = timedelta(days=1)


def token(public_id: str, key: str, purpose: str = "invitation") -> str:
    """The secret part of a link: the public id and 128 bits that only the installation can make."""
    return f"{public_id}.{_made(purpose, public_id, key).hex()[:32]}"


def digest(token: str) -> str:
    """What is kept of a link."""
    return hashlib.sha256(token.encode()).hexdigest()


def code(public_id: str, key: str) -> str:
    """Six digits for a telephone."""
    return f"{int.from_bytes(_made('phone-code', public_id, key)[:8]) % 1_000_000:06d}"


def _made(purpose: str, public_id: str, key: str) -> bytes:
    return hmac.new(key.encode(), f"ligneclaire:{purpose}:{public_id}".encode(), hashlib.sha256).digest()
