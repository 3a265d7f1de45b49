"""What is answered with 200 is stored; when the table has no room, exporters are told to send again, and may."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.service import Service
from tests.support.tasks import Tasks, tasks_of
from tests.support.telemetry import agent, call, export
from watchbill.platform import aws, clock

RUNS = "/api/v1/agents/writer/runs"
Break = Callable[..., Any]


def no_room(**arguments: Any) -> Any:
    """Nothing of a batch is taken."""
    return {"UnprocessedItems": arguments["RequestItems"]}


def refused(code: str, **said: Any) -> Break:
    def refuse(**_: Any) -> Any:
        raise aws.ClientError({"Error": {"Code": code, "Message": code}, **said}, "X")  # type: ignore[typeddict-item]

    return refuse


def unreached(**_: Any) -> Any:
    raise aws.ReadTimeout(endpoint_url="dynamodb")


BUSY = {
    "a batch it has no room for": ("batch_write_item", no_room),
    "too much for its throughput": ("batch_write_item", refused("ProvisionedThroughputExceededException")),
    "a read too much": ("batch_get_item", refused("ThrottlingException")),
    "an error of its own": ("batch_write_item", refused("InternalServerError")),
    "no answer": ("batch_write_item", unreached),
    "a transaction too much": (
        "transact_write_items",
        refused("TransactionCanceledException", CancellationReasons=[{"Code": "ThrottlingError"}]),
    ),
}


@pytest.fixture
def world(service: Service, key: str, monkeypatch: pytest.MonkeyPatch) -> Tasks:
    return tasks_of(service, key, monkeypatch)


def test_what_the_table_has_no_room_for_is_sent_again_and_there_once(
    world: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    spans = [agent(), call()]
    monkeypatch.setattr(clock, "pause", lambda _: None)
    for number, (operation, broken) in enumerate(BUSY.values()):
        with monkeypatch.context() as patch:
            patch.setattr(aws.dynamodb(), operation, broken)
            # What has come of a trace with no root is stored in a transaction, a whole one in a batch.
            sent = [agent(), call("somebody")] if operation == "transact_write_items" else spans
            answer = export(world.service, world.key, sent, begin_ms=1_772_445_600_000 + number)

        assert (answer.status, answer.headers["Retry-After"]) == (503, "1")

    for _ in range(2):
        assert export(world.service, world.key, spans, begin_ms=1_772_445_600_000).status == 200
    (run,) = world.get(RUNS)
    assert run["tokens"]["total"] == 1_200
    assert len(world.get(f"/api/runs/{run['run_id']}/trace")["spans"]) == len(spans)
