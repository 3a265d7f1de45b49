"""Plans: whom agents come after; what came of them: by how their tasks ended."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbill.execution.models import Task, TaskStatus
from watchbill.orchestrations import rules
from watchbill.orchestrations.models import Member, Node, Orchestration, OrchestrationStatus, Plan
from watchbill.orchestrations.views import OrchestrationWish
from watchbill.platform.errors import BadRequest

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
ENDS = st.sampled_from([TaskStatus.COMPLETED, TaskStatus.FAILED, TaskStatus.CANCELLED])


def of(ends: list[TaskStatus]) -> Orchestration | None:
    """What came of an orchestration whose tasks are so."""
    members = tuple(Member(agent=f"a{n}", agent_id=f"{n}", task_id=f"t{n}") for n in range(len(ends)))
    tasks = {
        f"t{n}": Task(id=f"t{n}", agent_id=f"{n}", org_id="demo", task_type="t", status=status, created_at=NOW)
        for n, status in enumerate(ends)
    }
    return rules.concluded(Orchestration(id="o", members=members, created_at=NOW), tasks, NOW)


@given(st.lists(ENDS, min_size=1, max_size=5))
def test_what_came_of_it_is_by_how_many_completed_and_whether_any_failed(ends: list[TaskStatus]) -> None:
    found = of(ends)

    assert found
    completed, failed = ends.count(TaskStatus.COMPLETED), ends.count(TaskStatus.FAILED)
    assert (found.status is OrchestrationStatus.COMPLETED) == (completed == len(ends))
    assert (found.status is OrchestrationStatus.PARTIAL) == (0 < completed < len(ends))
    assert (found.status is OrchestrationStatus.FAILED) == (completed == 0 and failed > 0)
    assert (found.status is OrchestrationStatus.CANCELLED) == (completed == failed == 0)
    assert [member.status for member in found.members] == ends
    assert rules.concluded(found, {}, NOW) is None


@pytest.mark.parametrize("status", [status for status in TaskStatus if not status.ended])
def test_nothing_has_come_of_it_while_one_is_at_work(status: TaskStatus) -> None:
    assert of([TaskStatus.COMPLETED, status]) is None


def test_who_is_only_named_works_in_the_usual_order_and_others_side_by_side() -> None:
    wish = OrchestrationWish(agents=("analytics-reporter", "own", "trend-scanner", "post-scheduler"))
    plan = rules.plan_of(wish)

    assert {node.agent: node.after for node in plan.nodes} == {
        "trend-scanner": (),
        "post-scheduler": ("trend-scanner",),
        "analytics-reporter": ("post-scheduler",),
        "own": (),
    }
    order = [node.agent for node in rules.ordered(plan)]
    assert order.index("trend-scanner") < order.index("post-scheduler") < order.index("analytics-reporter")


@given(st.lists(st.sets(st.integers(0, 5), max_size=3), min_size=1, max_size=6))
def test_a_plan_is_put_in_an_order_or_refused_with_who_waits_for_whom(afters: list[set[int]]) -> None:
    nodes = tuple(Node(f"a{n}", tuple(f"a{other}" for other in after)) for n, after in enumerate(afters))
    try:
        order = [node.agent for node in rules.ordered(Plan(nodes))]
    except BadRequest:
        return
    assert sorted(order) == sorted(node.agent for node in nodes)
    for node in nodes:
        assert all(order.index(other) < order.index(node.agent) for other in node.after)
