"""Tasks that wait for others, whose endings are told late, twice, out of order or never, by those who die at any write.

Whatever happens, no task starts before those it depends on have ended as they should, and none waits for ever.
"""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, invariant, rule

from tests.support.leased import Registry, running
from tests.support.lives import CRASHES, SLOTS, Lives
from watchbill.execution.dependencies import DEPENDENCY_FAILED
from watchbill.execution.dispatcher import LEASE, Dispatcher
from watchbill.execution.happenings import Tell
from watchbill.execution.models import Limits, NewTask, Origin, Task, TaskError, TaskStatus, TriggerRule
from watchbill.execution.service import TaskService
from watchbill.execution.slots import Slots
from watchbill.execution.worker import MARGIN, Done, Failed, Outcome, Upstream, Worker
from watchbill.platform.errors import Unprocessable
from watchbill.platform.lists import Cursors

TIMEOUT = timedelta(seconds=60)
_AS_THEY_SHOULD = {
    TriggerRule.ALL_SUCCESS: {TaskStatus.COMPLETED},
    TriggerRule.ALL_DONE: {TaskStatus.COMPLETED, TaskStatus.FAILED, TaskStatus.CANCELLED},
}


@pytest.fixture(autouse=True)
def _as_a_function(environment: None) -> None:
    """With the settings of a function, because workers write logs."""


class Script:
    """An agent that does what the test says next, and keeps what it was given."""

    timeout = TIMEOUT

    def __init__(self) -> None:
        self.succeeds = True
        self.given: dict[str, dict[str, Any]] = {}

    def run(self, task: Task, upstream: Upstream, _: Tell) -> Outcome:
        self.given[task.id] = dict(upstream)
        if self.succeeds:
            return Done({"by": task.id})
        return Failed(TaskError(type="Bad", message="never", retryable=False))


class Runs:
    """Where the records of runs go, which nobody reads here."""

    def record_all(self, *_: Any) -> None:
        """Keep nothing."""


