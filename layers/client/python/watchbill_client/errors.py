"""Everything this package raises on purpose.

WatchbillError
├── ConfigurationError        the URL or the API key cannot be used as given
├── UnusableName              a name no address can hold: an empty one, or dots only
├── UnwritableRun             a run holds what JSON has no form for
├── ConnectionFailed          no answer came: refused, reset, or out of time
├── UnexpectedAnswer          an answer came, but not one of Watchbill's
└── ApiError                  the service refused the request
    ├── BadRequest            400  malformed; `errors` names the fields
    ├── AuthenticationFailed  401  no API key, or one that is unknown or revoked
    ├── PermissionDenied      403  the key lacks the scope
    ├── NotFound              404  unknown here, or another organisation's
    ├── Conflict              409  exists already, or is already under way
    ├── PayloadTooLarge       413  the body exceeds the limit
    ├── Unprocessable         422  well-formed, but not allowed in this state
    ├── TooManyRequests       429  throttled; `retry_after` says for how long
    └── ServerError           5xx  the service failed
"""

from http import HTTPStatus

import httpx
from pydantic import BaseModel, ValidationError

from watchbill_client.models import FieldError
from watchbill_client.retries import retry_after_seconds


class WatchbillError(Exception):
    """The root: catch this one to catch everything this package raises on purpose."""


class ConfigurationError(WatchbillError):
    """The URL or the API key cannot be used as given."""


class UnusableName(WatchbillError):
    """A name that cannot be part of an address: an empty one, or one that would lead to another address."""


class UnwritableRun(WatchbillError):
    """A run holds what JSON has no form for: NaN, an object of your own, itself."""


class ConnectionFailed(WatchbillError):
    """No answer came: the connection was refused or reset, or the time was up."""


class UnexpectedAnswer(WatchbillError):
    """An answer came that is not one of Watchbill's; is the URL that of a Watchbill deployment?"""


class Problem(BaseModel):
    """An error body: problem details (RFC 9457), `{"error": ...}` of the original routes, or the gateway's own."""

    title: str | None = None
    detail: str | None = None
    error: str | None = None
    message: str | None = None
    instance: str | None = None
    errors: tuple[FieldError, ...] = ()


class ApiError(WatchbillError):
    """The service refused the request.

    `status` is the HTTP status, `title` names the kind of problem, `detail` says what happened this time, `errors`
    lists what is wrong field by field, and `request_id` finds the request in the service's logs. `body` is the answer
    as it came.
    """

    def __init__(
        self,
        status: int,
        title: str,
        detail: str,
        errors: tuple[FieldError, ...] = (),
        request_id: str | None = None,
        retry_after: float | None = None,
        body: bytes = b"",
    ) -> None:
        super().__init__(status, title, detail)
        self.status = status
        self.title = title
        self.detail = detail
        self.errors = errors
        self.request_id = request_id
        self.retry_after = retry_after
        self.body = body

    def __str__(self) -> str:
        reasons = "; ".join(str(error) for error in self.errors)
        return f"{self.detail.rstrip('.')} ({reasons})" if reasons and reasons not in self.detail else self.detail


class BadRequest(ApiError):
    """400: the request is malformed; `errors` names the fields."""


class AuthenticationFailed(ApiError):
    """401: there is no API key, or one that is unknown or revoked."""


class PermissionDenied(ApiError):
    """403: the API key lacks the scope this request needs."""


class NotFound(ApiError):
    """404: there is no such thing in the key's organisation."""


class Conflict(ApiError):
    """409: it exists already with other content, or is already under way."""


class PayloadTooLarge(ApiError):
    """413: the body exceeds the limit."""


class Unprocessable(ApiError):
    """422: the request is well-formed but not allowed in this state."""


class TooManyRequests(ApiError):
    """429: throttled; `retry_after` is the number of seconds to wait, when the service named one."""


class ServerError(ApiError):
    """5xx: the service failed; the request id finds the reason in its logs."""


_BY_STATUS: dict[int, type[ApiError]] = {
    400: BadRequest,
    401: AuthenticationFailed,
    403: PermissionDenied,
    404: NotFound,
    409: Conflict,
    413: PayloadTooLarge,
    422: Unprocessable,
    429: TooManyRequests,
}


def error_of(response: httpx.Response) -> ApiError:
    """The error an answer with a status of 400 or above stands for, whatever its body holds."""
    problem = _problem(response)
    title = problem.title or _reason(response.status_code)
    kind = _BY_STATUS.get(response.status_code, ServerError if response.status_code >= 500 else ApiError)
    return kind(
        status=response.status_code,
        title=title,
        detail=problem.detail or problem.error or problem.message or title,
        errors=problem.errors,
        request_id=problem.instance or response.headers.get("apigw-requestid"),
        retry_after=retry_after_seconds(response.headers.get("retry-after")),
        body=response.content,
    )


def _problem(response: httpx.Response) -> Problem:
    try:
        return Problem.model_validate_json(response.content)
    except ValidationError:
        # A proxy's HTML page, say: the status alone has to tell the story.
        return Problem()


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"HTTP status {status}"
