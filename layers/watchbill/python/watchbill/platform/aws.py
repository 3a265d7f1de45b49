"""Clients for AWS, one per process, opened at first use. The only importer of boto3."""

from collections.abc import Mapping
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any

import boto3
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.config import Config
from botocore.exceptions import BotoCoreError as Unreached
from botocore.exceptions import ClientError
from botocore.exceptions import ReadTimeoutError as ReadTimeout
from botocore.parsers import ResponseParserError as Unparsable

if TYPE_CHECKING:
    from mypy_boto3_apigatewaymanagementapi import ApiGatewayManagementApiClient
    from mypy_boto3_bedrock_runtime import BedrockRuntimeClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_scheduler import EventBridgeSchedulerClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_ssm import SSMClient

__all__ = [
    "ClientError",
    "ReadTimeout",
    "TypeDeserializer",
    "TypeSerializer",
    "Unparsable",
    "Unreached",
    "bedrock",
    "dynamodb",
    "events",
    "forget_clients",
    "kms",
    "lambda_",
    "s3",
    "scheduler",
    "ses",
    "sns",
    "sockets",
    "sqs",
    "ssm",
    "throttled",
]

# Enough sockets for the threads of one batch; short time-outs, so that a lost packet costs a retry, not the request.
MAX_CONNECTIONS = 32
_CONFIG = Config(
    retries={"mode": "standard", "max_attempts": 5},
    max_pool_connections=MAX_CONNECTIONS,
    connect_timeout=2,
    read_timeout=10,
)
_UNASKED = _CONFIG.merge(Config(parameter_validation=False))
"""For what is asked a hundred times a request: the client's check of each value against the service's description takes
a quarter of the time that writing it does, and the service checks all the same."""
_OPENING = Lock()
"""boto3's session, which opens the clients, is not for several threads at once."""


_THROTTLED = frozenset(
    {
        "InternalServerError",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ThrottlingException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
_CANCELLED_BECAUSE = frozenset({"ProvisionedThroughputExceeded", "ThrottlingError", "TransactionConflict"})


def throttled(error: ClientError) -> bool:
    """Whether AWS asks us to come back later, after its client has tried several times."""
    response: Mapping[str, Any] = error.response
    reasons = (reason.get("Code") for reason in response.get("CancellationReasons", ()))
    return response["Error"]["Code"] in _THROTTLED or any(reason in _CANCELLED_BECAUSE for reason in reasons)


@cache
def dynamodb() -> "DynamoDBClient":
    """The DynamoDB client."""
    with _OPENING:
        return boto3.client("dynamodb", config=_UNASKED)


@cache
def events() -> "EventBridgeClient":
    """The EventBridge client."""
    with _OPENING:
        return boto3.client("events", config=_CONFIG)


@cache
def kms() -> "KMSClient":
    """The KMS client."""
    with _OPENING:
        return boto3.client("kms", config=_CONFIG)


@cache
def s3() -> "S3Client":
    """The S3 client, whose links are signed as every region knows it."""
    with _OPENING:
        return boto3.client("s3", config=_CONFIG.merge(Config(signature_version="s3v4")))


@cache
def scheduler() -> "EventBridgeSchedulerClient":
    """The EventBridge Scheduler client."""
    with _OPENING:
        return boto3.client("scheduler", config=_CONFIG)


@cache
def sqs() -> "SQSClient":
    """The SQS client."""
    with _OPENING:
        return boto3.client("sqs", config=_CONFIG)


@cache
def ssm() -> "SSMClient":
    """The client of Systems Manager, for its Parameter Store."""
    with _OPENING:
        return boto3.client("ssm", config=_CONFIG)


@cache
def sns() -> "SNSClient":
    """The SNS client."""
    with _OPENING:
        return boto3.client("sns", config=_CONFIG)


@cache
def sockets(url: str) -> "ApiGatewayManagementApiClient":
    """The client that sends through the sockets of the API at this address; it waits for none of them for long."""
    hasty = Config(retries={"mode": "standard", "total_max_attempts": 2}, connect_timeout=1, read_timeout=2)
    with _OPENING:
        return boto3.client("apigatewaymanagementapi", endpoint_url=url, config=_CONFIG.merge(hasty))


@cache
def ses() -> "SESV2Client":
    """The SES client."""
    with _OPENING:
        return boto3.client("sesv2", config=_CONFIG)


@cache
def lambda_(seconds: int) -> "LambdaClient":
    """The Lambda client for invocations that may take so long; it makes each of them once."""
    patient = Config(retries={"max_attempts": 0}, connect_timeout=2, read_timeout=seconds)
    with _OPENING:
        return boto3.client("lambda", config=_CONFIG.merge(patient))


@cache
def bedrock(region: str, seconds: int) -> "BedrockRuntimeClient":
    """The client for Bedrock's language models in a region ("" for our own), whose answers may take so long.

    Asking twice is paid twice, so it asks again only a few times.
    """
    patient = Config(retries={"mode": "standard", "total_max_attempts": 3}, read_timeout=seconds)
    with _OPENING:
        return boto3.client("bedrock-runtime", region_name=region or None, config=_CONFIG.merge(patient))


def forget_clients() -> None:
    """Open every client anew at its next use, for a process whose AWS has changed, as in tests."""
    for client in (dynamodb, events, kms, s3, scheduler, sqs, ssm, sns, ses, sockets, lambda_, bedrock):
        client.cache_clear()
