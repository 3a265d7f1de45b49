"""What the sockets' API answers, as what it means: gone, stuck, or not to be had at all."""

from collections.abc import Iterator

import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.stub import Stubber

from watchbill.platform import aws, settings, sockets
from watchbill.platform.sockets import Gone, Stuck


@pytest.fixture
def api(environment: None) -> Iterator[Stubber]:
    """The API, whose answers are set."""
    aws.forget_clients()
    with Stubber(aws.sockets(settings.settings().sockets_url)) as stubber:
        yield stubber
    aws.forget_clients()


def test_what_is_sent_goes_to_the_socket_of_that_name(api: Stubber) -> None:
    api.add_response("post_to_connection", {}, {"ConnectionId": "L0SM9cOFvHcCIhw=", "Data": "¡Hola!".encode()})

    sockets.send("L0SM9cOFvHcCIhw=", "¡Hola!")

    api.assert_no_pending_responses()


@pytest.mark.parametrize(
    ("code", "status", "means"),
    [
        ("GoneException", 410, Gone),
        ("LimitExceededException", 429, Stuck),
        ("InternalServerError", 500, Stuck),
        ("PayloadTooLargeException", 413, Stuck),
        ("ForbiddenException", 403, aws.ClientError),
        ("AccessDeniedException", 403, aws.ClientError),
    ],
)
def test_what_is_wrong_with_a_socket_is_told_from_what_is_wrong_with_us(
    api: Stubber, code: str, status: int, means: type[Exception]
) -> None:
    api.add_client_error("post_to_connection", code, http_status_code=status)

    with pytest.raises(means):
        sockets.send("a", "{}")


def test_a_socket_that_does_not_take_anything_in_time_is_stuck(api: Stubber, monkeypatch: pytest.MonkeyPatch) -> None:
    def wait(**_: object) -> None:
        raise ReadTimeoutError(endpoint_url="https://live.example.com")

    monkeypatch.setattr(aws.sockets(settings.settings().sockets_url), "post_to_connection", wait)

    with pytest.raises(Stuck):
        sockets.send("a", "{}")


def test_closing_what_is_closed_is_no_matter_and_closing_without_leave_is(api: Stubber) -> None:
    api.add_client_error("delete_connection", "GoneException", http_status_code=410)
    api.add_client_error("delete_connection", "ForbiddenException", http_status_code=403)

    sockets.close("a")
    with pytest.raises(aws.ClientError):
        sockets.close("a")
