"""Every error a caller can meet, with its HTTP status.

    WatchbillError
    ├── BadRequest            400  the request is malformed; `errors` says where
    ├── Unauthorized          401  no key, or one we do not know
    ├── Forbidden             403  the key lacks the scope
    ├── NotFound              404  no such thing in this organisation
    ├── Conflict              409  it exists already, or is being done right now
    ├── PayloadTooLarge       413  more than we take in one request
    ├── UnsupportedMediaType  415  a body that is not JSON
    ├── Unprocessable         422  well-formed, but not allowed in this state
    ├── TooManyRequests       429  come back after `retry_after` seconds
    └── Unavailable           503  as TooManyRequests, for senders that give up at a 429

Anything else that escapes a handler is a bug and answers 500.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_MAX_FAULTS = 50
_MAX_ECHO = 100
_UNSPOKEN = ("body", "one", "many")
"""Parts of pydantic's locations that are not in the request: where it lay, and which form of body was recognised."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with the input: where (`runs.3.cost`) and what."""

    path: str
    message: str


class WatchbillError(Exception):
    """What went wrong, in one sentence for the caller."""

    status = 500
    title = "Internal Server Error"

    def __init__(self, detail: str, *, errors: Sequence[Fault] = (), retry_after: int | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = tuple(errors)
        self.retry_after = retry_after


class BadRequest(WatchbillError):
    """The request is malformed."""

    status = 400
    title = "Bad Request"


class Unauthorized(WatchbillError):
    """The request carries no key, or one we do not know."""

    status = 401
    title = "Unauthorized"


class Forbidden(WatchbillError):
    """The key lacks the scope."""

    status = 403
    title = "Forbidden"


class NotFound(WatchbillError):
    """No such thing in this organisation; another organisation's things are not found either."""

    status = 404
    title = "Not Found"


class Conflict(WatchbillError):
    """It exists already and is different, or is being done right now."""

    status = 409
    title = "Conflict"


class PayloadTooLarge(WatchbillError):
    """More than we take in one request; the message names the limit."""

    status = 413
    title = "Content Too Large"


class UnsupportedMediaType(WatchbillError):
    """A body that is not JSON."""

    status = 415
    title = "Unsupported Media Type"


class Unprocessable(WatchbillError):
    """Well-formed, but not allowed in this state."""

    status = 422
    title = "Unprocessable Content"


class TooManyRequests(WatchbillError):
    """Come back after `retry_after` seconds."""

    status = 429
    title = "Too Many Requests"


class Unavailable(WatchbillError):
    """Come back after `retry_after` seconds: as TooManyRequests, for senders that give up at a 429."""

    status = 503
    title = "Service Unavailable"


def faults_of(errors: Sequence[Any], prefix: str = "") -> list[Fault]:
    """Pydantic's errors as ours: the path in dots, the message without Python's words."""
    return [_fault(error, prefix) for error in errors[:_MAX_FAULTS]]


def _fault(error: Any, prefix: str) -> Fault:
    # What the caller wrote is repeated in parts: it may be as long as the request.
    located = list(error["loc"])
    if located[:1] == ["query"] and len(located) > 2:
        del located[1]  # the name that the handler gave to all of the query's parameters together
    path = [str(part)[:_MAX_ECHO] for part in located if part not in _UNSPOKEN]
    message = str(error["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")
    return Fault(".".join([prefix, *path] if prefix else path), message[:1].lower() + message[1:])
