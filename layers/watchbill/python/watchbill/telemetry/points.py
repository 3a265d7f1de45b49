"""What metrics carry of GenAI: measurements of durations and tokens, each of a stretch of time, in either encoding.

Only deltas are taken. A cumulative point repeats what earlier ones told, so that each would have to be taken from the
last of its process, which may have arrived or not, or twice; a delta says by itself what it adds. Points that are not
of GenAI are let go without a word. Source: opentelemetry/proto/metrics/v1/metrics.proto, "AggregationTemporality".
"""

import json
import math
import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric

from watchbill.platform import ids
from watchbill.telemetry import jsonfields, limits, names, protobuf
from watchbill.telemetry.jsonfields import Object
from watchbill.telemetry.limits import EARLIEST_NS, MAX_NAME, Rejected
from watchbill.telemetry.otlp import Encoding, decompressed
from watchbill.telemetry.reading import named
from watchbill.telemetry.spans import Attributes, Scope
from watchbill.telemetry.spending import instant

COUNTED = "rejectedDataPoints"
"""What an answer in JSON calls the number of those that were not taken."""
MAX_POINTS = 1_000
"""Of a request, of GenAI. An SDK sends one for each series a minute."""
_PREFIX = "gen_ai."
_NAME = re.compile("[!-~]{1,150}")
_MOST = 10**15
_SUMS = ("sum", "histogram", "exponential_histogram")
_DELTA = 1
_NOTHING_RECORDED = 1
_TOKEN_TYPE = ("gen_ai.token.type",)
_CUMULATIVE = (
    "only deltas are taken: set OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE=delta where the metrics come from"
)


class Point(NamedTuple):
    """What was measured during a stretch of time, or at an instant."""

    id: str
    """The same whenever it is sent again."""
    name: str
    unit: str | None
    at: datetime
    """The end of the stretch."""
    agent: str | None
    about: str | None
    """The model, and which of its tokens."""
    total: Decimal | None
    """The sum of what was measured; None where its sender did not say."""
    measurements: int | None
    """How many measurements those are; None of what is no histogram."""


class ReceivedPoints(NamedTuple):
    """What a request brought of GenAI."""

    points: tuple[Point, ...]
    rejected: tuple[Rejected, ...]


class _Sent(NamedTuple):
    metric: str
    unit: str
    kind: str
    temporality: int
    resource: Attributes
    scope: Scope
    attributes: Attributes
    start_ns: int
    at_ns: int
    total: float | int | None
    measurements: int | None
    flags: int


def received(body: bytes, encoding: Encoding, compression: str | None, now: datetime) -> ReceivedPoints:
    """The points that a request brings. Raises BadRequest, PayloadTooLarge, UnsupportedMediaType."""
    read = _from_json if encoding is Encoding.JSON else _from_protobuf
    points, rejected = [], []
    latest_ns = limits.latest(now)
    for sent in limits.at_most(MAX_POINTS, "points of GenAI", read(decompressed(body, compression))):
        if reason := _refusal(sent, latest_ns):
            rejected.append(Rejected(sent.metric, reason))
        elif sent.measurements != 0 and not sent.flags & _NOTHING_RECORDED:
            points.append(_point(sent))
    return ReceivedPoints(tuple(points), tuple(rejected))


def _refusal(sent: _Sent, latest_ns: int) -> str | None:
    if sent.kind not in (*_SUMS, "gauge"):
        return "a point is of a sum, a gauge or a histogram"
    if not _NAME.fullmatch(sent.metric):
        return "a metric is named by at most 150 characters"
    if sent.kind in _SUMS and sent.temporality != _DELTA:
        return _CUMULATIVE
    if not EARLIEST_NS <= sent.at_ns <= latest_ns:
        return "a point lies between the year 2000 and tomorrow"
    if any(figure is not None and not (math.isfinite(figure) and 0 <= figure <= _MOST) for figure in sent[-3:-1]):
        return f"a measurement is from 0 to {_MOST}"
    return None


def _point(sent: _Sent) -> Point:
    said, process = sent.attributes, sent.resource
    model = named(said, names.RESPONSE_MODEL + names.REQUEST_MODEL)
    about = (model, named(said, _TOKEN_TYPE))
    return Point(
        id=ids.derived_id("point", *_identity(sent)),
        name=sent.metric,
        unit=sent.unit or None,
        at=instant(sent.at_ns),
        agent=named(said, names.AGENT) or named(process, names.AGENT + names.SERVICE),
        about=" ".join(word for word in about if word) or None,
        total=None if sent.total is None else Decimal(str(sent.total)),
        measurements=sent.measurements,
    )


