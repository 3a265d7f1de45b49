"""How the launcher and the test suites reach the emulator with boto3."""

from typing import Any

import boto3

from infra.local.settings import REGION, Settings


def client(settings: Settings, name: str) -> Any:
    """Return the emulator's client for the AWS service `name`."""
    environment = settings.aws_environment()
    session = boto3.Session(
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
        region_name=REGION,
    )
    return session.client(name, endpoint_url=settings.emulator_url)  # type: ignore[call-overload]