class Dependents(Lives):
    """An organisation's tasks that wait for each other, and everything that can happen to them."""

    made: Bundle[str] = Bundle("made")

    def __init__(self) -> None:
        super().__init__()
        self.agent = Script()
        registry: Any = Registry(ana=running(pull=False), bo=running(pull=False))
        slots = Slots(self.store, lambda: Limits(slots=SLOTS), registry.settings_of)
        self.dispatcher = Dispatcher(self.store, slots, lambda _: None)
        self.worker = Worker(self.store, lambda _: self.agent)
        runs: Any = Runs()
        self.tasks = TaskService(
            "demo", self.store, self.dispatcher, registry, runs, Cursors("demo"), lambda: SLOTS, _by_none, lambda: None
        )
        self.letters: list[tuple[str, ...]] = []
        self.before: dict[str, Task] = {}

    @rule(
        target=made,
        on=st.lists(made, max_size=3),
        wanted=st.sampled_from(TriggerRule),
        agent=st.sampled_from(["ana", "bo"]),
        meanwhile=st.none() | made,
        crash=CRASHES,
    )
    def make(self, on: list[str], wanted: TriggerRule, agent: str, meanwhile: str | None, crash: int | None) -> str:
        """Somebody makes a task, and one that exists may be called off between what is read for that and written."""
        self.numbers += 1
        task_id = f"task-{self.numbers:03d}"
        wish = NewTask(agent_id=agent, task_type="t", depends_on=tuple(on), trigger_rule=wanted, max_retries=0)
        if meanwhile:
            self.table.meanwhile = lambda: self._called_off(meanwhile)
        self._at_now(lambda: self.tasks.create(wish, Origin(task_id=task_id)), crash)
        if self.store.task(task_id) is None:
            self._at_now(lambda: self.tasks.create(wish, Origin(task_id=task_id)))
        return task_id

    @rule(first=st.sampled_from(TriggerRule), second=st.sampled_from(TriggerRule))
    def make_together(self, first: TriggerRule, second: TriggerRule) -> None:
        """Somebody makes three tasks in a row, in one write."""
        self.numbers += 3
        names = [f"task-{self.numbers - back:03d}" for back in (2, 1, 0)]
        on = [(), (names[0],), (names[0], names[1])]

        def graph() -> None:
            rules = (TriggerRule.ALL_SUCCESS, first, second)
            wishes = [
                NewTask(agent_id="ana", task_type="t", depends_on=some, trigger_rule=one, max_retries=0)
                for some, one in zip(on, rules, strict=True)
            ]
            origins = [Origin(task_id=name) for name in names]
            self.table.transact(self.tasks.creation(self.tasks.graph(zip(wishes, origins, strict=True))))

        self._at_now(graph)

    @rule(crash=CRASHES)
    def dispatch(self, crash: int | None) -> None:
        self._at_now(self.dispatcher.dispatch, crash)

    @rule(number=st.integers(0, 3), succeeds=st.booleans(), crash=st.none() | st.integers(0, 3))
    def work(self, number: int, succeeds: bool, crash: int | None) -> None:
        """One of the tasks in flight is worked on; whoever does it may die before telling those that wait."""
        flying = sorted(one.task_id for one in self.store.in_flight())
        if flying:
            self.agent.succeeds = succeeds
            self._at_now(lambda: self.worker.work(flying[number % len(flying)]), crash)

    @rule(data=st.data(), beside=st.booleans(), crash=CRASHES)
    def deliver(self, data: st.DataObject, beside: bool, crash: int | None) -> None:
        """Any of the messages that the stream has sent, now or once more later; somebody else may write beside."""
        if self.letters:
            letter = data.draw(st.sampled_from(self.letters))
            if beside:
                self.table.meanwhile = lambda: self._touch(letter)
            self._at_now(lambda: self.dispatcher.asked(False, letter), crash)

    @rule(task=made, crash=CRASHES)
    def cancel(self, task: str, crash: int | None) -> None:
        self._asked(lambda: self.tasks.cancel(task), crash)

    @rule(task=made, crash=CRASHES)
    def retry(self, task: str, crash: int | None) -> None:
        self._asked(lambda: self.tasks.retry(task), crash)

    @invariant()
    def whoever_waits_no_more_has_what_it_waited_for(self) -> None:
        now = {task.id: task for task in self._all()}
        for task in now.values():
            before = self.before.get(task.id)
            if task.status.ended and (before is None or not before.status.ended or before.attempt != task.attempt):
                self.letters.append(task.dependents)
            if not task.status.ended and (before is None or before.status.ended):
                self.ends.pop(task.id, None)
            released = before is None or before.waits_for or before.status.ended
            if released and not task.waits_for and not task.status.ended:
                ended = {now[one].status for one in task.depends_on}
                assert ended <= _AS_THEY_SHOULD[task.trigger_rule]
        self.before = now

    @invariant()
    def whoever_waits_is_known_to_those_it_waits_for(self) -> None:
        waiting = [task for task in self._all() if task.waits_for]
        assert sorted(self.store.waiting()) == sorted(task.id for task in waiting)
        for task in waiting:
            assert task.status is TaskStatus.PENDING
            assert all(task.id in self._task(one).dependents for one in task.depends_on)

    def teardown(self) -> None:
        """With time, and messages or without, every task comes to its end, given what it waited for."""
        self.agent.succeeds = True
        told = self.numbers % 2 == 0
        for _ in range(100):
            self.whoever_waits_no_more_has_what_it_waited_for()
            if told:
                self.letters, letters = [], self.letters
                for letter in letters:
                    self._at_now(lambda letter=letter: self._told_beside(letter))
            if all(task.status.ended for task in self._all()):
                break
            self.now += LEASE + TIMEOUT + MARGIN
            self._at_now(self.dispatcher.dispatch if told else self.dispatcher.look_after)
            for flying in self.store.in_flight():
                self._at_now(lambda task=flying.task_id: self.worker.work(task))
        for task in self._all():
            assert task.status.ended, f"{task.id} waits for ever"
            self._ended_as_it_should(task)

    def _ended_as_it_should(self, task: Task) -> None:
        if task.error and task.error.type == DEPENDENCY_FAILED:
            assert task.status is TaskStatus.CANCELLED
            assert task.trigger_rule is TriggerRule.ALL_SUCCESS
        if task.status is TaskStatus.COMPLETED and task.trigger_rule is TriggerRule.ALL_SUCCESS:
            on = [self._task(one) for one in task.depends_on]
            latest = {one.agent_id: one for one in sorted(on, key=lambda one: one.completed_at or one.created_at)}
            assert self.agent.given[task.id] == {agent: one.output for agent, one in latest.items()}

    def _task(self, task_id: str) -> Task:
        stored = self.store.task(task_id)
        assert stored
        return stored.task

    def _told_beside(self, letter: tuple[str, ...]) -> None:
        """A message that comes once, while somebody else writes the tasks that it is about."""
        self.table.meanwhile = lambda: self._touch(letter)
        self.dispatcher.asked(False, letter)

    def _touch(self, task_ids: tuple[str, ...]) -> None:
        for stored in self.store.tasks(task_ids).values():
            self.store.replace(stored, stored.task)

    def _asked(self, ask: Any, crash: int | None) -> None:
        with suppress(Unprocessable):
            self._at_now(ask, crash)


def _by_none(*_: Any) -> None:
    return None


TestDependents = Dependents.TestCase
TestDependents.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
