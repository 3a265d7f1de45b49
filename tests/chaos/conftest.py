"""Fixtures: AWS's table in a process of its own, for functions in processes of their own."""

from collections.abc import Iterator

import pytest
from botocore.config import Config

from tests.support.local_table import ENVIRONMENT, TABLE
from tests.support.table_process import table_process
from tests.support.told import Told
from watchbill import services
from watchbill.platform import aws, settings
from watchbill.platform.observability import logger


@pytest.fixture(scope="package")
def deployment(tmp_path_factory: pytest.TempPathFactory, listener: Told) -> Iterator[dict[str, str]]:
    """The environment of functions whose table is in another process; this process is one of them."""
    with pytest.MonkeyPatch.context() as patch, table_process(tmp_path_factory.mktemp("chaos")):
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        # The table is asked once: a second time the client would not be throttled any more, and waiting costs time.
        patch.setattr(aws, "_UNASKED", aws._UNASKED.merge(Config(retries={"total_max_attempts": 1})))
        _forget()
        _make_table()
        listener.make_ready()
        # Who dies is expected to leave an error in the log, a thousand times.
        logger().setLevel("CRITICAL")
        yield ENVIRONMENT
        logger().setLevel(ENVIRONMENT["POWERTOOLS_LOG_LEVEL"])
    _forget()


def _make_table() -> None:
    aws.dynamodb().create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )


def _forget() -> None:
    settings.settings.cache_clear()
    aws.forget_clients()
    services.forget()
