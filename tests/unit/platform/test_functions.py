"""Invoking users' functions: what they answer, and each way in which they do not."""

import io
import json
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from watchbill.platform import aws, functions
from watchbill.platform.functions import Invoked


@dataclass
class Lambda:
    """Lambda, which answers or raises as it is told."""

    answer: Any

    def invoke(self, **_: Any) -> Any:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {}}, "Invoke")  # type: ignore[typeddict-item]


def answered(payload: Any, **more: str) -> dict[str, Any]:
    return {"Payload": io.BytesIO(json.dumps(payload).encode()), **more}


@pytest.mark.parametrize(
    ("answer", "invoked"),
    [
        (answered({"output": 1}), Invoked({"output": 1})),
        ({"Payload": io.BytesIO(b"")}, Invoked(None)),
        (
            answered({"errorType": "KeyError", "errorMessage": "topic"}, FunctionError="Unhandled"),
            Invoked({"errorType": "KeyError", "errorMessage": "topic"}, "KeyError"),
        ),
        (answered("gone", FunctionError="Unhandled"), Invoked("gone", "Unhandled")),
        (ReadTimeoutError(endpoint_url="lambda"), Invoked("it did not answer in time", "Timeout")),
        (refusal("ResourceNotFoundException"), Invoked("no", "ResourceNotFoundException", retryable=False)),
        (refusal("AccessDeniedException"), Invoked("no", "AccessDeniedException", retryable=False)),
        (refusal("TooManyRequestsException"), Invoked("no", "TooManyRequestsException")),
        (refusal("ServiceException"), Invoked("no", "ServiceException")),
    ],
    ids=[
        "an answer",
        "nothing",
        "an error of the function's own",
        "an error in words",
        "no answer in time",
        "no such function",
        "not allowed",
        "too many requests",
        "a fault of Lambda's",
    ],
)
def test_what_comes_of_an_invocation(monkeypatch: pytest.MonkeyPatch, answer: Any, invoked: Invoked) -> None:
    monkeypatch.setattr(aws, "lambda_", lambda _: Lambda(answer))

    assert functions.invoke("watchbill-agent-any", {}, 1) == invoked


def test_an_invocation_is_made_once_and_waited_for_as_long_as_it_may_take(environment: None) -> None:
    config = aws.lambda_(7).meta.config

    assert (config.read_timeout, config.retries["total_max_attempts"]) == (7, 1)
