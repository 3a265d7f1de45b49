"""How many of an agent's runs go on at once: whatever became of those before, never more than it allows."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from watchbill.campaigns.locking import MOST_AT_ONCE, Full, Room, is_lost, room
from watchbill.execution.models import Task, TaskStatus

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
STATES = st.tuples(st.sampled_from(TaskStatus), st.sampled_from([-1, 0, 1]))
CONCURRENCY = st.none() | st.integers(1, 30)


def task(number: int, status: TaskStatus, lease: int = 1) -> Task:
    """A task whose lease ends so many seconds from now."""
    return Task(
        id=str(number),
        agent_id="ana",
        org_id="demo",
        task_type="t",
        status=status,
        created_at=NOW,
        lease_until=NOW + timedelta(seconds=lease) if status.in_flight else None,
    )


@given(st.lists(STATES, max_size=30), CONCURRENCY)
def test_with_the_next_run_never_more_go_on_than_the_agent_allows(
    states: list[tuple[TaskStatus, int]], concurrency: int | None
) -> None:
    named = [task(number, *state) for number, state in enumerate(states)]
    going_on = [one for one in named if not one.status.ended]

    decided = room(named, concurrency, NOW)

    most = min(concurrency or 1, MOST_AT_ONCE)
    if isinstance(decided, Full):
        assert sum(not is_lost(one, NOW) for one in going_on) >= most
        assert decided.reason
    else:
        assert len(decided.holders) + 1 <= most
        assert {one.id for one in (*decided.holders, *decided.lost)} == {one.id for one in going_on}
        assert all(is_lost(one, NOW) for one in decided.lost)


@given(st.lists(STATES, max_size=30), CONCURRENCY)
def test_nobody_loses_a_place_while_there_is_room(
    states: list[tuple[TaskStatus, int]], concurrency: int | None
) -> None:
    named = [task(number, *state) for number, state in enumerate(states)]

    decided = room(named, concurrency, NOW)

    most = min(concurrency or 1, MOST_AT_ONCE)
    if isinstance(decided, Room) and decided.lost:
        assert len(decided.holders) + 1 == most


def test_who_has_ended_or_lost_its_worker_makes_room_and_who_waits_or_works_does_not() -> None:
    assert room([task(1, TaskStatus.FAILED), task(2, TaskStatus.CANCELLED)], None, NOW) == Room(())
    for status in (TaskStatus.PENDING, TaskStatus.QUEUED, TaskStatus.RETRYING):
        assert isinstance(room([task(1, status, lease=-1)], None, NOW), Full)
    assert isinstance(room([task(1, TaskStatus.PROCESSING, lease=1)], None, NOW), Full)
    lost = task(1, TaskStatus.PROCESSING, lease=0)
    assert room([lost], None, NOW) == Room((), (lost,))