def _identity(sent: _Sent) -> tuple[str, ...]:
    """Which process measured what, and when: its own id (`service.instance.id`) is among what it says of itself."""
    told = [[sorted(of.items()) for of in (sent.resource, sent.attributes)], sent.scope.name, sent.scope.version]
    return sent.metric, sent.unit, str(sent.start_ns), str(sent.at_ns), json.dumps(told)


def _from_protobuf(body: bytes) -> Iterator[_Sent]:
    request = protobuf.parsed(ExportMetricsServiceRequest, body)
    for of_resource in request.resource_metrics:
        resource = protobuf.attributes(of_resource.resource.attributes)
        for of_scope in of_resource.scope_metrics:
            scope = protobuf.scope_of(of_scope.scope)
            for metric in of_scope.metrics:
                if metric.name.startswith(_PREFIX):
                    yield from _sent(metric, resource, scope)


def _sent(metric: Metric, resource: Attributes, scope: Scope) -> Iterator[_Sent]:
    kind = metric.WhichOneof("data")
    data = getattr(metric, kind) if kind else None
    for point in data.data_points if data is not None else ():
        if kind in ("gauge", "sum"):
            told = point.WhichOneof("value")
            total, count = (getattr(point, told) if told else None), None
        else:
            told = kind == "summary" or point.HasField("sum")
            total, count = (point.sum if told else None), point.count
        yield _Sent(
            metric=metric.name[:MAX_NAME],
            unit=metric.unit,
            kind=str(kind),
            temporality=getattr(data, "aggregation_temporality", 0),
            resource=resource,
            scope=scope,
            attributes=protobuf.attributes(point.attributes),
            start_ns=point.start_time_unix_nano,
            at_ns=point.time_unix_nano,
            total=total,
            measurements=count,
            flags=point.flags,
        )


_KINDS = {
    "gauge": "gauge",
    "sum": "sum",
    "histogram": "histogram",
    "exponentialHistogram": "exponential_histogram",
    "exponential_histogram": "exponential_histogram",
    "summary": "summary",
}
_TEMPORALITIES = {"AGGREGATION_TEMPORALITY_DELTA": 1, "AGGREGATION_TEMPORALITY_CUMULATIVE": 2}


def _from_json(body: bytes) -> Iterator[_Sent]:
    request = jsonfields.request_of(body)
    for of_resource in jsonfields.objects(request, "resourceMetrics", "resource_metrics"):
        resource = jsonfields.attributes(jsonfields.inner(of_resource, "resource"))
        for of_scope in jsonfields.objects(of_resource, "scopeMetrics", "scope_metrics"):
            scope = jsonfields.scope_of(of_scope)
            for metric in jsonfields.objects(of_scope, "metrics"):
                if jsonfields.text(metric, "name").startswith(_PREFIX):
                    yield from _written(metric, resource, scope)


def _written(metric: Object, resource: Attributes, scope: Scope) -> Iterator[_Sent]:
    held = next((name for name in _KINDS if metric.get(name) is not None), "")
    data = jsonfields.inner(metric, held)
    temporality = jsonfields.enum(data, "aggregationTemporality", lambda name: _TEMPORALITIES.get(name, 0))
    for point in jsonfields.objects(data, "dataPoints", "data_points"):
        yield _Sent(
            metric=jsonfields.text(metric, "name")[:MAX_NAME],
            unit=jsonfields.text(metric, "unit"),
            kind=_KINDS.get(held, held),
            temporality=temporality or jsonfields.enum(data, "aggregation_temporality", lambda _: 0),
            resource=resource,
            scope=scope,
            attributes=jsonfields.attributes(point),
            start_ns=jsonfields.time(point, "startTimeUnixNano", "start_time_unix_nano"),
            at_ns=jsonfields.time(point, "timeUnixNano", "time_unix_nano"),
            total=jsonfields.figure(point, "asInt", "as_int", "asDouble", "as_double", "sum"),
            measurements=None if held in ("gauge", "sum") else jsonfields.time(point, "count"),
            flags=jsonfields.enum(point, "flags", lambda _: 0),
        )
