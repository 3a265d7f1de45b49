"""The hourly check from the schedule to the last agent: fanned out, delivered again, with a poisoned agent in it."""

import json

import boto3
import pytest

from tests.support.agent_hours import FAULT, at, dear, hours, recent
from tests.support.channels import received
from tests.support.watched import Watched
from watchbill.anomalies.checks import AGENTS_PER_MESSAGE
from watchbill.platform import keys, settings
from watchbill.platform.clock import frozen_at
from watchbill.platform.queue import Queue
from watchbill.platform.table import Table

POISONED = "0" * 24


def agent(number):
    """The id of an agent."""
    return f"{number:024x}"


@pytest.fixture
def demo(service, key, channels):
    """An organisation with three agents whose costs rose, one of which cannot be checked."""
    demo = Watched(Table("demo"))
    found = recent(hours(FAULT + 2, dear))
    for number in range(3):
        demo.register(agent(number), f"agent-{number}")
        demo.count(found, agent(number))
    with frozen_at(at(FAULT)):
        demo.service.check_all([agent(number) for number in range(3)], at(FAULT))
    table, place = Table("demo"), keys.WATCH("demo", POISONED)
    table.put(place, table.get(place) | {"hours": b"not what was packed"})
    return demo


def sent():
    """The messages that wait, as event records."""
    found = []
    while records := received(Queue.CHECKS)["Records"]:
        found += records
    return found


def returned(record):
    """A message as it is when it comes again."""
    queue = boto3.client("sqs")
    url = settings.settings().queue_url(Queue.CHECKS)
    queue.change_message_visibility(QueueUrl=url, ReceiptHandle=record["receiptHandle"], VisibilityTimeout=0)
    return received(Queue.CHECKS)["Records"]


def work(service, records):
    """Have the worker handle messages; those that must come again. What is done is removed, as Lambda does."""
    answer = service.invoke("check_worker", {"Records": records})
    failed = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
    url = settings.settings().queue_url(Queue.CHECKS)
    for record in records:
        if record["messageId"] not in failed:
            boto3.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=record["receiptHandle"])
    return [record for record in records if record["messageId"] in failed]


def bodies(records):
    return [json.loads(record["body"]) for record in records]


def found_in(demo):
    return {one.strand_id for one in demo.service.open_ones()}


def test_every_organisation_gets_one_message_and_the_agents_to_check_follow_in_chunks(service, demo, channels):
    service.organisation("other")
    for number in range(3, AGENTS_PER_MESSAGE + 5):
        demo.count({at(FAULT): hours(1)[at(0)]}, agent(number))

    with frozen_at(at(FAULT + 2)):
        service.invoke("anomaly_check", {})
        asked = sent()
        work(service, asked)
    chunks = bodies(sent())

    assert sorted(body["organisation"] for body in bodies(asked)) == ["demo", "other"]
    assert [len(body["agents"]) for body in chunks] == [AGENTS_PER_MESSAGE, 5]
    assert {name for body in chunks for name in body["agents"]} == {agent(n) for n in range(AGENTS_PER_MESSAGE + 5)}
    assert {body["until"] for body in chunks} == {bodies(asked)[0]["until"]}


def test_a_poisoned_agent_loses_no_other_ones_check_and_ends_alone(service, demo):
    with frozen_at(at(FAULT + 2)):
        service.invoke("anomaly_check", {})
        work(service, sent())
        (failed,) = work(service, sent())
        assert found_in(demo) == set()
        work(service, returned(failed))
        singles = sent()
        (poisoned,) = work(service, singles)

    assert sorted(body["agents"] for body in bodies(singles)) == [[agent(number)] for number in range(3)]
    assert found_in(demo) == {agent(1), agent(2)}
    assert bodies([poisoned])[0]["agents"] == [POISONED]
    with frozen_at(at(FAULT + 2)):
        assert work(service, returned(poisoned))
        assert sent() == []


def test_a_message_delivered_twice_or_late_changes_nothing(service, demo):
    with frozen_at(at(FAULT + 2)):
        service.invoke("anomaly_check", {})
        (asked,) = sent()
        again = {**asked, "body": json.dumps({**bodies([asked])[0], "agents": [agent(1)]})}
        work(service, [again])
        before = demo.service.between(at(0), at(FAULT + 2))
        work(service, [again])
    with frozen_at(at(FAULT + 5)):
        service.invoke("check_worker", {"Records": [again]})

    assert demo.service.between(at(0), at(FAULT + 5)) == before
    assert [one.window_end for one in before] == [at(FAULT + 2)]
