"""What alerts did on the local stack, read back from it: published messages, sent mail, and events put on the bus."""

import json
from collections.abc import Iterator
from typing import Any

import httpx

from infra.local.aws import client
from infra.local.stack import Running


class Alerts:
    """Looks at the outer side of a running stack's alerts."""

    def __init__(self, stack: Running) -> None:
        self._stack = stack
        self._queues = client(stack.settings, "sqs")
        self._heard: list[dict[str, Any]] = []
        self._url = ""

    def subscribe_to_topic(self, name: str) -> None:
        """Hear what is published to the topic from now on, through a queue of this name."""
        self._url = self._queues.create_queue(QueueName=name)["QueueUrl"]
        answer = self._queues.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])
        arn, topic = answer["Attributes"]["QueueArn"], self._stack.service.deployment.outputs["AlertTopicArn"]
        allowed = {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
            "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
        self._queues.set_queue_attributes(QueueUrl=self._url, Attributes={"Policy": policy})
        client(self._stack.settings, "sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)

    def published(self, organisation: str, kind: str) -> list[dict[str, Any]]:
        """The topic's messages of a kind about an organisation so far, as SNS wrapped them."""
        self._heard += self._received()
        wanted = {"organisation": organisation, "type": kind}
        return [message for message in self._heard if wanted.items() <= _attributes(message).items()]

    def mails_to(self, address: str) -> list[dict[str, Any]]:
        """The e-mails that SES took for an address so far."""
        answer = httpx.get(f"{self._stack.settings.emulator_url}/_ministack/ses/messages", trust_env=False)
        accounts: dict[str, list[dict[str, Any]]] = answer.raise_for_status().json()["messages"]
        return [mail for mails in accounts.values() for mail in mails if address in mail["To"]]

    def tell(self, event_type: str, detail: dict[str, Any]) -> None:
        """Put an event on the bus, as the outbox does."""
        entry = {
            "Source": "watchbill",
            "DetailType": event_type,
            "Detail": json.dumps(detail),
            "EventBusName": self._stack.service.deployment.outputs["BusName"],
        }
        answer = client(self._stack.settings, "events").put_events(Entries=[entry])
        assert answer["FailedEntryCount"] == 0

    def _received(self) -> Iterator[dict[str, Any]]:
        answer = self._queues.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10)
        for message in answer.get("Messages", []):
            self._queues.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
            yield json.loads(message["Body"])


def _attributes(message: dict[str, Any]) -> dict[str, str]:
    return {name: attribute["Value"] for name, attribute in message["MessageAttributes"].items()}
