"""Errors as callers read them: problem details (RFC 9457) of the library's errors and of our own."""

import json
from collections.abc import Sequence
from typing import Any

from watchbill.platform import aws
from watchbill.platform.errors import Fault, TooManyRequests, WatchbillError

PROBLEM = "application/problem+json"


def problem(error: WatchbillError, instance: str) -> str:
    """An error as RFC 9457 problem details, and as `{"error": ...}` for clients of the original routes."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "instance": instance,
        "error": error.detail,
    }
    if error.errors:
        body["errors"] = [{"path": fault.path, "message": fault.message} for fault in error.errors]
    return json.dumps(body)


def refusal(error: WatchbillError, event: dict[str, Any]) -> dict[str, Any]:
    """The answer to a request that came to no route."""
    instance = event.get("requestContext", {}).get("requestId", "")
    return {"statusCode": error.status, "headers": {"Content-Type": PROBLEM}, "body": problem(error, instance)}


def summary(faults: Sequence[Fault]) -> str:
    """What is wrong with a request, in a line."""
    if not faults:
        return "the request is malformed"
    first = faults[0]
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    return f"{first.path}: {first.message}{more}" if first.path else f"{first.message}{more}"


def busy(error: aws.ClientError) -> TooManyRequests:
    """What the caller is told of a table without room; an error of another kind goes on its way."""
    if not aws.throttled(error):
        raise error
    return TooManyRequests("the table is busy; send the request again", retry_after=1)
