"""Invoking other Lambda functions of the account, and waiting for what they answer."""

import json
from dataclasses import dataclass
from typing import Any

from watchbill.platform import aws

_BUSY = frozenset(
    {"TooManyRequestsException", "ServiceException", "EC2ThrottledException", "ResourceNotReadyException"}
)


@dataclass(frozen=True, slots=True)
class Invoked:
    """What a function answered, as JSON; `error` is the kind of its failure, which `retryable` another try may mend."""

    payload: Any
    error: str | None = None
    retryable: bool = True


def invoke(name: str, event: dict[str, Any], seconds: int) -> Invoked:
    """Have a function handle an event, and wait for it at most so many seconds."""
    try:
        answer = aws.lambda_(seconds).invoke(FunctionName=name, Payload=json.dumps(event).encode())
    except aws.ReadTimeout:
        return Invoked("it did not answer in time", "Timeout")
    except aws.ClientError as error:
        code = error.response["Error"]["Code"]
        return Invoked(error.response["Error"]["Message"], code, retryable=code in _BUSY or aws.throttled(error))
    payload = json.loads(answer["Payload"].read() or b"null")
    failed = answer.get("FunctionError")
    if not failed:
        return Invoked(payload)
    kind = payload.get("errorType") if isinstance(payload, dict) else None
    return Invoked(payload, kind or failed)
