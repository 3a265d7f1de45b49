"""What the client does when the service stumbles: it tries again exactly where that is safe and may help."""

import socket
import time

import pytest

from tests.integration.client.conftest import QUICK
from tests.integration.client.server import HANG_UP, Reply, problem
from tests.integration.client.service import API_KEY, Service
from watchbill_client import (
    BadRequest,
    ConnectionFailed,
    NewRun,
    Retries,
    ServerError,
    TooManyRequests,
    Watchbill,
)


@pytest.mark.parametrize("fault", [HANG_UP, Reply(429), Reply(502, b"<html>"), Reply(503), Reply(504)])
def test_a_read_survives_a_passing_fault(client: Watchbill, service: Service, fault: Reply) -> None:
    service.add_agent("scout")
    service.faults.extend([fault, fault])

    assert client.agents.get("scout").name == "scout"
    assert len(service.seen) == 3


def test_a_creation_is_repeated_under_the_same_idempotency_key(client: Watchbill, service: Service) -> None:
    service.faults.extend([HANG_UP, Reply(503)])

    client.keys.create("ci", ["ingest"])
    client.keys.create("ci", ["ingest"])

    keys = [seen.headers["idempotency-key"] for seen in service.seen]
    assert keys[0] == keys[1] == keys[2] != keys[3]
    assert len(service.keys) == 2


def test_a_key_whose_secret_was_lost_on_the_way_is_replaced(client: Watchbill, service: Service) -> None:
    service.lose_answers = 1

    issued = client.keys.create("ci", ["ingest"])

    assert issued.secret == "wb_demo_secret2"
    assert list(service.keys) == [issued.id]


def test_runs_with_ids_of_their_own_are_repeated_without_an_idempotency_key(
    client: Watchbill, service: Service
) -> None:
    service.add_agent("scout", "1.0.0")
    service.faults.append(HANG_UP)

    client.runs.add_many("scout", "1.0.0", [NewRun(status="completed", id=1)])

    assert ["idempotency-key" in seen.headers for seen in service.seen] == [False, False]
    assert len(service.runs["scout"]) == 1


def test_runs_without_ids_are_repeated_under_one_idempotency_key(client: Watchbill, service: Service) -> None:
    service.add_agent("scout", "1.0.0")
    service.faults.append(HANG_UP)

    client.runs.add_many("scout", "1.0.0", [NewRun(status="completed", id=1), NewRun(status="completed")])

    first, second = (seen.headers["idempotency-key"] for seen in service.seen)
    assert first == second


def test_an_update_and_a_rebuild_step_are_repeated(client: Watchbill, service: Service) -> None:
    service.rebuild_steps.append({"id": "r1", "state": "completed"})
    service.faults.extend([Reply(503), Reply(503)])

    assert client.organisation.update(name="Renamed").name == "Renamed"
    assert client.rebuild.advance().is_completed


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 422, 500])
def test_an_answer_that_would_be_the_same_again_is_not_asked_for_twice(
    client: Watchbill, service: Service, status: int
) -> None:
    service.faults.append(problem(status, "no"))

    with pytest.raises(Exception, match="no") as caught:
        client.agents.get("scout")
    assert getattr(caught.value, "status", None) == status
    assert len(service.seen) == 1


def test_a_conflict_with_a_request_under_way_is_waited_for(client: Watchbill, service: Service) -> None:
    service.add_agent("scout")
    busy = problem(409, "a request with this Idempotency-Key is still being answered")
    service.faults.append(Reply(409, busy.body, {"Retry-After": "0"}))

    assert client.versions.add("scout", "1.0.0").version == "1.0.0"


def test_tries_come_to_an_end(client: Watchbill, service: Service) -> None:
    service.faults.extend([Reply(503)] * 10)

    with pytest.raises(ServerError) as caught:
        client.agents.get("scout")
    assert caught.value.status == 503
    assert len(service.seen) == QUICK.attempts


def test_a_connection_that_keeps_breaking_is_reported_as_such(client: Watchbill, service: Service) -> None:
    service.faults.extend([HANG_UP] * 10)

    with pytest.raises(ConnectionFailed, match="broke before an answer came"):
        client.agents.get("scout")


def test_retry_after_is_honoured(client: Watchbill, service: Service) -> None:
    service.add_agent("scout")
    service.faults.append(Reply(429, {"message": "Too Many Requests"}, {"Retry-After": "1"}))
    started = time.monotonic()

    client.agents.get("scout")

    assert time.monotonic() - started >= 1


def test_a_wait_longer_than_patience_is_the_callers_to_decide(url: str, service: Service) -> None:
    service.faults.append(Reply(429, {"message": "Too Many Requests"}, {"Retry-After": "3600"}))

    with (
        Watchbill(url, API_KEY, retries=Retries(longest_delay=5)) as client,
        pytest.raises(TooManyRequests) as caught,
    ):
        client.agents.get("scout")
    assert caught.value.retry_after == 3600
    assert len(service.seen) == 1


def test_a_service_that_does_not_answer_in_time_is_named(url: str) -> None:
    # Accepted by the listening socket's backlog, answered by nobody.
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with (
            Watchbill(f"http://127.0.0.1:{port}", API_KEY, timeout=0.05, retries=Retries(attempts=1)) as client,
            pytest.raises(ConnectionFailed, match="did not answer in time"),
        ):
            client.agents.get("scout")


def test_a_refused_batch_is_not_repeated(client: Watchbill, service: Service) -> None:
    service.add_agent("scout", "1.0.0")
    service.faults.append(problem(400, "the body is not JSON"))

    with pytest.raises(BadRequest, match="the body is not JSON"):
        client.runs.add_many("scout", "1.0.0", [NewRun(status="completed", id=1)])
    assert len(service.seen) == 1
