"""What metrics carry of GenAI: deltas with an identity of their own, however they are written."""

import json
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.exporter.otlp.proto.common.metrics_encoder import encode_metrics
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    AggregationTemporality,
    ExponentialHistogram,
    ExponentialHistogramDataPoint,
    Gauge,
    Histogram,
    HistogramDataPoint,
    Metric,
    NumberDataPoint,
    ResourceMetrics,
    ScopeMetrics,
    Sum,
    Summary,
    SummaryDataPoint,
)
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.sdk.metrics import Histogram as SdkHistogram
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import AggregationTemporality as SdkTemporality
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from tests.support.otlp import NOW, START, as_json, pair
from watchbill.metrics.measured import metrics_of
from watchbill.platform.errors import BadRequest, PayloadTooLarge, UnsupportedMediaType
from watchbill.telemetry import otlp, points
from watchbill.telemetry.otlp import Encoding
from watchbill.telemetry.points import ReceivedPoints

DELTA, CUMULATIVE = (
    AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA,
    AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE,
)
TOKENS = "gen_ai.client.token.usage"
SAID = [pair("gen_ai.request.model", "gpt-4o"), pair("gen_ai.token.type", "input")]
PROCESS = Resource(attributes=[pair("service.name", "writer"), pair("service.instance.id", "one")])

numbers = st.builds(
    NumberDataPoint, as_int=st.integers(-5, 5), time_unix_nano=st.just(START), attributes=st.just(SAID)
) | st.builds(NumberDataPoint, as_double=st.sampled_from([0.5, 1e16]), time_unix_nano=st.sampled_from([0, START]))
histograms = st.builds(
    HistogramDataPoint, count=st.integers(0, 9), sum=st.none() | st.floats(0, 9), time_unix_nano=st.just(START)
)
temporalities = st.sampled_from([0, DELTA, CUMULATIVE])
datas = st.one_of(
    st.builds(lambda of: {"gauge": Gauge(data_points=of)}, st.lists(numbers, max_size=2)),
    st.builds(
        lambda of, when: {"sum": Sum(data_points=of, aggregation_temporality=when)},
        st.lists(numbers, max_size=2),
        temporalities,
    ),
    st.builds(
        lambda of, when: {"histogram": Histogram(data_points=of, aggregation_temporality=when)},
        st.lists(histograms, max_size=2),
        temporalities,
    ),
)


def request_of(*metrics: Metric, process: Resource = PROCESS) -> ExportMetricsServiceRequest:
    """A request of these metrics."""
    of_scope = ScopeMetrics(metrics=metrics)
    return ExportMetricsServiceRequest(resource_metrics=[ResourceMetrics(resource=process, scope_metrics=[of_scope])])


def got(*metrics: Metric, process: Resource = PROCESS) -> ReceivedPoints:
    """What these metrics bring."""
    return points.received(request_of(*metrics, process=process).SerializeToString(), Encoding.PROTOBUF, None, NOW)


def usage(when: Any = DELTA, name: str = TOKENS, **fields: Any) -> Metric:
    """A histogram of tokens with one point, right in all that is not said."""
    told = {"start_time_unix_nano": START - 60 * 10**9, "time_unix_nano": START, "count": 4, "sum": 1200, **fields}
    point = HistogramDataPoint(attributes=SAID, **told)
    return Metric(name=name, unit="{token}", histogram=Histogram(data_points=[point], aggregation_temporality=when))


@given(st.lists(st.builds(lambda data: Metric(name=TOKENS, unit="s", **data), datas), max_size=2), st.booleans())
def test_protobuf_and_json_of_the_same_metrics_are_the_same_points(metrics: list[Metric], camel: bool) -> None:
    written = as_json(request_of(*metrics), camel)

    assert points.received(written, Encoding.JSON, None, NOW) == got(*metrics)


@given(st.binary(max_size=40), st.sampled_from(Encoding), st.sampled_from([None, "gzip", "br"]))
def test_junk_raises_errors_of_the_house_only(junk: bytes, encoding: Encoding, compression: str | None) -> None:
    with suppress(BadRequest, UnsupportedMediaType):
        points.received(junk, encoding, compression, NOW)


