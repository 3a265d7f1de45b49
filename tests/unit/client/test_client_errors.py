"""What an answer of 400 and above becomes."""

import httpx
import pytest

from watchbill_client import (
    ApiError,
    AuthenticationFailed,
    BadRequest,
    Conflict,
    FieldError,
    NotFound,
    PayloadTooLarge,
    PermissionDenied,
    ServerError,
    TooManyRequests,
    Unprocessable,
    WatchbillError,
)
from watchbill_client.errors import error_of

PROBLEM = {
    "type": "about:blank",
    "title": "Bad Request",
    "status": 400,
    "detail": "the run is malformed",
    "instance": "request-1",
    "error": "the run is malformed",
    "errors": [{"path": "cost", "message": "must not be negative"}],
}


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, BadRequest),
        (401, AuthenticationFailed),
        (403, PermissionDenied),
        (404, NotFound),
        (409, Conflict),
        (413, PayloadTooLarge),
        (415, ApiError),
        (418, ApiError),
        (422, Unprocessable),
        (429, TooManyRequests),
        (499, ApiError),
        (500, ServerError),
        (503, ServerError),
        (599, ServerError),
    ],
)
def test_every_status_has_its_error(status: int, kind: type[ApiError]) -> None:
    error = error_of(httpx.Response(status, json=PROBLEM))

    assert type(error) is kind
    assert isinstance(error, WatchbillError)
    assert error.status == status


def test_problem_details_are_read_whole() -> None:
    error = error_of(httpx.Response(400, json=PROBLEM, headers={"Retry-After": "7"}))

    assert (error.title, error.detail, error.request_id) == ("Bad Request", "the run is malformed", "request-1")
    assert error.errors == (FieldError(path="cost", message="must not be negative"),)
    assert error.retry_after == 7
    assert str(error) == "the run is malformed (cost: must not be negative)"


def test_a_reason_that_the_detail_names_is_not_said_twice() -> None:
    detail = "cost: must not be negative"

    assert str(error_of(httpx.Response(400, json=PROBLEM | {"detail": detail}))) == detail


def test_the_gateways_own_errors_are_understood() -> None:
    answer = httpx.Response(403, json={"message": "Forbidden"}, headers={"apigw-requestid": "abc="})

    error = error_of(answer)

    assert isinstance(error, PermissionDenied)
    assert (error.title, error.detail, error.request_id) == ("Forbidden", "Forbidden", "abc=")


@pytest.mark.parametrize("body", [b"", b"<html>Bad gateway</html>", b"[]", b'"no"', b'{"errors": 3}', b"\xff"])
def test_a_body_that_says_nothing_leaves_the_status_to_speak(body: bytes) -> None:
    error = error_of(httpx.Response(502, content=body))

    assert str(error) == "Bad Gateway"
    assert error.body == body


def test_a_status_without_a_name_is_still_an_error() -> None:
    assert str(error_of(httpx.Response(599))) == "HTTP status 599"
