"""Telemetry for tests: requests as an exporter sends them, made with OpenTelemetry's own messages."""

import gzip
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, InstrumentationScope, KeyValue
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span, Status

from tests.support.service import Answer, Service
from tests.support.steps import AGENT, VERSION
from watchbill.platform import clock
from watchbill.telemetry.fold import run_id

TRACES, LOGS, MEASURED = "/v1/traces", "/v1/logs", "/v1/metrics"
PROTOBUF = {"content-type": "application/x-protobuf"}
_MS = 1_000_000


@dataclass(frozen=True)
class Sent:
    """A span to be sent; times in milliseconds from the beginning of its trace."""

    name: str
    parent: str | None = None
    start: int = 0
    end: int = 1_000
    said: dict[str, Any] = field(default_factory=dict)
    failed: bool = False
    trace: str = "t"


def agent(name: str = "writer", parent: str | None = None, **said: Any) -> Sent:
    """The span of an agent."""
    attributes = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": name, **_named(said)}
    return Sent(f"invoke_agent {name}", parent, said=attributes)


def call(parent: str | None = "invoke_agent writer", tokens: tuple[int, int] = (1_000, 200), **said: Any) -> Sent:
    """The span of a model's call, by default of one whose price is known: 2.50 and 10.00 USD per million tokens."""
    attributes = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4o",
        "gen_ai.usage.input_tokens": tokens[0],
        "gen_ai.usage.output_tokens": tokens[1],
        **_named(said),
    }
    return Sent("chat gpt-4o", parent, 100, 600, attributes)


def tool(name: str = "search", parent: str = "invoke_agent writer") -> Sent:
    """The span of a tool's call."""
    said = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": name}
    return Sent(f"execute_tool {name}", parent, 650, 700, said)


def request(spans: Sequence[Sent], begin_ms: int | None = None, service: str = "shop") -> bytes:
    """A request with spans, in protobuf."""
    begin = (round(clock.now().timestamp() * 1000) if begin_ms is None else begin_ms) - 10_000
    resource = Resource(attributes=[_pair("service.name", service)])
    scope = ScopeSpans(scope=InstrumentationScope(name="test"), spans=[_span(span, begin) for span in spans])
    message = ExportTraceServiceRequest(resource_spans=[ResourceSpans(resource=resource, scope_spans=[scope])])
    return message.SerializeToString()


def export(service: Service, key: str, spans: Sequence[Sent], **how: Any) -> Answer:
    """What an export of spans is answered."""
    body = gzip.compress(request(spans, **how))
    return service.request("POST", TRACES, raw=body, key=key, headers={**PROTOBUF, "content-encoding": "gzip"})


def trace_id(name: str) -> str:
    """The id of a trace of that name."""
    return name.encode().hex().rjust(32, "0")


def _span(sent: Sent, begin_ms: int) -> Span:
    return Span(
        trace_id=bytes.fromhex(trace_id(sent.trace)),
        span_id=_span_id(sent.name),
        parent_span_id=_span_id(sent.parent) if sent.parent else b"",
        name=sent.name,
        kind=Span.SPAN_KIND_INTERNAL,
        start_time_unix_nano=(begin_ms + sent.start) * _MS,
        end_time_unix_nano=(begin_ms + sent.end) * _MS,
        attributes=[_pair(name, value) for name, value in sent.said.items()],
        status=Status(code=Status.STATUS_CODE_ERROR, message="it failed") if sent.failed else None,
    )


def _span_id(name: str) -> bytes:
    return name.encode().rjust(8, b"\x01")[-8:]


def _pair(name: str, value: Any) -> KeyValue:
    kind = "int_value" if isinstance(value, int) else "string_value"
    return KeyValue(key=name, value=AnyValue(**{kind: value}))


def _named(said: dict[str, Any]) -> dict[str, Any]:
    """Names with dots, for which keywords have underscores in pairs."""
    return {name.replace("__", "."): value for name, value in said.items()}


def a_trace(trace: str = "a-trace", session: str = "a-session", **said: str) -> dict[str, Any]:
    """A request in JSON: one span, of the usual agent and version."""
    named = {"gen_ai.operation.name": "invoke_agent", "gen_ai.conversation.id": session, **said}
    named = {"gen_ai.agent.name": AGENT, "gen_ai.agent.version": VERSION, **named}
    span = {
        "traceId": trace_id(trace),
        "spanId": "0102030405060708",
        "name": "invoke_agent",
        "startTimeUnixNano": "1772445600000000000",
        "endTimeUnixNano": "1772445601000000000",
        "attributes": [{"key": name, "value": {"stringValue": value}} for name, value in named.items()],
    }
    return {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}


def traced_run(service: Service, key: str, trace: str = "a-trace", **said: str) -> str:
    """The id of a run of the usual agent that a trace told."""
    answer = service.request("POST", TRACES, a_trace(trace, **said), key=key)
    assert answer.status == 200, answer.text
    return run_id(trace_id(trace))


def a_log(trace: str = "a-trace", span: str = "0102030405060708", **said: str) -> dict[str, Any]:
    """A request in JSON: what was said to a model during a span, as a log record has it."""
    told = {"gen_ai.input.messages": "in", "gen_ai.output.messages": "out", **_named(said)}
    record = {
        "traceId": trace_id(trace),
        "spanId": span,
        "eventName": "gen_ai.client.inference.operation.details",
        "timeUnixNano": "1772445600500000000",
        "attributes": [{"key": name, "value": {"stringValue": value}} for name, value in told.items()],
    }
    return {"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]}


def a_measurement(temporality: int = 1, service: str = AGENT, **fields: Any) -> dict[str, Any]:
    """A request in JSON: what a process measured of its models' calls in a minute."""
    said = {"gen_ai.request.model": "gpt-4o", "gen_ai.token.type": "input"}
    point = {
        "startTimeUnixNano": "1772445540000000000",
        "timeUnixNano": "1772445600000000000",
        "count": "4",
        "sum": 1200,
        "attributes": [{"key": name, "value": {"stringValue": value}} for name, value in said.items()],
        **fields,
    }
    histogram = {"dataPoints": [point], "aggregationTemporality": temporality}
    metric = {"name": "gen_ai.client.token.usage", "unit": "{token}", "histogram": histogram}
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": service}}]}
    return {"resourceMetrics": [{"resource": resource, "scopeMetrics": [{"metrics": [metric]}]}]}
