"""What has happened is told on the event bus: the right event for each write, recognisable when it comes again."""

import json
from datetime import UTC, datetime

import boto3
import pytest

from tests.support.deliveries import delivered_to
from tests.support.local_table import ENVIRONMENT, Stream
from tests.support.steps import AGENT, RUNS, a_run, announce, post_run, prepare, register
from watchbill.platform import settings
from watchbill.platform.clock import frozen_at

BUS = ENVIRONMENT[settings.BUS_NAME]


class Subscriber:
    """Somebody who subscribes to everything on the bus, by a queue."""

    def __init__(self, service):
        self._service = service
        self._stream = Stream()
        self._queues = boto3.client("sqs")
        self._url = self._queues.create_queue(QueueName="subscriber")["QueueUrl"]
        arn = self._queues.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])["Attributes"][
            "QueueArn"
        ]
        events = boto3.client("events")
        pattern = json.dumps({"source": ["watchbill"]})
        events.put_rule(Name="all", EventBusName=BUS, EventPattern=pattern)
        events.put_targets(Rule="all", EventBusName=BUS, Targets=[{"Id": "queue", "Arn": arn}])
        self.written = []

    def told(self):
        """What the bus told since the last call, as detail-type and detail."""
        self.written = delivered_to("outbox", self._stream.records())
        return self.redelivered()

    def redelivered(self):
        """What the bus tells when the same writes are delivered once more."""
        if self.written:
            self._service.invoke("outbox", {"Records": self.written})
        return [(event["detail-type"], event["detail"]) for event in self._received()]

    def _received(self):
        while messages := self._queues.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                self._queues.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
                yield json.loads(message["Body"])


@pytest.fixture
def subscriber(service, key):
    """A subscriber who has heard of everything so far."""
    subscriber = Subscriber(service)
    subscriber.told()
    return subscriber


def kinds(told):
    return [kind for kind, _ in told]


def test_registering_an_agent_is_told(service, key, subscriber):
    agent = register(service, key)

    ((kind, detail),) = subscriber.told()
    assert (kind, detail["organisation"]) == ("agent_registered", "demo")
    assert (detail["agent_id"], detail["name"], detail["project"]) == (agent, "my-agent", "my-project")


def test_registering_it_again_is_no_news(service, key, subscriber):
    register(service, key)
    subscriber.told()

    service.request("POST", f"/api/v1/agents/{AGENT}/register", {"project": "my-project"}, key=key)

    assert subscriber.told() == []


def test_changing_an_agent_is_told(service, key, subscriber):
    agent = register(service, key)
    subscriber.told()

    service.request("PATCH", f"/api/v1/agents/{AGENT}", {"type": "scout"}, key=key)

    ((kind, detail),) = subscriber.told()
    assert (kind, detail["agent_id"], detail["type"]) == ("agent_changed", agent, "scout")


def test_announcing_a_version_is_told(service, key, subscriber):
    agent = register(service, key)
    subscriber.told()

    announce(service, key, cluster="123")

    ((kind, detail),) = subscriber.told()
    assert (kind, detail["agent_id"], detail["version"]) == ("version_registered", agent, "1.0.2")
    assert detail["cluster"] == "123"


def test_recording_a_run_is_told_without_its_bodies(service, key, subscriber):
    prepare(service, key)
    subscriber.told()

    run = post_run(service, key, cost=0.25, time_taken=2, task_type="research", input="secret", output="secret")

    ((kind, event),) = subscriber.told()
    assert kind == "runs_recorded"
    (detail,) = event["runs"]
    assert {name: detail[name] for name in ("run_id", "agent_id", "version", "status", "duration_ms", "cost")} == {
        "run_id": run["run_id"],
        "agent_id": run["agent_id"],
        "version": "1.0.2",
        "status": "completed",
        "duration_ms": 2_000,
        "cost": 0.25,
    }
    assert (detail["created_at"], detail["task_type"]) == (run["created"], "research")
    assert "secret" not in json.dumps(event)


