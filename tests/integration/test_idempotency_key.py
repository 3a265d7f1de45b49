"""Idempotency-Key: on every POST that creates, the same request sent again gets the first answer again."""

import time
from contextlib import contextmanager

import pytest

from tests.support.channels import make_channels
from tests.support.connected import connected, knows_x
from tests.support.local_table import every_item, every_unlogged_item, function_environment, kept, mocked_aws
from tests.support.routes import ROUTES
from tests.support.service import Service
from tests.support.steps import (
    A_BUDGET,
    A_CAMPAIGN,
    A_DOCUMENT,
    A_METRIC,
    A_POST,
    A_RECORD,
    A_STREAM,
    A_SUBSCRIPTION,
    A_TASK,
    AN_ASSIGNMENT,
    AN_EVENT,
    AN_EXPERIMENT,
    AN_EXPORT,
    AN_ITEM,
    AN_ORCHESTRATION,
    RUNS,
    STREAMS,
    SUBSCRIPTIONS,
    THE_MILESTONES,
    a_run,
    a_stream,
    get,
    issue_key,
    make_runnable,
    prepare,
    register,
    staff,
    subscribe,
)
from watchbill.platform import aws

REPEAT = {"Idempotency-Key": "repeat-1"}
OTHER_BODIES = {
    "performance": A_RECORD | {"id": "another"},
    "register": {"project": "my-project", "type": "other"},
    "campaigns": A_CAMPAIGN | {"name": "another"},
    "events": AN_EVENT | {"title": "Another"},
    "milestones": THE_MILESTONES | {"duration": 31},
    "companies": {"name": "Another"},
    "documents": A_DOCUMENT | {"title": "Another"},
    "versions": {"version": "2.0.0", "cluster": "other"},
    "runs": a_run(id=1, cost=2),
    "metrics": A_METRIC | {"value": 13},
    "reports": {"reportType": "daily-summary"},
    "streams": A_STREAM | {"name": "another"},
    "agents": AN_ASSIGNMENT | {"execution_order": 2},
    "execute": {"force_execute": True},
    "run": {"config": {"topic": "another"}},
    "items": AN_ITEM | {"name": "Another Ltd"},
    "exports": AN_EXPORT | {"format": "parquet"},
    "orchestrate": AN_ORCHESTRATION | {"params": {"message": "another"}},
    "tasks": A_TASK | {"task_type": "another"},
    "experiments": AN_EXPERIMENT | {"name": "another"},
    "keys": {"name": "other", "scopes": ["read"]},
    "subscriptions": A_SUBSCRIPTION | {"target": "http://127.0.0.1:9/other"},
    "publish": A_POST | {"content": {"text": "Another"}},
    "budgets": A_BUDGET | {"limit": 60},
    "secret": {"overlap_hours": 1},
    "chat": {"message": "Gracias"},
}

creating = pytest.mark.parametrize("route", [route for route in ROUTES if route.creates], ids=str)


@pytest.fixture(scope="module")
def deployment():
    """An agent with the versions of an experiment, a subscription, and a stream, made once; their organisation's key,
    and what makes everything again as it was."""
    with function_environment(), mocked_aws():
        make_channels()
        service = Service()
        key = service.organisation("demo")
        prepare(service, key, "my-agent", *(share["version"] for share in AN_EXPERIMENT["versions"]))
        make_runnable(service, key)
        subscribe(service, key)
        knows_x()
        connected("demo")
        staff(service, key, a_stream(service, key))
        yield key, kept()


@pytest.fixture
def service(deployment):
    """The deployment as it was made."""
    _, restore = deployment
    restore()
    return Service()


@pytest.fixture
def key(service, deployment):
    """The admin key of the organisation."""
    return deployment[0]


def send(service, key, route, body=None, headers=REPEAT, **values):
    (subscription,) = [item for item in get(service, key, SUBSCRIPTIONS)["items"] if item["target"].endswith("/hook")]
    stream = get(service, key, STREAMS)["items"][-1]
    address = route.address(subscription_id=subscription["id"], stream_id=stream["id"], **values)
    return service.request(route.method, address, body or route.body, key=key, headers=headers)


def lasting():
    return [item for item in every_unlogged_item() if "#IDEMPOTENCY#" not in item["pk"]["S"]]


@creating
def test_the_same_request_again_gets_the_same_answer_and_makes_nothing(service, key, route):
    first = send(service, key, route, name="new")
    there = lasting()

    again = send(service, key, route, name="new")

    assert first.status == route.done
    assert again.status == first.status
    assert again.json == {**first.json, **({"secret": None} if "secret" in first.json else {})}
    assert again.headers["Content-Type"] == first.headers["Content-Type"]
    assert lasting() == there


