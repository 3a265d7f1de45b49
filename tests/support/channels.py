"""Queues, the topic of alerts, the sender of e-mails, schedules and files in moto; messages as Lambda has them."""

from functools import cache
from typing import Any

import boto3
from moto.core.models import DEFAULT_ACCOUNT_ID as ACCOUNT
from moto.sqs.models import sqs_backends

from tests.support.local_table import ENVIRONMENT, REGION
from watchbill.platform import settings
from watchbill.platform.queue import Queue


@cache
def _client(service: str) -> Any:
    # Opened once: moto answers whoever asks, and opening one takes longer than the queues do.
    return boto3.client(service)


def make_channels() -> None:
    """Create what the settings of a function name."""
    for queue in Queue:
        _client("sqs").create_queue(QueueName=queue)
    key = _client("kms").create_key()["KeyMetadata"]["KeyId"]
    _client("kms").create_alias(AliasName=ENVIRONMENT[settings.SEALING_KEY], TargetKeyId=key)
    _client("sns").create_topic(Name=ENVIRONMENT[settings.ALERT_TOPIC_ARN].split(":")[-1])
    _client("scheduler").create_schedule_group(Name=ENVIRONMENT[settings.SCHEDULE_GROUP])
    _client("s3").create_bucket(Bucket=ENVIRONMENT[settings.FILES_BUCKET])
    _client("sesv2").create_email_identity(EmailIdentity=ENVIRONMENT[settings.ALERT_SENDER])


def received(queue: Queue) -> dict[str, Any]:
    """Up to ten messages of a queue, as the event that Lambda would hand over; without any, one without records."""
    # Looked at in moto first: most queues hold nothing most of the time, and tests ask all of them again and again.
    if not sqs_backends[ACCOUNT][REGION].get_queue(queue)._messages:
        return {"Records": []}
    answer = _client("sqs").receive_message(
        QueueUrl=ENVIRONMENT[settings.QUEUE_URL + queue.upper()],
        MaxNumberOfMessages=10,
        MessageSystemAttributeNames=["All"],
        MessageAttributeNames=["All"],
    )
    return {"Records": [_record(message, queue) for message in answer.get("Messages", [])]}


def _record(message: Any, queue: Queue) -> dict[str, Any]:
    attributes = message.get("MessageAttributes", {}).items()
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message["Attributes"],
        "messageAttributes": {name: {"stringValue": value["StringValue"]} for name, value in attributes},
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:us-east-1:000000000000:{queue}",
        "awsRegion": "us-east-1",
    }
