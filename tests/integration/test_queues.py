"""Messages between functions: each is worked through by itself, and one that fails comes again."""

import json
from threading import Barrier

import boto3
import pytest

from tests.support.channels import received
from tests.support.service import LambdaContext
from watchbill.platform import aws, queue, settings
from watchbill.platform.queue import LONGEST_WAIT, Later, Message, MessagesNotSent, Queue


@pytest.fixture
def checks(channels):
    """The address of a queue."""
    return settings.settings().queue_url(Queue.CHECKS)


def test_more_messages_than_one_call_takes_all_arrive(checks):
    queue.send(Queue.CHECKS, [{"number": number} for number in range(23)])

    numbers = [json.loads(each["body"])["number"] for _ in range(3) for each in received(Queue.CHECKS)["Records"]]
    assert sorted(numbers) == list(range(23))


def test_a_message_whose_work_fails_comes_again_and_the_others_are_done(checks):
    queue.send(Queue.CHECKS, [{"number": number} for number in range(3)])
    event, done = received(Queue.CHECKS), []

    def work(message: Message) -> None:
        if message.body["number"] == 1:
            raise ZeroDivisionError
        done.append(message.body["number"])

    answer = queue.handled(Queue.CHECKS, event, LambdaContext(), work)

    (failed,) = [each["messageId"] for each in event["Records"] if json.loads(each["body"]) == {"number": 1}]
    assert answer == {"batchItemFailures": [{"itemIdentifier": failed}]}
    assert sorted(done) == [0, 2]


def test_a_batch_of_which_everything_fails_is_reported_not_raised(checks):
    queue.send(Queue.CHECKS, [{}, {}])
    event = received(Queue.CHECKS)

    answer = queue.handled(Queue.CHECKS, event, LambdaContext(), lambda _: 1 / 0)

    assert len(answer["batchItemFailures"]) == 2


def test_an_organisation_s_messages_are_done_together_or_come_again_together_and_another_s_are_not_concerned(checks):
    of_the_bus = [{"detail": {"organisation": "one", "number": number}} for number in range(2)]
    queue.send(Queue.CHECKS, [*of_the_bus, {"organisation": "other"}, {"organisation": "one"}])
    event, done = received(Queue.CHECKS), {}

    def work(organisation: str, messages: list[Message]) -> None:
        done[organisation] = len(messages)
        if organisation == "one":
            raise ZeroDivisionError

    answer = queue.handled_by_organisation(event, LambdaContext(), work)

    again = {each["messageId"] for each in event["Records"] if "other" not in each["body"]}
    assert {each["itemIdentifier"] for each in answer["batchItemFailures"]} == again
    assert done == {"one": 3, "other": 1}


def test_work_that_cannot_be_done_now_comes_again_when_it_says(checks):
    queue.send(Queue.CHECKS, [{}])
    asked = []
    aws.sqs().meta.events.register(
        "provide-client-params.sqs.ChangeMessageVisibility", lambda params, **_: asked.append(params)
    )

    def work(message: Message) -> None:
        raise Later(90.4)

    answer = queue.handled(Queue.CHECKS, received(Queue.CHECKS), LambdaContext(), work)

    assert len(answer["batchItemFailures"]) == 1
    assert [(each["QueueUrl"], each["VisibilityTimeout"]) for each in asked] == [(checks, 90)]


def test_messages_that_are_worked_on_together_neither_wait_nor_fail_for_one_another(checks, monkeypatch):
    monkeypatch.setattr(queue, "_AT_ONCE", 10)
    queue.send(Queue.CHECKS, [{"number": number} for number in range(10)])
    event, all_begun, done = received(Queue.CHECKS), Barrier(10, timeout=30), []

    def work(message: Message) -> None:
        all_begun.wait()
        match message.body["number"]:
            case 1:
                raise ZeroDivisionError
            case 2:
                raise Later(7)
            case number:
                done.append(number)

    answer = queue.handled_together(Queue.CHECKS, event, LambdaContext(), work)

    failed = [each["messageId"] for each in event["Records"] if json.loads(each["body"])["number"] in (1, 2)]
    assert sorted(each["itemIdentifier"] for each in answer["batchItemFailures"]) == sorted(failed)
    assert sorted(done) == [0, 3, 4, 5, 6, 7, 8, 9]


def test_what_several_messages_of_a_batch_say_is_done_once_and_again_when_it_failed(checks):
    queue.send(Queue.CHECKS, [{"of": name} for name in "aabab"])
    tried = []

    def work(message: Message) -> None:
        tried.append(message.body["of"])
        if tried == ["a"]:
            raise ZeroDivisionError

    answer = queue.handled(Queue.CHECKS, received(Queue.CHECKS), LambdaContext(), queue.once_each(work))

    assert len(answer["batchItemFailures"]) == 1
    assert sorted(tried) == ["a", "a", "b"]


def test_a_message_can_be_held_back(checks):
    queue.send(Queue.CHECKS, [{"late": True}], delay=60)
    queue.send(Queue.CHECKS, [{"late": False}])

    assert [json.loads(each["body"]) for each in received(Queue.CHECKS)["Records"]] == [{"late": False}]


@pytest.mark.parametrize(("wished", "given"), [(-3, 0), (10**9, LONGEST_WAIT), (0.6, 1)])
def test_a_wait_is_one_that_the_queue_can_keep(wished, given):
    assert Later(wished).seconds == given


def test_a_message_tells_how_often_it_came(checks):
    queue.send(Queue.CHECKS, [{"a": 1}])
    first = received(Queue.CHECKS)
    boto3.client("sqs").change_message_visibility(
        QueueUrl=checks, ReceiptHandle=first["Records"][0]["receiptHandle"], VisibilityTimeout=0
    )
    met = []
    for event in (first, received(Queue.CHECKS)):
        queue.handled(Queue.CHECKS, event, LambdaContext(), met.append)

    assert met == [Message({"a": 1}, 1), Message({"a": 1}, 2)]


def test_a_queue_that_takes_only_some_messages_is_an_error(checks, monkeypatch):
    refused = {"Failed": [{"Id": "0", "Message": "too busy"}]}
    monkeypatch.setattr(aws.sqs(), "send_message_batch", lambda **_: refused)

    with pytest.raises(MessagesNotSent, match="1 of 2 messages: too busy"):
        queue.send(Queue.CHECKS, [{}, {}])


def test_a_function_without_a_part_in_a_queue_cannot_send_to_it(checks, monkeypatch):
    monkeypatch.delenv(f"{settings.QUEUE_URL}REPORTS")
    settings.settings.cache_clear()

    with pytest.raises(settings.MissingSetting, match="WATCHBILL_QUEUE_REPORTS"):
        queue.send(Queue.REPORTS, [{}])


def test_the_causes_of_messages_are_told():
    attribute = {"cause": {"stringValue": "request-1", "dataType": "String"}}
    event = {"Records": [{"messageAttributes": attribute}, {"messageAttributes": {}}, {"messageAttributes": attribute}]}

    assert queue.causes(event) == ["request-1"]
