"""Whatever an agent answers: it is an outcome, and what is kept of the task and its run can be kept."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbill.execution import rules
from watchbill.execution.happenings import MOST_EVENTS, MOST_TOLD, TaskEvent, TaskEventType, happened
from watchbill.execution.models import Metrics, Task, TaskError, TaskStatus
from watchbill.execution.packing import from_task, to_task
from watchbill.execution.recording import run_of
from watchbill.execution.runtimes import UNREADABLE, outcome_of
from watchbill.execution.worker import Done, Failed
from watchbill.runs.models import Status, Tokens

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
METRICS = st.fixed_dictionaries(
    {},
    optional={
        "cost": JSON | st.floats(0, 10),
        "tokens": JSON | st.fixed_dictionaries({"input": st.integers(0, 9)}),
        "quality_score": JSON,
        "items_processed": JSON,
        "completed_at": JSON,
        "time_taken": JSON,
        "output": JSON,
    },
)
ERRORS = st.fixed_dictionaries({"type": JSON | st.text(max_size=300), "message": JSON}, optional={"retryable": JSON})
EVENTS = JSON | st.lists(
    st.fixed_dictionaries({"name": JSON | st.just("drafted")}, optional={"data": JSON}), max_size=3
)
ANSWERS = JSON | st.fixed_dictionaries(
    {}, optional={"output": JSON, "metrics": JSON | METRICS, "error": JSON | ERRORS, "events": EVENTS}
)


def begun(**facts: Any) -> Task:
    usual = {"id": "task", "agent_id": "ana", "org_id": "demo", "task_type": "t", "created_at": NOW, "started_at": NOW}
    return Task(**(usual | {"status": TaskStatus.PROCESSING, "attempt": 1, "max_retries": 0} | facts))


def ended(outcome: Any, task: Task) -> Task:
    now = NOW + timedelta(seconds=2)
    if isinstance(outcome, Done):
        return rules.completed(task, 1, now, outcome.output, outcome.metrics, outcome.events)
    return rules.failed(task, 1, now, outcome.error, outcome.metrics, told=outcome.events)


@given(ANSWERS, ANSWERS)
def test_any_answer_is_an_outcome_that_can_be_kept_as_a_task_and_as_a_run(first: Any, second: Any) -> None:
    outcome = outcome_of(first)
    assert isinstance(outcome, Done | Failed)
    task = ended(outcome, begun())

    assert to_task(from_task(task)) == task
    assert run_of(task).status in (Status.COMPLETED, Status.FAILED, Status.TIMEOUT)
    # Two attempts' costs are added, whatever they are.
    assert run_of(ended(outcome_of(second), begun(metrics=outcome.metrics))).duration_ms == 2_000


def test_an_answer_in_no_form_is_the_output_as_a_whole() -> None:
    assert outcome_of({"found": 3}) == Done({"found": 3})
    assert outcome_of([1, 2]) == Done([1, 2])
    assert outcome_of(None) == Done(None)


@pytest.mark.parametrize(
    ("answer", "named"),
    [
        ({"output": "x" * 70_000}, "output"),
        ({"output": 1, "metrics": {"cost": -1}}, "metrics.cost"),
        ({"output": 1, "metrics": {"completed_at": "2026-01-01T00:00:00Z"}}, "metrics.completed_at"),
        ({"output": 1, "more": 2}, "more"),
        ({"error": {"type": "t" * 201, "message": "m"}}, "error.type"),
        ({"error": {"type": "t", "message": "m" * 100_000}}, "error.message"),
        ({"error": "bad"}, "error"),
    ],
)
def test_what_cannot_be_kept_fails_the_task_and_says_what_it_was(answer: Any, named: str) -> None:
    outcome = outcome_of(answer)

    assert isinstance(outcome, Failed)
    assert (outcome.error.type, outcome.error.retryable) == (UNREADABLE, False)
    assert f"cannot be read: {named}: " in outcome.error.message


def test_a_reported_error_is_the_task_s_with_what_it_cost() -> None:
    answer = {"error": {"type": "Busy", "message": "later"}, "metrics": {"cost": 0.5}}

    assert outcome_of(answer) == Failed(TaskError(type="Busy", message="later"), Metrics(cost=0.5))


def test_what_an_agent_tells_of_its_work_is_kept_in_order_before_how_it_ended() -> None:
    told = [{"name": "drafted", "data": {"words": 400}}, {"name": "checked"}]
    task = ended(outcome_of({"output": 1, "events": told}), begun())

    assert [(one.type, one.name, one.data, one.attempt) for one in task.events] == [
        (TaskEventType.CUSTOM_EVENT, "drafted", {"words": 400}, 1),
        (TaskEventType.CUSTOM_EVENT, "checked", {}, 1),
        (TaskEventType.EXECUTION_COMPLETED, None, {}, 1),
    ]


def test_an_attempt_tells_no_more_events_than_are_kept_of_it() -> None:
    refused = outcome_of({"output": 1, "events": [{"name": "tick"}] * (MOST_TOLD + 1)})

    assert isinstance(refused, Failed)
    assert refused.error.type == UNREADABLE


def test_of_very_many_events_the_newest_are_kept() -> None:
    events: tuple[TaskEvent, ...] = ()
    for attempt in range(MOST_EVENTS + 5):
        events = happened(events, TaskEvent(type=TaskEventType.RETRY_ATTEMPT, at=NOW, attempt=attempt))

    assert [one.attempt for one in events] == list(range(5, MOST_EVENTS + 5))


def test_what_is_stated_of_a_task_s_cost_outranks_what_its_agent_says_once_it_was_begun() -> None:
    stated = Metrics(tokens=Tokens(input=350, output=2200), models=("gpt-4",))
    task = ended(outcome_of({"output": 1, "metrics": {"tokens": {"input": 1}, "items_processed": 3}}), begun())
    waiting = begun(status=TaskStatus.PENDING, attempt=0, started_at=None, stated=stated)

    run = run_of(task.model_copy(update={"stated": stated}))

    assert (run.tokens, run.models, run.items_processed) == (stated.tokens, ("gpt-4",), 3)
    assert run_of(waiting).tokens is None
