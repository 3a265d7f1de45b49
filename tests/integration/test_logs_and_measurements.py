"""What logs and metrics carry of GenAI is kept: events with their spans, measurements as custom metrics."""

from typing import Any

import pytest

from tests.support.service import Service
from tests.support.steps import AGENT, METRICS, get, prepare
from tests.support.telemetry import LOGS, MEASURED, TRACES, a_log, a_measurement, a_trace, trace_id, traced_run
from watchbill.telemetry.fold import run_id

SUMMARY = f"{METRICS}/summary"


def send(service: Service, key: str, to: str, body: dict[str, Any]) -> dict[str, Any]:
    """What an export is answered that is taken."""
    answer = service.request("POST", to, body, key=key)
    assert answer.status == 200, answer.text
    told: dict[str, Any] = answer.json
    return told


def messages(service: Service, key: str) -> tuple[Any, Any, list[str]]:
    """What went into the run and came out of it, and the names of the events of its span."""
    run = get(service, key, f"/api/v1/agents/{AGENT}/runs/{run_id(trace_id('a-trace'))}")
    (span,) = get(service, key, f"/api/runs/{run['run_id']}/trace?attributes=true")["spans"]
    return run["input"], run["output"], [event["name"] for event in span["events"]]


@pytest.mark.parametrize("order", [(TRACES, LOGS), (LOGS, TRACES), (LOGS, TRACES, LOGS, TRACES)], ids=" ".join)
def test_what_a_log_tells_of_a_span_is_in_its_run_whichever_comes_first_or_twice(
    service: Service, key: str, order: tuple[str, ...]
) -> None:
    for to in order:
        assert send(service, key, to, a_trace() if to == TRACES else a_log()) == {}

    assert messages(service, key) == ("in", "out", ["gen_ai.client.inference.operation.details"])


def test_what_a_log_tells_is_masked_before_it_is_stored(service: Service, key: str) -> None:
    service.request("PATCH", "/api/analytics/configuration", {"content": "mask"}, key=key)
    traced_run(service, key)

    send(service, key, LOGS, a_log(gen_ai__input__messages="from ana@x.com"))

    assert messages(service, key)[0] == "from [email]"


def test_an_event_of_no_span_is_rejected_and_others_are_let_go(service: Service, key: str) -> None:
    told = send(service, key, LOGS, a_log(span=""))["partialSuccess"]

    assert told["rejectedLogRecords"] == "1"
    assert "a span id is 8 bytes" in told["errorMessage"]


def test_measurements_are_the_agent_s_metrics_and_sent_again_count_once(service: Service, key: str) -> None:
    prepare(service, key)
    for body in (a_measurement(), a_measurement(), a_measurement(timeUnixNano="1772445660000000000")):
        assert send(service, key, MEASURED, body) == {}
    service.settle()

    summed = get(service, key, f"{SUMMARY}?agentId={AGENT}")["items"]

    assert [(one["name"], one["unit"], one["dimension"], one["count"], one["sum"]) for one in summed] == [
        ("gen_ai.client.token.usage", "{token}", "gpt-4o input", 2, 2400),
        ("gen_ai.client.token.usage.count", None, "gpt-4o input", 2, 8),
    ]


def test_measurements_of_a_service_that_is_no_agent_are_the_organisation_s(service: Service, key: str) -> None:
    send(service, key, MEASURED, a_measurement(service="gateway"))

    assert [one["agentId"] for one in get(service, key, METRICS)["items"]] == [None, None]


def test_cumulative_measurements_are_rejected_with_what_to_set(service: Service, key: str) -> None:
    told = send(service, key, MEASURED, a_measurement(2))["partialSuccess"]

    assert told["rejectedDataPoints"] == "1"
    assert "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE=delta" in told["errorMessage"]
    assert get(service, key, METRICS)["items"] == []
