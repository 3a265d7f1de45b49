"""Metrics as views of runs: each says what the run says, and nothing that the run does not."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from watchbill.campaigns.projections import metrics_of
from watchbill.metrics.models import ProjectedMetric
from watchbill.runs.models import NewRun, Status, Tokens

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
COUNTS = st.none() | st.integers(0, 10**6)
RUNS = st.builds(
    NewRun,
    created=st.just(NOW),
    status=st.sampled_from([status.value for status in Status]),
    campaign_id=st.sampled_from(["spring", "summer"]),
    duration_ms=COUNTS,
    tokens=st.none() | st.builds(Tokens, input=COUNTS, output=COUNTS),
    models=st.sampled_from([(), ("gpt-4",), ("a", "b")]),
    content_produced=COUNTS,
    trends_detected=COUNTS,
)


@given(RUNS)
def test_a_run_s_metrics_say_what_it_says(run: NewRun) -> None:
    said = {metric.name: metric.value for metric in metrics_of(run, "ana", "run-1")}

    judged = run.status in (Status.COMPLETED, Status.FAILED, Status.TIMEOUT)
    expected = {
        ProjectedMetric.AGENT_EXECUTION_TIME: run.duration_ms if judged else None,
        ProjectedMetric.AGENT_SUCCESS_RATE: (1 if run.status is Status.COMPLETED else 0) if judged else None,
        ProjectedMetric.TOKEN_USAGE: run.tokens.total if run.tokens else None,
        ProjectedMetric.CONTENT_PRODUCTION: run.content_produced,
        ProjectedMetric.TREND_DETECTION: run.trends_detected,
    }
    assert said == {name.value: value for name, value in expected.items() if value is not None}


@given(RUNS)
def test_each_says_whose_and_of_when_it_is(run: NewRun) -> None:
    for metric in metrics_of(run, "ana", "run-1"):
        assert (metric.agent_id, metric.campaign_id, metric.execution_id) == ("ana", run.campaign_id, "run-1")
        assert metric.timestamp == NOW


def test_tokens_tell_their_parts_and_their_model() -> None:
    run = NewRun(
        created=NOW, status="completed", tokens=Tokens(input=350, output=2200), models=("gpt-4",), campaign_id="spring"
    )

    (metric,) = (one for one in metrics_of(run, "ana", "run-1") if one.name == "TOKEN_USAGE")

    assert (metric.value, metric.metadata) == (2550, {"input": 350, "output": 2200, "model": "gpt-4"})
