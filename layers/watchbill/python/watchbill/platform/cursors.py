"""Opaque cursors: where a list goes on, signed with the organisation's key and tied to the query they came from."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from watchbill.platform.errors import BadRequest

_SIGNATURE_BYTES = 16
_MAX_LENGTH = 2_000


def seal(position: Mapping[str, Any], query: str, secret: bytes) -> str:
    """A cursor for a position (JSON values) in the list that `query` names."""
    payload = json.dumps(position, separators=(",", ":"), sort_keys=True).encode()
    return base64.urlsafe_b64encode(_signature(payload, query, secret) + payload).decode().rstrip("=")


def unseal(cursor: str, query: str, secret: bytes) -> dict[str, Any]:
    """The position inside a cursor. Raises BadRequest unless we made it, for this organisation and this query."""
    if len(cursor) > _MAX_LENGTH or not cursor.isascii():
        raise _refused()
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except ValueError as error:
        raise _refused() from error
    signature, payload = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
    if not hmac.compare_digest(signature, _signature(payload, query, secret)):
        raise _refused()
    position: dict[str, Any] = json.loads(payload)
    return position


def _signature(payload: bytes, query: str, secret: bytes) -> bytes:
    return hmac.new(secret, query.encode() + b"\0" + payload, hashlib.sha256).digest()[:_SIGNATURE_BYTES]


def _refused() -> BadRequest:
    return BadRequest("the cursor is not one of this list; start again without it")
