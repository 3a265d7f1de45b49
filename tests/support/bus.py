"""What follows from writes, in process: the stream's records to the outbox, the bus's events to their consumers."""

import json
from collections.abc import Iterator
from typing import Any

import boto3

from infra.declarations import Events
from infra.functions import FUNCTIONS
from tests.support.channels import received
from tests.support.deliveries import delivered_to
from tests.support.local_table import ENVIRONMENT, Stream
from tests.support.service import Service
from watchbill.platform import settings
from watchbill.platform.queue import Queue

CONSUMERS = {
    declared.name: [kind.value for kind in declared.trigger.types]
    for declared in FUNCTIONS
    if isinstance(declared.trigger, Events)
}


class Bus:
    """Takes what was written since it was made to those who wait for it."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._stream = Stream()
        self._stream.records()
        self._url = subscribed_queue("everything")
        arn = arn_of(self._url)
        events, bus = boto3.client("events"), ENVIRONMENT[settings.BUS_NAME]
        events.put_rule(Name="everything", EventBusName=bus, EventPattern=json.dumps({"source": ["watchbill"]}))
        events.put_targets(Rule="everything", EventBusName=bus, Targets=[{"Id": "queue", "Arn": arn}])

    def settle(self) -> list[dict[str, Any]]:
        """Let everything that follows from the writes so far happen; the events that were told."""
        told: list[dict[str, Any]] = []
        while records := delivered_to("outbox", self._stream.records()):
            self._service.invoke("outbox", {"Records": records})
            events = self.heard()
            told += events
            for event in events:
                self._consume(event)
        return told

    def heard(self) -> list[dict[str, Any]]:
        """The events that were put on the bus without anything having been written."""
        return [json.loads(body) for body in bodies(self._url)]

    def _consume(self, event: dict[str, Any]) -> None:
        for name, types in CONSUMERS.items():
            if event["detail-type"] in types:
                self._service.invoke(name, event)


def subscribed_queue(name: str) -> str:
    """A new queue; its URL."""
    return str(boto3.client("sqs").create_queue(QueueName=name)["QueueUrl"])


def arn_of(url: str) -> str:
    """A queue's ARN."""
    answer = boto3.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return str(answer["Attributes"]["QueueArn"])


def bodies(url: str) -> Iterator[str]:
    """The messages of a queue, each taken out."""
    queues = boto3.client("sqs")
    while messages := queues.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            queues.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            yield message["Body"]


def work(service: Service, function: str, queue: Queue) -> int:
    """Have a function work through the messages that are visible in its queue, as Lambda does; how many were done."""
    queues, url, done = boto3.client("sqs"), ENVIRONMENT[settings.QUEUE_URL + queue.upper()], 0
    while (event := received(queue))["Records"]:
        answer = service.invoke(function, event)
        again = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
        for record in event["Records"]:
            if record["messageId"] not in again:
                queues.delete_message(QueueUrl=url, ReceiptHandle=record["receiptHandle"])
                done += 1
    return done
