"""What is sent to every system alike: requests as an OTLP exporter sends them, by one client or by several at once."""

import gzip
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from random import Random

import httpx
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, InstrumentationScope, KeyValue
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span

from watchbill.platform import clock

RUNS = 100
"""Runs in a request; each is the span of an agent with that of a model's call below it."""
AGENTS = tuple(f"agent-{number:02d}" for number in range(20))
HEADERS = {"content-type": "application/x-protobuf", "content-encoding": "gzip"}
_MODEL = "gpt-4.1-2025-04-14"
_SECOND = 10**9
_PATIENCE = 120.0

Value = str | int | Sequence[str]


@dataclass(frozen=True)
class Export:
    """One request: its body, compressed, and the ids of its traces."""

    agent: str
    body: bytes
    size: int
    """Bytes of the body before compression."""
    traces: tuple[str, ...]


@dataclass
class Exporter:
    """Makes requests for the agents in turn. Content is not captured, as is OpenTelemetry's default.

    With `sessions`, each run is of a conversation of its own.
    """

    random: Random
    sessions: bool = False
    made: int = 0

    def exports(self, count: int) -> list[Export]:
        """So many requests, of which no two have a trace in common."""
        return [self._export() for _ in range(count)]

    def _export(self) -> Export:
        agent = AGENTS[self.made % len(AGENTS)]
        self.made += 1
        pairs = [self._run(agent) for _ in range(RUNS)]
        resource = {
            "service.name": agent,
            "service.version": "1.4.2",
            "telemetry.sdk.language": "python",
            "telemetry.sdk.name": "opentelemetry",
            "telemetry.sdk.version": "1.44.0",
        }
        # Children end first, and so they are sent first.
        of_scope = ScopeSpans(
            scope=InstrumentationScope(name="opentelemetry.instrumentation.genai.openai", version="1.0"),
            spans=[span for pair in pairs for span in reversed(pair)],
        )
        whole = ResourceSpans(resource=Resource(attributes=_attributes(resource)), scope_spans=[of_scope])
        body = ExportTraceServiceRequest(resource_spans=[whole]).SerializeToString()
        traces = tuple(agent_span.trace_id.hex() for agent_span, _ in pairs)
        return Export(agent, gzip.compress(body, 6), len(body), traces)

    def _run(self, agent: str) -> tuple[Span, Span]:
        draw = self.random
        end = int(clock.now().timestamp() * _SECOND) - draw.randrange(_SECOND)
        begin = end - int(draw.lognormvariate(0.5, 0.8) * _SECOND)
        trace, outer, inner = draw.randbytes(16), draw.randbytes(8), draw.randbytes(8)
        conversation = {"gen_ai.conversation.id": f"conversation-{draw.getrandbits(64):016x}"} if self.sessions else {}
        asked = {"gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4.1"}
        told: dict[str, Value] = {
            "gen_ai.operation.name": "chat",
            **asked,
            **conversation,
            "gen_ai.response.model": _MODEL,
            "gen_ai.response.id": f"chatcmpl-{draw.getrandbits(96):024x}",
            "gen_ai.response.finish_reasons": ("stop",),
            "gen_ai.usage.input_tokens": draw.randint(500, 30_000),
            "gen_ai.usage.output_tokens": draw.randint(50, 3_000),
            "server.address": "api.openai.com",
            "server.port": 443,
        }
        invoked: dict[str, Value] = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": agent}
        return (
            _span(f"invoke_agent {agent}", trace, outer, b"", begin, end, invoked | asked | conversation),
            _span("chat gpt-4.1", trace, inner, outer, begin + _SECOND // 1000, end - _SECOND // 1000, told),
        )


@dataclass(frozen=True)
class Door:
    """Where a system takes OTLP, and what it asks for beside it."""

    url: str
    headers: Mapping[str, str]

    def send(self, exports: Sequence[Export], clients: int) -> None:
        """Send requests, by so many clients at once, each of which waits for its answer before the next."""
        with ThreadPoolExecutor(clients) as pool:
            list(pool.map(self._send, [exports[first::clients] for first in range(clients)]))

    def _send(self, exports: Iterable[Export]) -> None:
        with httpx.Client(headers={**HEADERS, **self.headers}, timeout=_PATIENCE, trust_env=False) as client:
            for export in exports:
                client.post(self.url, content=export.body).raise_for_status()


def elapsed(since: float) -> float:
    """Seconds since a `time.perf_counter()`."""
    return time.perf_counter() - since


def _span(name: str, trace: bytes, own: bytes, parent: bytes, begin: int, end: int, said: Mapping[str, Value]) -> Span:
    return Span(
        trace_id=trace,
        span_id=own,
        parent_span_id=parent,
        name=name,
        kind=Span.SPAN_KIND_CLIENT,
        start_time_unix_nano=begin,
        end_time_unix_nano=max(end, begin),
        attributes=_attributes(said),
    )


def _attributes(said: Mapping[str, Value]) -> list[KeyValue]:
    return [KeyValue(key=name, value=_value(value)) for name, value in said.items()]


def _value(value: Value) -> AnyValue:
    if isinstance(value, str):
        return AnyValue(string_value=value)
    if isinstance(value, int):
        return AnyValue(int_value=value)
    return AnyValue(array_value=ArrayValue(values=[AnyValue(string_value=each) for each in value]))
