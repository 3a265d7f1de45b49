"""The table in moto, and its stream as Lambda would deliver it."""

import base64
import copy
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import boto3
import botocore.session
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID as ACCOUNT
from moto.dynamodb.models import dynamodb_backends

from tests.support import quick_moto
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
    settings.FILES_BUCKET: "watchbill-test-files",
    settings.SEALING_KEY: "alias/watchbill-test/tokens",
    settings.CREDENTIALS_PATH: "/watchbill-test/social",
    settings.REDIRECTS: "http://localhost:9999/api/social/auth/{platform}/callback",
    settings.LIVE_URL: "wss://live.example.com/live",
    settings.SOCKETS_URL: "https://live.example.com/live",
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
quick_moto.use()


class _Session(boto3.Session):
    """Opens each client once for all tests, which takes longer than most of them."""

    def __init__(self) -> None:
        super().__init__(botocore_session=botocore.session.Session())
        self._open: dict[str, tuple[Any, Any]] = {}

    def client(self, service_name: str, **options: Any) -> Any:  # type: ignore[override]
        """The client that an earlier test left as it was opened; a new one for an endpoint of a test's own."""
        if any(name.startswith("AWS_ENDPOINT_URL") for name in os.environ):
            return super().client(service_name, **options)  # type: ignore[call-overload]
        if service_name in quick_moto.AT_ONE_ADDRESS:
            # Moto does not look who signed.
            options["config"] = (options.get("config") or Config()).merge(Config(signature_version=UNSIGNED))
        told = {name: getattr(value, "_user_provided_options", value) for name, value in options.items()}
        name = f"{service_name} {sorted(told.items())}"
        client, handlers = self._open.get(name, (None, None))
        if client is None or _handlers(client) != handlers:
            client = super().client(service_name, **options)  # type: ignore[call-overload]
            client._user_agent_creator.to_string = lambda: "watchbill"  # put together anew for each request otherwise
            self._open[name] = client, _handlers(client)
        return client


def _handlers(client: Any) -> Any:
    """Who is told what the client does, by which a test watches it or has it fail."""
    return copy.copy(client.meta.events._emitter._handlers)._root


@cache
def _session() -> boto3.Session:
    """One for all tests: reading AWS's API definitions anew for each would take longer than most tests."""
    return _Session()


@contextmanager
def function_environment() -> Iterator[None]:
    """The settings of a function as environment variables."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        settings.settings.cache_clear()
        yield
    settings.settings.cache_clear()


@contextmanager
def mocked_aws() -> Iterator[None]:
    """AWS in process with the table and the bus, and clients that were opened inside it only."""
    with mock_aws():
        boto3.DEFAULT_SESSION = _session()
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


def every_unlogged_item() -> list[dict[str, Any]]:
    """Everything in the table but the audit log, which also notes what came to nothing."""
    return [item for item in every_item() if "#AUDIT#" not in item["pk"]["S"]]


def everything() -> str:
    """Everything in the table as one text, binary values decoded as well, for who looks for what must not be there."""

    def plain(value: Any) -> str:
        match value:
            case {"B": str(encoded)}:
                return base64.b64decode(encoded).decode("latin-1")
            case dict():
                return " ".join(f"{name} {plain(inner)}" for name, inner in value.items())
            case list():
                return " ".join(map(plain, value))
            case _:
                return str(value)

    return plain(every_item())


def kept() -> Callable[[], None]:
    """Keep the table as it is now; what is returned makes it so again, as often as it is called."""
    tables = dynamodb_backends[ACCOUNT][REGION].tables
    before = copy.deepcopy(tables[TABLE])

    def restore() -> None:
        tables[TABLE] = copy.deepcopy(before)
        services.forget()

    return restore


class Stream:
    """Reads the table's stream from where it was read before."""

    def __init__(self) -> None:
        self._read = 0

    def records(self) -> list[dict[str, Any]]:
        """What was written since the last call, as event records."""
        # Straight from moto, as above. When a transaction is rolled back, so is its stream.
        shard = dynamodb_backends[ACCOUNT][REGION].get_table(TABLE).stream_shard
        assert shard
        new = [record.to_json() for record in shard.items[self._read :]]
        self._read = len(shard.items)
        told = [json.loads(json.dumps(record, default=as_event)) for record in new]
        # No consumer is told of the audit log, and a request that changes nothing is in it too.
        return [record for record in told if "#AUDIT#" not in record["dynamodb"]["Keys"]["pk"]["S"]]


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
