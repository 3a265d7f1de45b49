"""How the launcher and the test suites reach the emulator with boto3."""

from typing import Any

import boto3
from botocore.config import Config

from infra.local.settings import REGION, ROOT_KEY, Settings


def client(settings: Settings, name: str, config: Config | None = None, path: str = "") -> Any:
    """Return the emulator's client for the AWS service `name`, which it has at this path."""
    session = boto3.Session(
        aws_access_key_id=ROOT_KEY["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=ROOT_KEY["AWS_SECRET_ACCESS_KEY"],
        region_name=REGION,
    )
    return session.client(name, endpoint_url=settings.emulator_url + path, config=config)  # type: ignore[call-overload]
