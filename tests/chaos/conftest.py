"""Fixtures: AWS's table in a process of its own, for functions in processes of their own."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import boto3
import httpx
import pytest

from infra.local.processes import WITH_PARENT, wait_until
from infra.local.settings import HEALTH_PATH, Settings
from infra.local.stack import free_port
from tests.support.local_table import ENVIRONMENT, TABLE
from watchbill import services
from watchbill.platform import aws, settings


@pytest.fixture(scope="package")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of functions whose table is in the emulator; this process is one of them."""
    local = Settings(Path(tmp_path_factory.mktemp("chaos")), free_port(), free_port())
    local.prepare()
    command = [sys.executable, "-m", "infra.local.emulator", WITH_PARENT]
    # Who dies is expected to leave an error in the log, a thousand times.
    environment = ENVIRONMENT | local.aws_environment() | {"POWERTOOLS_LOG_LEVEL": "CRITICAL"}
    with (
        pytest.MonkeyPatch.context() as patch,
        (local.logs / "emulator.log").open("wb") as log,
        subprocess.Popen(command, env=local.emulator_environment(), stdout=log, stderr=log) as emulator,
    ):
        try:
            assert wait_until(lambda: _answers(local.emulator_url), 60), "the emulator does not answer"
            for name, value in environment.items():
                patch.setenv(name, value)
            _forget()
            _make_table()
            yield environment
        finally:
            emulator.kill()
    _forget()


def _answers(url: str) -> bool:
    try:
        return httpx.get(url + HEALTH_PATH, trust_env=False).is_success
    except httpx.HTTPError:
        return False


def _make_table() -> None:
    boto3.client("dynamodb").create_table(
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
