"""What a benchmark measures against: the emulator's DynamoDB in a folder of its own, the service's code in process."""

import base64
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import httpx

from infra.local.errors import LauncherError
from infra.local.processes import Daemon, wait_until
from infra.local.settings import HEALTH_PATH, LOOPBACK, Settings
from infra.local.stack import START_SECONDS, free_port
from watchbill.platform import aws, settings
from watchbill.platform.queue import Queue
from watchbill.services import forget

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TABLE = "watchbill-benchmark"
BUS = "watchbill-benchmark"


@contextmanager
def emulator() -> Iterator[dict[str, str]]:
    """Run the emulator with an empty table and bus; the environment in which the service's code finds them."""
    with tempfile.TemporaryDirectory() as folder:
        local = Settings(Path(folder).resolve(), free_port(), free_port())
        local.prepare()
        process = Daemon("emulator", local.state, local.logs / "emulator.log")
        process.start([sys.executable, "-m", "infra.local.emulator"], local.emulator_environment())
        try:
            if not wait_until(lambda: _answers(local.emulator_url), START_SECONDS):
                raise LauncherError(f"The emulator did not start: {process.last_words()}")
            yield local.aws_environment() | _settings()
        finally:
            process.kill()


@contextmanager
def deployed() -> Iterator["Stream"]:
    """Run the emulator and turn this process into a function deployed to it; the table's stream."""
    with emulator() as environment:
        before = dict(os.environ)
        os.environ.update(environment)
        _forget_clients()
        try:
            make_table(boto3.client("dynamodb"), TABLE)
            boto3.client("events").create_event_bus(Name=BUS)
            yield Stream()
        finally:
            os.environ.clear()
            os.environ.update(before)
            _forget_clients()


def make_table(dynamodb: "DynamoDBClient", name: str) -> None:
    """Create a table as the stack has it."""
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )


class Stream:
    """The table's stream, read on from where it was read before."""

    def __init__(self) -> None:
        self._client: Any = boto3.client("dynamodbstreams")
        arn = self._client.list_streams(TableName=TABLE)["Streams"][0]["StreamArn"]
        shard = self._client.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
        start = {"StreamArn": arn, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"}
        self._iterator = self._client.get_shard_iterator(**start)["ShardIterator"]

    def runs(self) -> list[dict[str, Any]]:
        """The writes of runs since the last call, as the event source's filter leaves them in an event."""
        records = [record for record in self._records() if record["dynamodb"]["Keys"]["sk"]["S"] == "RUN"]
        found: list[dict[str, Any]] = json.loads(json.dumps(records, default=_event_json))
        return found

    def _records(self) -> Iterator[dict[str, Any]]:
        while True:
            answer = self._client.get_records(ShardIterator=self._iterator, Limit=1000)
            self._iterator = answer["NextShardIterator"]
            if not answer["Records"]:
                return
            yield from answer["Records"]


def _event_json(value: Any) -> Any:
    # An event is JSON: binary values are base 64, times are numbers.
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value.timestamp()


def _settings() -> dict[str, str]:
    return {
        settings.TABLE_NAME: TABLE,
        settings.BUS_NAME: BUS,
        settings.STAGE: "development",
        settings.RETENTION_DAYS: "30",
        **{settings.QUEUE_URL + queue.upper(): f"http://{LOOPBACK}/no-such-queue/{queue}" for queue in Queue},
        "POWERTOOLS_SERVICE_NAME": "benchmark",
        "POWERTOOLS_METRICS_NAMESPACE": "Watchbill",
        "POWERTOOLS_METRICS_DISABLED": "true",
        "POWERTOOLS_TRACE_DISABLED": "true",
        "POWERTOOLS_LOG_LEVEL": "WARNING",
    }


def _forget_clients() -> None:
    settings.settings.cache_clear()
    aws.dynamodb.cache_clear()
    aws.events.cache_clear()
    forget()


def _answers(url: str) -> bool:
    try:
        return httpx.get(url + HEALTH_PATH, timeout=2).is_success
    except httpx.TransportError:
        return False
