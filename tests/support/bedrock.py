"""Amazon Bedrock's Converse API on the loopback interface: refuses what Bedrock would, and answers as told."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import botocore.session
from botocore.validate import ParamValidator

from tests.integration.client.server import Reply, Seen, serving

_CONVERSE = botocore.session.Session().get_service_model("bedrock-runtime").operation_model("Converse")
ENDPOINT = "AWS_ENDPOINT_URL_BEDROCK_RUNTIME"
"""Where the AWS SDK finds it."""
_USAGE = {"inputTokens": 100, "outputTokens": 50, "totalTokens": 150}

Answerer = Callable[[dict[str, Any]], Reply]
"""What a request's body, with `modelId`, is answered."""


@dataclass
class Bedrock:
    """Answers with `replies` one after the other, then with `afterwards`; keeps what was asked, and what was wrong."""

    url: str = ""
    replies: list[Reply | Answerer] = field(default_factory=list)
    afterwards: Reply | Answerer | None = None
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def answer(self, request: Seen) -> Reply:
        """Answer a request, which must be one that Bedrock takes."""
        found = _wrong(request)
        self.wrong += found
        if found:
            return refusal(400, "ValidationException", "; ".join(found))
        asked = {"modelId": _model(request), **request.json}
        self.asked.append(asked)
        self.headers.append(dict(request.headers))
        reply = self.replies.pop(0) if self.replies else self.afterwards
        assert reply is not None, "one question too many"
        return reply(asked) if callable(reply) else reply

    @property
    def material(self) -> list[str]:
        """What the user's first message of each question said."""
        return [asked["messages"][0]["content"][0]["text"] for asked in self.asked]

    @property
    def instructions(self) -> list[str]:
        """What the system's messages of each question said."""
        return ["\n".join(block["text"] for block in asked["system"]) for asked in self.asked]


@contextmanager
def bedrock(*replies: Reply | Answerer, afterwards: Reply | Answerer | None = None) -> Iterator[Bedrock]:
    """A Bedrock that listens while the block runs."""
    service = Bedrock(replies=list(replies), afterwards=afterwards)
    with serving(service.answer) as url:
        service.url = url
        yield service


def saying(text: str, **usage: int) -> Reply:
    """An answer of text."""
    return _answered({"text": text}, "end_turn", usage)


def filling(stop: str = "tool_use", usage: dict[str, int] | None = None, **fields: Any) -> Answerer:
    """An answer that fills in the shape which was asked for, as a tool's input or as text in JSON."""

    def answer(asked: dict[str, Any]) -> Reply:
        if "toolConfig" not in asked:
            return _answered({"text": json.dumps(fields)}, "end_turn", usage or {})
        name = asked["toolConfig"]["tools"][0]["toolSpec"]["name"]
        return _answered({"toolUse": {"toolUseId": "use-1", "name": name, "input": fields}}, stop, usage or {})

    return answer


def refusal(status: int, code: str, message: str) -> Reply:
    """An error as Bedrock words it."""
    return Reply(status, {"message": message}, {"x-amzn-ErrorType": code})


THROTTLED = refusal(429, "ThrottlingException", "Too many requests, please wait before trying again.")


def _answered(block: dict[str, Any], stop: str, usage: dict[str, int]) -> Reply:
    message = {"role": "assistant", "content": [block]}
    body = {
        "output": {"message": message},
        "stopReason": stop,
        "usage": {**_USAGE, **usage},
        "metrics": {"latencyMs": 1},
    }
    return Reply(200, body)


def _model(request: Seen) -> str:
    return unquote(request.path.split("/")[2])


def _wrong(request: Seen) -> list[str]:
    """Why Bedrock would not take a request."""
    parts = request.path.split("/")
    if request.method != "POST" or len(parts) != 4 or (parts[1], parts[3]) != ("model", "converse"):
        return [f"{request.method} {request.path} is not Converse"]
    signed = request.headers.get("authorization", "")
    found = [] if signed.startswith("AWS4-HMAC-SHA256 ") and "/bedrock/aws4_request" in signed else ["not signed"]
    body = {"modelId": _model(request), **request.json}
    report = ParamValidator().validate(body, _CONVERSE.input_shape)
    found += [report.generate_report()] if report.has_errors() else []
    return found + _unlike_a_talk(body.get("messages", []))


def _unlike_a_talk(messages: list[dict[str, Any]]) -> list[str]:
    roles = [message["role"] for message in messages]
    turns = [("user", "assistant")[number % 2] for number in range(len(roles))]
    if roles != turns or len(roles) % 2 == 0:
        return [f"the roles are {roles}"]
    texts = [block["text"] for message in messages for block in message["content"] if "text" in block]
    return [] if all(text.strip() for text in texts) else ["a text is empty"]