def test_every_run_of_a_batch_is_told_in_one_event(service, key, subscriber):
    prepare(service, key)
    subscriber.told()

    batch = {"runs": [a_run(id=i) for i in range(25)]}
    answer = service.request("POST", RUNS, batch, key=key).json

    ((kind, detail),) = subscriber.told()
    assert kind == "runs_recorded"
    assert {run["run_id"] for run in detail["runs"]} == {accepted["id"] for accepted in answer["accepted"]}
    assert len({run["event_id"] for run in detail["runs"]}) == 25


def test_what_comes_later_about_a_run_is_told(service, key, subscriber):
    prepare(service, key)
    run = post_run(service, key, status="running")
    subscriber.told()

    service.request("PATCH", f"/api/v1/agents/{AGENT}/runs/{run['run_id']}", {"status": "failed"}, key=key)

    ((kind, detail),) = subscriber.told()
    (told,) = detail["runs"]
    assert (kind, told["run_id"], told["status"]) == ("runs_updated", run["run_id"], "failed")


def test_a_run_posted_twice_is_told_once(service, key, subscriber):
    prepare(service, key)
    subscriber.told()

    post_run(service, key, id=1)
    post_run(service, key, id=1)

    ((kind, detail),) = subscriber.told()
    assert (kind, len(detail["runs"])) == ("runs_recorded", 1)


def test_issuing_and_revoking_a_key_is_told_without_what_proves_it(service, key, subscriber):
    issued = service.request("POST", "/api/keys", {"name": "ci", "scopes": ["read"]}, key=key).json
    told = subscriber.told()
    service.request("DELETE", f"/api/keys/{issued['id']}", key=key)
    told += subscriber.told()

    assert kinds(told) == ["key_issued", "key_revoked"]
    for _, detail in told:
        assert (detail["key_id"], detail["name"], detail["scopes"]) == (issued["id"], "ci", ["read"])
        assert "hash" not in detail
        assert issued["secret"] not in json.dumps(detail)


def test_provisioning_tells_of_the_key_only(service, key):
    subscriber = Subscriber(service)

    told = subscriber.told()

    assert kinds(told) == ["key_issued"]
    assert "hash" not in told[0][1]


def test_an_event_that_comes_again_has_the_same_id(service, key, subscriber):
    prepare(service, key)
    run = post_run(service, key, status="running")
    service.request("PATCH", f"/api/v1/agents/{AGENT}/runs/{run['run_id']}", {"cost": 1}, key=key)
    service.request("PATCH", f"/api/v1/agents/{AGENT}", {"type": "scout"}, key=key)
    first = subscriber.told()

    again = subscriber.redelivered()

    assert again == first
    assert len({detail["id"] for _, detail in first}) == len(first) == 5


def test_an_event_names_the_request_that_led_to_it(service, key, subscriber):
    register(service, key)

    ((_, detail),) = subscriber.told()
    assert detail["correlation_id"] == "request-1"


def test_rollups_lists_and_what_repeats_are_remembered_by_are_no_news(service, key, subscriber):
    prepare(service, key)
    service.request("POST", RUNS, a_run(), key=key, headers={"Idempotency-Key": "once"})
    subscriber.told()

    service.settle()
    service.request("PATCH", "/api/organisation", {"name": "Other"}, key=key)

    assert subscriber.told() == []


def test_a_rebuild_is_no_news(service, key, subscriber):
    with frozen_at(datetime(2026, 3, 10, 12, tzinfo=UTC)):
        prepare(service, key)
        post_run(service, key)
    service.settle()
    subscriber.told()

    states = []
    for minute in range(1, 6):
        with frozen_at(datetime(2026, 3, 10, 12, minute, tzinfo=UTC)):
            states.append(service.request("POST", "/api/admin/rebuild", {}, key=key).json["state"])
        service.settle()

    assert "completed" in states
    assert subscriber.told() == []


def test_a_run_that_expires_is_no_news(service, key, subscriber):
    prepare(service, key)
    post_run(service, key)
    subscriber.told()
    (record,) = subscriber.written[-1:]
    image = record["dynamodb"].pop("NewImage")
    expired = record | {
        "eventName": "REMOVE",
        "dynamodb": record["dynamodb"] | {"OldImage": image},
        "userIdentity": {"type": "Service", "principalId": "dynamodb.amazonaws.com"},
    }
    subscriber.written = [expired]

    assert subscriber.redelivered() == []