@creating
def test_another_body_under_the_same_key_is_refused(service, key, route):
    send(service, key, route, name="new")
    there = lasting()

    answer = send(service, key, route, OTHER_BODIES[route.path.rsplit("/", 1)[1]], name="new")

    assert answer.status == 422
    assert answer.json["detail"] == "this Idempotency-Key was used with another body"
    assert lasting() == there


class Killed(BaseException):
    """A process that ends in the middle of a request."""


@contextmanager
def killed_at_its_second_write():
    """Let a request's first write through, which is its claim on the Idempotency-Key, and end it at the next.

    Notes in the audit log are not counted.
    """
    writes = []

    def count(params, **_):
        writes.append("#AUDIT#" not in str(params["body"]))
        if sum(writes) == 2:
            raise Killed

    events = aws.dynamodb().meta.events
    names = [f"before-call.dynamodb.{operation}" for operation in ("PutItem", "TransactWriteItems")]
    for name in names:
        events.register(name, count)
    with pytest.raises(Killed):
        yield
    for name in names:
        events.unregister(name, count)


@creating
def test_while_the_first_is_being_answered_the_second_is_a_conflict(service, key, route):
    with killed_at_its_second_write():
        send(service, key, route, name="new")

    answer = send(service, key, route, name="new")

    assert answer.status == 409
    assert answer.json["detail"] == "a request with this Idempotency-Key is still being answered"


@creating
def test_requests_without_the_header_are_each_their_own(service, key, route):
    first, again = (send(service, key, route, headers={}, name="new") for _ in range(2))

    assert first.status == route.done
    assert again.status in (200, 201, 202, 409)
    assert [item for item in every_item() if "#IDEMPOTENCY#" in item["pk"]["S"]] == []


@creating
def test_a_refusal_is_not_remembered(service, key, route):
    refused = send(service, key, route, {"wrong": 1}, name="new")

    answer = send(service, key, route, name="new")

    assert (refused.status, answer.status) == (400, route.done)


def test_a_refusal_by_the_state_of_things_is_not_remembered(service, key):
    body = {"version": "1"}
    path = "/api/v1/agents/later/versions"
    assert service.request("POST", path, body, key=key, headers=REPEAT).status == 404

    register(service, key, "later")

    assert service.request("POST", path, body, key=key, headers=REPEAT).status == 201


def test_a_batch_sent_again_is_answered_with_the_same_ids(service, key):
    batch = {"runs": [a_run(), a_run(), a_run(status="splendid")]}

    first, again = (service.request("POST", RUNS, batch, key=key, headers=REPEAT) for _ in range(2))

    assert (again.status, again.json) == (201, first.json)
    assert len(get(service, key, RUNS)) == 2


def test_one_key_on_two_routes_is_two_requests(service, key):
    for version in ("1", "2"):
        register(service, key, f"agent-{version}")
        path = f"/api/v1/agents/agent-{version}/versions"
        assert service.request("POST", path, {"version": "1"}, key=key, headers=REPEAT).status == 201


def test_two_callers_may_use_the_same_key(service, key):
    other = issue_key(service, key, "ingest")

    first, second = (service.request("POST", RUNS, a_run(), key=caller, headers=REPEAT) for caller in (key, other))

    assert (first.status, second.status) == (201, 201)
    assert first.json["run_id"] != second.json["run_id"]


def test_two_organisations_may_use_the_same_key(service, key):
    other = service.organisation("other")
    prepare(service, other)

    first, second = (service.request("POST", RUNS, a_run(), key=caller, headers=REPEAT) for caller in (key, other))

    assert (first.status, second.status) == (201, 201)
    assert first.json["agent_id"] != second.json["agent_id"]


@pytest.mark.parametrize("value", ["", "x" * 256, "a\x00b", "a\nb"])
def test_a_malformed_key_is_refused(service, key, value):
    answer = service.request("POST", RUNS, a_run(), key=key, headers={"Idempotency-Key": value})

    assert answer.status == 400
    assert "1 to 255 printable characters" in answer.json["detail"]


def test_what_is_remembered_is_forgotten_after_a_day(service, key):
    service.request("POST", RUNS, a_run(), key=key, headers=REPEAT)

    (item,) = [item for item in every_item() if "#IDEMPOTENCY#" in item["pk"]["S"]]
    assert 86_000 < int(item["expires_at"]["N"]) - time.time() <= 86_400


def test_requests_of_a_process_name_who_asks_as_often_however_many_keys_it_has_seen(service, key):
    names = []

    def count(request, **_):
        names.append(len(request.headers.get_all("User-Agent")))

    def answered(number):
        """How often what is sent to the table for a request with a key of its own names who asks."""
        names.clear()
        aws.dynamodb().meta.events.register_last("request-created", count)
        answer = service.request("POST", RUNS, a_run(), key=key, headers={"Idempotency-Key": f"key-{number}"})
        aws.dynamodb().meta.events.unregister("request-created", count)
        assert answer.status == 201
        return max(names)

    first = answered(0)

    assert [answered(number) for number in range(1, 4)] == [first] * 3
