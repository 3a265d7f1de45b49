"""Where each agent of a workflow is, whom it waits for, and who is in its way."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from watchbill.execution.models import Task, TaskStatus
from watchbill.workflows.models import Arrival, Assignment, NodeState, Part, Standing
from watchbill.workflows.states import standings

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
COMPLETED, FAILED, PROCESSING = TaskStatus.COMPLETED, TaskStatus.FAILED, TaskStatus.PROCESSING


def part(
    agent: str,
    *upstream: str,
    status: TaskStatus | None = None,
    at: int = 0,
    arrived: tuple[str, ...] = (),
    agent_active: bool = True,
    **facts: Any,
) -> Part:
    """An agent with its newest task, made `at` seconds, which waits for others."""
    came = {one: Arrival(task_id=f"of-{one}", priority=5, completed_at=NOW) for one in arrived}
    given = {"auto_execute": True, "depends_on_agent_ids": upstream, "arrived": came} | facts
    assignment = Assignment(id=agent, stream_id="s", agent_id=agent, created_at=NOW, updated_at=NOW, **given)
    return Part(assignment, agent, status and task(status, at), agent_active)


def task(status: TaskStatus, at: int) -> Task:
    made = NOW + timedelta(seconds=at)
    return Task(id="t", agent_id="a", org_id="o", task_type="t", status=status, created_at=made)


def waiting(*agents: str) -> Standing:
    return Standing(NodeState.WAITING, waiting_for=agents)


def blocked(by: tuple[str, ...], *missing: str) -> Standing:
    return Standing(NodeState.BLOCKED, waiting_for=missing, blocked_by=by)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (None, NodeState.IDLE),
        (TaskStatus.PENDING, NodeState.QUEUED),
        (TaskStatus.QUEUED, NodeState.QUEUED),
        (TaskStatus.PROCESSING, NodeState.RUNNING),
        (TaskStatus.RETRYING, NodeState.RUNNING),
        (TaskStatus.COMPLETED, NodeState.COMPLETED),
        (TaskStatus.FAILED, NodeState.FAILED),
        (TaskStatus.CANCELLED, NodeState.CANCELLED),
    ],
)
def test_one_that_waits_for_nobody_is_where_its_newest_task_is(status: TaskStatus | None, state: NodeState) -> None:
    assert standings([part("a", status=status)]) == {"a": Standing(state)}


def test_before_anything_ran_everybody_waits_for_those_before() -> None:
    found = standings([part("a"), part("b", "a"), part("c", "a", "b")])

    assert found == {"a": Standing(NodeState.IDLE), "b": waiting("a"), "c": waiting("a", "b")}


def test_in_a_second_round_who_has_completed_waits_again() -> None:
    found = standings(
        [part("a", status=PROCESSING, at=9), part("b", "a", status=COMPLETED), part("c", "b", status=COMPLETED)]
    )

    assert found == {"a": Standing(NodeState.RUNNING), "b": waiting("a"), "c": waiting("b")}


def test_when_a_round_is_over_everybody_has_completed() -> None:
    found = standings([part("a", status=COMPLETED), part("b", "a", status=COMPLETED, at=1)])

    assert {standing.state for standing in found.values()} == {NodeState.COMPLETED}


def test_one_of_two_has_come() -> None:
    found = standings([part("a", status=COMPLETED), part("b"), part("c", "a", "b", arrived=("a",))])

    assert found["c"] == waiting("b")


def test_a_failure_blocks_all_behind_it_and_is_named() -> None:
    found = standings([part("a", status=FAILED), part("b", "a"), part("c", "b"), part("d", "c")])

    assert found["a"] == Standing(NodeState.FAILED)
    assert found["b"] == blocked(("a",), "a")
    assert found["c"] == blocked(("a",), "b")
    assert found["d"] == blocked(("a",), "c")


def test_a_failure_in_a_later_round_blocks_who_had_completed_before() -> None:
    found = standings([part("a", status=FAILED, at=5), part("b", "a", status=COMPLETED, at=1)])

    assert found["b"] == blocked(("a",), "a")


def test_who_was_started_after_the_failure_is_not_blocked_by_it() -> None:
    found = standings([part("a", status=FAILED, at=5), part("b", "a", status=COMPLETED, at=9)])

    assert found["b"] == Standing(NodeState.COMPLETED)


def test_what_failed_and_is_tried_again_blocks_nobody() -> None:
    found = standings([part("a", status=TaskStatus.PENDING), part("b", "a"), part("c", "b")])

    assert (found["b"], found["c"]) == (waiting("a"), waiting("b"))


@pytest.mark.parametrize("facts", [{"is_active": False}, {"agent_active": False}])
def test_one_that_is_not_active_blocks_those_who_wait_for_it(facts: dict[str, bool]) -> None:
    found = standings([part("a", **facts), part("b", "a"), part("c", "b", "a", status=COMPLETED, at=2)])

    assert found["a"] == Standing(NodeState.INACTIVE)
    assert found["b"] == blocked(("a",), "a")
    assert found["c"] == Standing(NodeState.COMPLETED)


def test_one_that_is_not_active_any_more_still_runs_to_its_end() -> None:
    assert standings([part("a", status=PROCESSING, is_active=False)])["a"] == Standing(NodeState.RUNNING)


def test_one_that_does_not_start_by_itself_waits_for_nobody() -> None:
    found = standings([part("a", status=PROCESSING), part("b", "a", auto_execute=False)])

    assert found["b"] == Standing(NodeState.IDLE)


def test_one_that_has_everything_and_was_not_started_is_in_its_own_way() -> None:
    found = standings([part("a", status=COMPLETED), part("b", "a", arrived=("a",)), part("c", "b")])

    assert found["b"] == blocked(("b",))
    assert found["c"] == blocked(("b",), "b")