def test_a_histogram_is_a_sum_and_how_many_measurements_it_is_of() -> None:
    (point,) = got(usage()).points

    tokens, measurements = metrics_of(point)

    assert (tokens.name, tokens.value, tokens.unit, tokens.dimension) == (TOKENS, 1200, "{token}", "gpt-4o input")
    assert (measurements.name, measurements.value, measurements.unit) == (f"{TOKENS}.count", 4, None)
    assert tokens.agent_id == measurements.agent_id == "writer"
    assert tokens.timestamp == measurements.timestamp == point.at


def test_a_point_that_is_sent_again_is_the_same_and_another_process_s_is_not() -> None:
    (point,) = got(usage()).points
    (again,) = got(usage()).points
    (other,) = got(usage(), process=Resource(attributes=[pair("service.instance.id", "two")])).points
    (later,) = got(usage(time_unix_nano=START + 1)).points

    assert [new.id for new in metrics_of(point)] == [new.id for new in metrics_of(again)]
    assert len({point.id, other.id, later.id}) == 3


def test_gauges_sums_and_exponential_histograms_are_measured_too() -> None:
    number = NumberDataPoint(time_unix_nano=START, as_double=0.5)
    gauge = Metric(name="gen_ai.server.queue", gauge=Gauge(data_points=[number]))
    total = Metric(name="gen_ai.calls", sum=Sum(data_points=[number], aggregation_temporality=DELTA))
    of = ExponentialHistogramDataPoint(time_unix_nano=START, count=2, sum=3)
    exponential = ExponentialHistogram(data_points=[of], aggregation_temporality=DELTA)
    told = got(gauge, total, Metric(name="gen_ai.server.time_per_output_token", exponential_histogram=exponential))

    assert [(one.total, one.measurements) for one in told.points] == [
        (Decimal("0.5"), None),
        (Decimal("0.5"), None),
        (Decimal(3), 2),
    ]


def test_cumulative_points_are_rejected_and_the_answer_says_what_to_set() -> None:
    received = got(usage(CUMULATIVE), usage())

    answer = json.loads(otlp.answer(Encoding.JSON, received.rejected, points.COUNTED))["partialSuccess"]

    assert len(received.points) == 1
    assert answer["rejectedDataPoints"] == "1"
    assert "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE=delta" in answer["errorMessage"]


def test_metrics_that_are_not_of_genai_are_let_go_whatever_they_are() -> None:
    summary = Metric(name="http.latency", summary=Summary(data_points=[SummaryDataPoint()]))

    assert got(summary, usage(CUMULATIVE, "http.server.request.duration")) == ReceivedPoints((), ())


@pytest.mark.parametrize(
    ("metric", "reason"),
    [
        (usage(sum=-1), "a measurement is from 0"),
        (usage(sum=float("nan")), "a measurement is from 0"),
        (usage(time_unix_nano=1), "the year 2000"),
        (usage(name="gen_ai." + "x" * 150), "is named by"),
        (Metric(name=TOKENS, summary=Summary(data_points=[SummaryDataPoint(time_unix_nano=START)])), "is of a sum"),
    ],
    ids=["negative", "not a number", "time", "name", "summary"],
)
def test_a_point_that_cannot_be_kept_is_rejected(metric: Metric, reason: str) -> None:
    (rejected,) = got(metric).rejected

    assert reason in rejected.reason


def test_a_point_of_nothing_is_nothing() -> None:
    assert got(usage(count=0, sum=0), usage(flags=1)) == ReceivedPoints((), ())


def test_a_request_has_only_so_many_points() -> None:
    with pytest.raises(PayloadTooLarge, match="1,000"):
        got(*[usage()] * (points.MAX_POINTS + 1))


def test_the_sdk_s_own_deltas_arrive() -> None:
    reader = InMemoryMetricReader(preferred_temporality={SdkHistogram: SdkTemporality.DELTA})
    meter = MeterProvider(metric_readers=[reader], shutdown_on_exit=False).get_meter("tests")
    histogram = meter.create_histogram("gen_ai.client.operation.duration", unit="s")
    histogram.record(0.25, {"gen_ai.response.model": "gpt-4o"})
    histogram.record(0.5, {"gen_ai.response.model": "gpt-4o"})
    collected = reader.get_metrics_data()
    assert collected is not None

    received = points.received(
        encode_metrics(collected).SerializeToString(), Encoding.PROTOBUF, None, NOW.replace(year=2099)
    )

    (point,) = received.points
    assert (point.total, point.measurements, point.unit, point.about) == (Decimal("0.75"), 2, "s", "gpt-4o")
