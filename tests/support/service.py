"""Watchbill in process: requests go through the real handlers, the stream through the real consumers."""

import base64
import importlib
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.support.deliveries import delivered_to
from tests.support.local_table import Stream

API_FUNCTIONS = (
    "registry",
    "campaign_runs",
    "campaigns",
    "agent_settings",
    "company_imports",
    "companies",
    "documents",
    "runs",
    "telemetry",
    "traces",
    "analytics",
    "performance",
    "exports",
    "reports",
    "health",
    "anomalies",
    "prometheus",
    "identity",
    "audit",
    "configuration",
    "alerts",
    "budgets",
    "prices",
    "deliveries",
    "experiments",
    "rebuild",
    "orchestrations",
    "realtime",
    "calendar",
    "agenda",
    "feed",
    "metrics",
    "streams",
    "stream_items",
    "runner",
    "leases",
    "tasks",
    "executions",
    "workflows",
    "chat",
    "social_callback",
    "social_posts",
    "social_webhook",
    "social",
    "documentation",
)


@dataclass
class Answer:
    """What a request was answered."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.text)

    @property
    def next_address(self) -> str | None:
        """Where the Link header says the list goes on."""
        link = self.headers.get("Link")
        return link.split(">")[0].removeprefix("<") if link else None


@dataclass
class LambdaContext:
    """What Lambda tells a handler of itself."""

    function_name: str = "test"
    memory_limit_in_mb: int = 128
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:000000000000:function:test"
    aws_request_id: str = "00000000-0000-0000-0000-000000000000"

    def get_remaining_time_in_millis(self) -> int:
        """Plenty."""
        return 29_000


@dataclass
class Service:
    """A deployment in process."""

    stream: Stream = field(default_factory=Stream)

    def organisation(self, name: str, time_zone: str = "UTC") -> str:
        """Make an organisation; its admin key."""
        event = {"organisation": name, "name": name, "time_zone": time_zone}
        secret: str = self.invoke("provision", event)["key"]["secret"]
        return secret

    def request(
        self,
        method: str,
        address: str,
        body: Any = None,
        *,
        key: str | None,
        headers: dict[str, str] | None = None,
        raw: str | bytes | None = None,
    ) -> Answer:
        """Send a request as API Gateway would hand it over: a `raw` body of bytes encoded in base 64."""
        event = http_event(method, address, raw if raw is not None else _text(body), headers or {})
        if key is not None:
            event["headers"]["authorization"] = f"Bearer {key}"
        allowed = self.invoke("authorizer", event)
        event["requestContext"]["authorizer"] = {"lambda": allowed["context"]}
        answer = self.invoke(function_for(method, urlsplit(address).path), event)
        shown = dict(answer.get("headers") or {})
        shown |= {name: values[0] for name, values in (answer.get("multiValueHeaders") or {}).items()}
        return Answer(answer["statusCode"], shown, text_of(answer))

    def settle(self) -> None:
        """Let the stream's consumer of rollups catch up."""
        records = delivered_to("rollups", self.stream.records())
        if records:
            self.invoke("rollups", {"Records": records})

    def invoke(self, function: str, event: dict[str, Any]) -> Any:
        """Have a function handle an event."""
        return importlib.import_module(f"functions.{function}.handler").lambda_handler(event, LambdaContext())


def http_event(method: str, address: str, body: str | bytes | None, headers: dict[str, str]) -> dict[str, Any]:
    """An event of an HTTP API with payload format 2.0."""
    parts = urlsplit(address)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": parts.path,
        "rawQueryString": urlencode(query),
        "headers": {"content-type": "application/json", **{name.lower(): value for name, value in headers.items()}},
        "queryStringParameters": query,
        "requestContext": {
            "requestId": "request-1",
            "stage": "$default",
            "http": {"method": method, "path": parts.path, "sourceIp": "127.0.0.1"},
        },
        "body": base64.b64encode(body).decode() if isinstance(body, bytes) else body,
        "isBase64Encoded": isinstance(body, bytes),
    }


def routes() -> list[tuple[str, str, str]]:
    """Every route of the API: function, method, path with `<parameters>`."""
    return [
        (name, route.method if isinstance(route.method, str) else route.method[0], route.path)
        for name in API_FUNCTIONS
        for route in _app(name)._static_routes + _app(name)._dynamic_routes
    ]


def text_of(answer: dict[str, Any]) -> str:
    """The body of an answer, which is text also when there is none: the emulator's gateway knows no other."""
    body = answer["body"]
    assert isinstance(body, str)
    return body


def function_for(method: str, path: str) -> str:
    """The function that answers a path."""
    for name in API_FUNCTIONS:
        app = _app(name)
        for route in app._static_routes + app._dynamic_routes:
            if method == route.method and route.rule.match(path):
                return name
    return "documentation"


def _app(name: str) -> Any:
    return importlib.import_module(f"functions.{name}.handler").app


def _text(body: Any) -> str | None:
    return None if body is None else json.dumps(body)
