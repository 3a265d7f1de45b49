"""Many runs over the wire: split to the API's limits, and an answer for each."""

import pytest

from tests.integration.client.server import problem
from tests.integration.client.service import Service, derived_id
from watchbill_client import NewRun, NotFound, PayloadTooLarge, Watchbill


@pytest.fixture(autouse=True)
def _scout(service: Service) -> None:
    service.add_agent("scout", "1.0.0")


def runs(number: int) -> list[NewRun]:
    return [NewRun(status="completed", id=index) for index in range(number)]


def test_more_runs_than_a_request_takes_become_several_requests(client: Watchbill, service: Service) -> None:
    answer = client.runs.add_many("scout", "1.0.0", iter(runs(2_500)))

    assert [len(seen.json["runs"]) for seen in service.seen] == [1_000, 1_000, 500]
    assert [one.index for one in answer.accepted] == list(range(2_500))
    assert answer.accepted[1_234].id == derived_id("1.0.0", 1234)


def test_large_runs_become_several_requests_below_the_limit_of_bytes(client: Watchbill, service: Service) -> None:
    large = [{"status": "completed", "id": index, "output": "x" * 900_000} for index in range(12)]

    answer = client.runs.add_many("scout", "1.0.0", large)

    assert len(answer.accepted) == 12
    assert [len(seen.json["runs"]) for seen in service.seen] == [5, 5, 2]


def test_each_refused_run_is_named_by_its_place_in_the_whole_input(client: Watchbill) -> None:
    mixed = [{"status": "completed", "id": index} for index in range(1_200)]
    mixed[3]["status"] = mixed[1_100]["status"] = "sideways"

    answer = client.runs.add_many("scout", "1.0.0", mixed)

    assert [one.index for one in answer.rejected] == [3, 1_100]
    assert answer.rejected[1].errors[0].path == "status"
    assert len(answer.accepted) == 1_198
    assert answer.accepted[-1].index == 1_199


def test_a_batch_that_is_refused_whole_is_an_answer_not_an_error(client: Watchbill) -> None:
    bad = [{"status": "sideways", "id": index} for index in range(3)]

    answer = client.runs.add_many("scout", "1.0.0", bad)

    assert answer.accepted == ()
    assert [(one.index, one.errors[0].path) for one in answer.rejected] == [(0, "status"), (1, "status"), (2, "status")]


def test_a_run_that_cannot_be_sent_is_refused_alone(client: Watchbill, service: Service) -> None:
    answer = client.runs.add_many(
        "scout",
        "1.0.0",
        [
            {"status": "completed", "id": 0},
            {"status": "completed", "id": 1, "cost": float("nan")},
            {"status": "completed", "id": 2, "output": object()},
            {"status": "completed", "id": 3, "output": "x" * 5_000_000},
            {"status": "completed", "id": 4},
        ],
    )

    assert [one.index for one in answer.accepted] == [0, 4]
    assert [one.index for one in answer.rejected] == [1, 2, 3]
    assert len(service.seen) == 1


def test_nothing_to_send_sends_nothing(client: Watchbill, service: Service) -> None:
    answer = client.runs.add_many("scout", "1.0.0", [])

    assert (answer.accepted, answer.rejected) == ((), ())
    assert service.seen == []


def test_a_request_refused_for_another_reason_is_an_error(client: Watchbill, service: Service) -> None:
    with pytest.raises(NotFound, match="has no version '9'"):
        client.runs.add_many("scout", "9", runs(1))

    service.faults.append(problem(413, "the body exceeds 5 MB"))
    with pytest.raises(PayloadTooLarge):
        client.runs.add_many("scout", "1.0.0", runs(1))
