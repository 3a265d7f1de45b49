"""However the stream, the bus and the queue mix what is told of people's work: its numbers are in the order it has."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.memory_table import MemoryTable
from watchbill.conversations.models import Conversation, Message, Outcome, ReplyStatus, Speaker
from watchbill.conversations.packing import from_message
from watchbill.conversations.values import ChatContext
from watchbill.execution import rules as tasks
from watchbill.execution.dependencies import as_they_are
from watchbill.execution.happenings import CustomEvent
from watchbill.execution.models import Task, TaskError
from watchbill.execution.packing import from_task
from watchbill.outbox.rules import events_of
from watchbill.platform import events, keys
from watchbill.platform.clock import frozen_at
from watchbill.platform.events import Event, EventType
from watchbill.platform.items import to_raw
from watchbill.platform.keys import Key
from watchbill.platform.stream import Record
from watchbill.realtime.broadcaster import Broadcaster
from watchbill.realtime.models import Connection, Kind, Room
from watchbill.realtime.sender import Wire
from watchbill.realtime.store import RealtimeStore
from watchbill.runs.models import Trigger

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
SESSION = Room(Kind.SESSION, "s")
IN_ORDER = [
    ("decision_made", None, None),
    ("agent_update", "trends", "agent_started"),
    ("agent_update", "trends", "agent_progress"),
    ("campaign_update", "trends", None),
    ("agent_update", "trends", "agent_completed"),
    ("agent_update", "posts", "agent_started"),
    ("agent_update", "posts", "agent_error"),
    ("chat_response", None, None),
]


class Broadcasters:
    """All that tell in the session: over one table, through one queue, each for itself."""

    def __init__(self, joined: datetime) -> None:
        self.queue: list[Mapping[str, Any]] = []
        store = RealtimeStore(MemoryTable())
        self.frames: dict[int, dict[str, Any]] = {}
        self.broadcaster = Broadcaster("demo", store, Wire(self._send, lambda _: None), self._put, lambda _: None)
        with frozen_at(joined):
            watcher = Connection(
                "socket", "key", frozenset(), NOON - timedelta(hours=1), NOON + timedelta(hours=1), (), 0
            )
            store.join(watcher, SESSION, store.room(SESSION), unbroken=False)

    def tell(self, *batch: Mapping[str, Any]) -> None:
        """Take a batch of the queue."""
        with frozen_at(NOON + timedelta(minutes=1)):
            self.broadcaster.take(batch)

    def go_on(self) -> None:
        """Take what was put back until nothing is."""
        while self.queue:
            self.tell(self.queue.pop(0))

    @property
    def told(self) -> list[tuple[str, str | None, str | None]]:
        """What was told, by its numbers, which have no gap."""
        assert sorted(self.frames) == list(range(1, len(self.frames) + 1))
        frames = [self.frames[seq] for seq in sorted(self.frames)]
        return [(one["event"], one["data"].get("agent"), one["data"].get("type")) for one in frames]

    def _put(self, messages: Sequence[Mapping[str, Any]], _: int) -> None:
        self.queue += json.loads(json.dumps(messages))

    def _send(self, _: str, frame: str) -> None:
        told = json.loads(frame)
        assert self.frames.setdefault(told["seq"], told) == told


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def a_task(name: str) -> Task:
    return Task(
        id=name,
        agent_id=f"id of {name}",
        agent_name=name,
        org_id="demo",
        task_type="t",
        trigger=Trigger.CHAT,
        session_id="s",
        orchestration_id="o",
        created_at=at(0),
    )


def after(task: Task, other: Task) -> Task:
    """A task that waited for another, which has ended."""
    others = (other.id,)
    waiting = task.model_copy(update={"depends_on": others, "waits_for": others})
    return as_they_are(waiting, {other.id: other}, at(3))


def life(task: Task, begins: float, error: str | None = None, told: Sequence[str] = ()) -> list[Task]:
    """The states of a task that one attempt ends, a second after it has begun."""
    states = [task, tasks.queued(task, at(begins), timedelta(minutes=1))]
    states.append(tasks.begun(states[-1], at(begins), timedelta(minutes=1), "worker"))
    for number, name in enumerate(told):
        states.append(tasks.heard(states[-1], (CustomEvent(name=name),), at(begins + number / 10)))
    failed = TaskError(type="Busy", message=error, retryable=False) if error else None
    last, end = states[-1], at(begins + 1)
    if failed:
        return [*states, tasks.failed(last, last.attempt, end, failed)]
    return [*states, tasks.completed(last, last.attempt, end, {"done": True})]


def a_reply(number: int, seconds: float, status: ReplyStatus, ended: Mapping[str, datetime | None]) -> Message:
    outcomes = [Outcome(agent=name, task_id=name, status="completed", ended_at=when) for name, when in ended.items()]
    return Message(
        id=f"reply {number}",
        number=number,
        role=Speaker.ASSISTANT,
        text="…",
        at=at(seconds),
        answers=1,
        answered_id="m",
        asked_at=at(0),
        status=status,
        orchestration_id="o",
        results=tuple(outcomes),
        context=ChatContext(),
    )


def written(key: Key, *images: Mapping[str, Any] | None) -> Iterator[Event]:
    """What is told of the writes of an item."""
    raw = [to_raw(dict(image)) if image else None for image in images]
    for number, (before, after) in enumerate(pairwise([None, *raw])):
        yield from events_of(Record(key, number + 1, before, after))


@lru_cache
def story() -> tuple[Mapping[str, Any], ...]:
    """What the bus is told of work that a message brings about, in its order."""
    session = Conversation(session_id="s", life="l", created_at=at(0), active_at=at(0))
    trends = life(a_task("trends"), 1, told=("halfway", "strategy_created"))
    posts = life(after(a_task("posts"), trends[-1]), 3, error="no channel")
    begins = a_reply(2, 0, ReplyStatus.PROCESSING, {})
    ends = a_reply(3, 5, ReplyStatus.PARTIAL, {"trends": trends[-1].completed_at, "posts": posts[-1].completed_at})
    told = [
        *written(keys.MESSAGE("demo", "l", "2"), from_message(begins, session)),
        *written(keys.TASK("demo", "trends"), *map(from_task, trends)),
        *written(keys.TASK("demo", "posts"), *map(from_task, posts)),
        *written(keys.MESSAGE("demo", "l", "3"), from_message(ends, session)),
    ]
    of_session = [event for event in told if event.type not in (EventType.TASKS_CHANGED, EventType.TASK_FAILED)]
    return tuple(json.loads(json.dumps(on_the_bus(event))) for event in of_session)


def on_the_bus(event: Event) -> Mapping[str, Any]:
    ours = {"id": event.id, "organisation": event.organisation, "correlation_id": None}
    return {"detail-type": event.type.value, "detail": event.data | ours | events._order(event)}


@settings(max_examples=100)
@given(st.permutations(range(len(IN_ORDER))), st.lists(st.integers(0, len(IN_ORDER)), max_size=4), st.booleans())
def test_a_session_is_told_in_the_order_of_what_happened(order: list[int], cuts: list[int], twice: bool) -> None:
    broadcasters = Broadcasters(joined=at(-1))
    mixed = [story()[place] for place in order]
    borders = [0, *sorted(cuts), len(mixed)]

    for start, end in pairwise(borders):
        broadcasters.tell(*mixed[start:end])
        if twice:
            broadcasters.tell(*mixed[start:end])
    broadcasters.go_on()

    assert broadcasters.told == IN_ORDER


def test_who_is_told_side_by_side_that_an_agent_begins_and_that_it_was_decided_hears_of_the_decision_first() -> None:
    broadcasters = Broadcasters(joined=at(-1))
    decided, started, *_ = story()

    broadcasters.tell(started)
    assert broadcasters.told == []
    broadcasters.tell(decided)
    broadcasters.go_on()

    assert broadcasters.told == IN_ORDER[:2]


def test_nobody_waits_for_what_had_happened_before_they_came() -> None:
    for number, (event, came) in enumerate(zip(story()[1:], (0.5, 1.05, 1.08, 1.5, 2.5, 3.5, 4.5), strict=True)):
        broadcasters = Broadcasters(joined=at(came))

        broadcasters.tell(event)

        assert broadcasters.queue == []
        assert broadcasters.told == [IN_ORDER[number + 1]]


def test_a_task_that_was_stopped_and_is_sent_again_waits_for_nothing_that_its_session_is_not_told() -> None:
    broadcasters = Broadcasters(joined=at(-1))
    begun = life(a_task("trends"), 1)[:3]
    stopped = tasks.stopped(begun[-1], at(2))
    again = [*begun, stopped, *life(tasks.sent_again(stopped), 3)[:3]]

    broadcasters.tell(story()[0])
    for event in written(keys.TASK("demo", "trends"), *map(from_task, again)):
        if event.type is not EventType.TASKS_CHANGED:
            broadcasters.tell(json.loads(json.dumps(on_the_bus(event))))

    assert broadcasters.queue == []
    assert broadcasters.told == [IN_ORDER[0], IN_ORDER[1], IN_ORDER[1]]


def test_what_follows_something_that_never_comes_is_told_in_the_end() -> None:
    broadcasters = Broadcasters(joined=at(-1))

    broadcasters.tell(story()[-1])
    broadcasters.go_on()

    assert broadcasters.told == IN_ORDER[-1:]
