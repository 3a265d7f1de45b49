"""The table in moto, and its stream as Lambda would deliver it."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import botocore.session
from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID as ACCOUNT
from moto.dynamodb.models import dynamodb_backends

from watchbill import services
from watchbill.platform import aws, settings
from watchbill.platform.queue import Queue

TABLE = "watchbill-test"
REGION = "us-east-1"
ENVIRONMENT = {
    settings.TABLE_NAME: TABLE,
    settings.BUS_NAME: "watchbill-test",
    settings.STAGE: "development",
    settings.RETENTION_DAYS: "30",
    **{settings.QUEUE_URL + queue.upper(): f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{queue}" for queue in Queue},
    settings.ALERT_TOPIC_ARN: f"arn:aws:sns:{REGION}:{ACCOUNT}:alerts",
    settings.ALERT_SENDER: "watchbill@example.com",
    settings.WEBHOOK_DELAYS: settings.STANDARD_WEBHOOK_DELAYS,
    settings.PRIVATE_TARGETS: "true",
    settings.MODELS: "amazon.nova-lite-v1:0,global.anthropic.claude-haiku-5-5,local.unpriced-v1:0",
    settings.SCHEDULE_GROUP: "watchbill-test",
    settings.SCHEDULE_ROLE_ARN: f"arn:aws:iam::{ACCOUNT}:role/schedules",
    settings.FIRINGS_ARN: f"arn:aws:sqs:{REGION}:{ACCOUNT}:{Queue.FIRINGS}",
    settings.FIRINGS_DEAD_LETTERS_ARN: f"arn:aws:sqs:{REGION}:{ACCOUNT}:{Queue.FIRINGS}-dead-letters",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "POWERTOOLS_SERVICE_NAME": "watchbill-test",
    "POWERTOOLS_METRICS_NAMESPACE": "Watchbill",
    "POWERTOOLS_METRICS_DISABLED": "true",
    "POWERTOOLS_TRACE_DISABLED": "true",
    "POWERTOOLS_LOG_LEVEL": "WARNING",
}
# One for all tests: reading AWS's API definitions anew for each would take longer than most tests.
_SESSION = botocore.session.Session()


@contextmanager
def mocked_aws() -> Iterator[None]:
    """AWS in process with the table and the bus, and clients that were opened inside it only."""
    with mock_aws():
        boto3.setup_default_session(botocore_session=_SESSION)
        _forget_clients()
        boto3.client("dynamodb").create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )
        boto3.client("events").create_event_bus(Name=ENVIRONMENT[settings.BUS_NAME])
        yield
    _forget_clients()


def every_item() -> list[dict[str, Any]]:
    """Everything in the table, in DynamoDB's JSON."""
    # Straight from moto: it takes a millisecond to write each item of a scan's answer.
    table = dynamodb_backends[ACCOUNT][REGION].get_table(TABLE)
    return [{name: value.to_json() for name, value in item.attrs.items()} for item in table.all_items()]


class Stream:
    """Reads the table's stream from where it was read before."""

    def __init__(self) -> None:
        self._client = boto3.client("dynamodbstreams", endpoint_url=f"https://streams.dynamodb.{REGION}.amazonaws.com")
        self._read = 0

    def records(self) -> list[dict[str, Any]]:
        """What was written since the last call, as event records."""
        found = [record for page in self._pages() for record in page]
        new, self._read = found[self._read :], len(found)
        return [json.loads(json.dumps(record, default=as_event)) for record in new]

    def _pages(self) -> Iterator[list[dict[str, Any]]]:
        # Always from the beginning: moto loses an iterator's place when a transaction is rolled back.
        arn = self._client.list_streams(TableName=TABLE)["Streams"][0]["StreamArn"]
        shard = self._client.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
        arguments = {"StreamArn": arn, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"}
        iterator = self._client.get_shard_iterator(**arguments)["ShardIterator"]
        while True:
            answer = self._client.get_records(ShardIterator=iterator, Limit=1000)
            iterator = answer["NextShardIterator"]
            if not answer["Records"]:
                return
            yield answer["Records"]


def as_event(value: Any) -> Any:
    """A value that JSON has no word for, as an event holds it."""
    # An event is JSON: binary values are base 64, times are numbers.
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value.timestamp()


def only(sort_keys: str, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those records whose sort key begins so, as the event source's filter leaves them."""
    return [record for record in records if record["dynamodb"]["Keys"]["sk"]["S"].startswith(sort_keys)]


def _forget_clients() -> None:
    aws.forget_clients()
    services.forget()
