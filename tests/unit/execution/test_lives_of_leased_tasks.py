"""Tasks that workers lease: workers that die, are slow, say everything twice, beside a dispatcher that is at it too.

Whatever happens, a task has one holder, slots are never exceeded and never lost, and every task comes to its end, also
when its agent's runtime changes under it.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, invariant, multiple, rule

from tests.support.leased import TIMEOUT, Registry, running
from tests.support.lives import CRASHES, SLOTS, Lives
from tests.support.memory_table import Crash
from watchbill.execution.dispatcher import LEASE, Dispatcher
from watchbill.execution.leases import LeaseService
from watchbill.execution.models import Limits, Task, TaskError, TaskStatus
from watchbill.execution.slots import Slots
from watchbill.execution.views import Completion, Failure, Heartbeat, LeaseWish, Release
from watchbill.execution.worker import MARGIN, Awaited, Done, Failed, LeasedElsewhere, Outcome, Upstream, Worker
from watchbill.registry.models import PullRuntime

LEASE_SECONDS = 30
AGENTS = st.sampled_from(["ana", "bo"])


@pytest.fixture(autouse=True)
def _as_a_function(environment: None) -> None:
    """With the settings of a function, because workers write logs."""


class Script:
    """An agent of ours that does what the test says next."""

    timeout = timedelta(seconds=TIMEOUT)
    next = "succeed"

    def run(self, _: Task, __: Upstream) -> Outcome:
        match self.next:
            case "succeed":
                return Done("by lambda")
            case "fail":
                return Failed(TaskError(type="Busy", message="later"), wait=timedelta(seconds=5))
            case "accept":
                return Awaited()
            case _:
                raise Crash


@dataclass(frozen=True)
class Held:
    """A lease as its worker knows it."""

    task: str
    token: str


class Leases(Lives):
    """An organisation's tasks, their workers and the dispatcher."""

    made: Bundle[str] = Bundle("made")
    held: Bundle[Held] = Bundle("held")

    def __init__(self) -> None:
        super().__init__()
        self.registry = Registry(ana=running(pull=True), bo=running(pull=False))
        slots = Slots(self.store, lambda: Limits(slots=SLOTS), self.registry.settings_of)
        self.dispatcher = Dispatcher(self.store, slots, lambda _: None)
        self.leases = LeaseService(self.store, slots, self.registry, lambda _: None)  # type: ignore[arg-type]
        self.script = Script()
        self.worker = Worker(self.store, self._agent_of)
        self.until: dict[Held, datetime] = {}
        self.given_back: Counter[str] = Counter()

    def _agent_of(self, agent_id: str) -> Script:
        if isinstance(self.registry.agents[agent_id].runtime, PullRuntime):
            raise LeasedElsewhere
        return self.script

    @rule(target=made, agent=AGENTS, priority=st.integers(1, 10), retries=st.integers(0, 2))
    def make(self, agent: str, priority: int, retries: int) -> str:
        return self._created(agent_id=agent, priority=priority, max_retries=retries)

    @rule(target=held, most=st.integers(1, 3), crash=CRASHES, meanwhile=st.booleans())
    def lease(self, most: int, crash: int | None, meanwhile: bool) -> Any:
        self.table.meanwhile = self.dispatcher.dispatch if meanwhile else None
        wish = LeaseWish(max_tasks=most, lease_seconds=LEASE_SECONDS)
        answer = self._at_now(lambda: self.leases.lease(wish), crash)
        found = [Held(task.id, task.lease_token) for task in answer.tasks] if answer else []
        for one, task in zip(found, answer.tasks if answer else [], strict=True):
            assert not [other for other in self._holders(one.task) if other != one]
            self.until[one] = task.lease_until
        return multiple(*found)

    @rule(lease=held)
    def heartbeat(self, lease: Held) -> None:
        beat = Heartbeat(lease_token=lease.token, lease_seconds=LEASE_SECONDS)
        heard = self._at_now(lambda: self.leases.heartbeat(lease.task, beat))
        if heard is None or heard.cancelled:
            self.until.pop(lease, None)
        else:
            self.until[lease] = heard.lease_until

    @rule(lease=held, crash=CRASHES, heard=st.booleans())
    def complete_twice(self, lease: Held, crash: int | None, heard: bool) -> None:
        self.table.meanwhile = (lambda: self.heartbeat(lease)) if heard else None
        done = Completion(lease_token=lease.token, output=lease.token)
        # An endpoint that has answered at once, and calls back as well, is told what it said first.
        _, said = self.ends.get(lease.task, (None, lease.token))
        first = self._at_now(lambda: self.leases.complete(lease.task, done), crash)
        again = self._at_now(lambda: self.leases.complete(lease.task, done))
        assert first is None or first == again
        assert again is None or again.output == said
        self.until.pop(lease, None)

    @rule(lease=held, retryable=st.booleans(), crash=CRASHES)
    def fail_twice(self, lease: Held, retryable: bool, crash: int | None) -> None:
        error = TaskError(type="Busy", message="later", retryable=retryable)
        failure = Failure(lease_token=lease.token, error=error)
        first = self._at_now(lambda: self.leases.fail(lease.task, failure), crash)
        again = self._at_now(lambda: self.leases.fail(lease.task, failure))
        assert first is None or first == again
        self.until.pop(lease, None)

    @rule(lease=held)
    def give_back(self, lease: Held) -> None:
        if self._at_now(lambda: self.leases.release(lease.task, Release(lease_token=lease.token))):
            self.given_back[lease.task] += 1
        self.until.pop(lease, None)

    @rule(task=made)
    def cancel(self, task: str) -> None:
        if self._called_off(task):
            for lease in self._holders(task):
                del self.until[lease]

    @rule(crash=CRASHES, meanwhile=st.booleans())
    def dispatch(self, crash: int | None, meanwhile: bool) -> None:
        wish = LeaseWish(lease_seconds=LEASE_SECONDS)
        self.table.meanwhile = (lambda: self.leases.lease(wish)) if meanwhile else None
        self._at_now(self.dispatcher.dispatch, crash)

    @rule(crash=CRASHES)
    def each_minute(self, crash: int | None) -> None:
        self._at_now(self.dispatcher.look_after, crash)

    @rule(task=made, then=st.sampled_from(["succeed", "fail", "accept", "die"]), crash=CRASHES)
    def deliver(self, task: str, then: str, crash: int | None) -> None:
        """A message for the task arrives at a worker of ours: for the first time, again, or long after."""
        self.script.next = then
        self._at_now(lambda: self.worker.work(task), crash)

    @rule(task=made, succeeds=st.booleans(), crash=CRASHES)
    def call_back(self, task: str, succeeds: bool, crash: int | None) -> None:
        """Who was told of a task by a request says what became of it: in time, or when another may have it."""
        stored = self.store.task(task)
        assert stored
        if stored.task.worker is not None or stored.task.lease_holder is None:
            return
        lease = Held(task, stored.task.lease_holder)
        if succeeds:
            self.complete_twice(lease, crash, heard=False)
        else:
            self.fail_twice(lease, True, crash)

    @rule(agent=AGENTS, pull=st.booleans())
    def change_the_runtime(self, agent: str, pull: bool) -> None:
        self.registry.agents[agent] = running(pull)

    @invariant()
    def who_has_a_lease_that_is_not_over_has_the_task(self) -> None:
        for lease in self.until:
            stored = self.store.task(lease.task)
            assert stored
            if lease in self._holders(lease.task):
                assert (stored.task.status, stored.task.lease_holder) == (TaskStatus.PROCESSING, lease.token)

    @invariant()
    def no_task_has_more_attempts_than_it_may(self) -> None:
        for task in self._all():
            assert task.retry_count <= task.max_retries
            assert task.attempt <= task.max_retries + 1 + self.given_back[task.id]

    def teardown(self) -> None:
        """With no worker left no slot stays taken; with workers that work, every task comes to its end."""
        self.script.next = "succeed"
        self.now += timedelta(hours=1)
        for agent in self.registry.agents:
            self.change_the_runtime(agent, pull=True)
        self._at_now(self.dispatcher.look_after)
        assert self.store.in_flight() == []
        for number in range(100):
            if all(task.status.ended for task in self._all()):
                return
            self._finish_some(pull=number % 2 == 0)
        raise AssertionError("not every task came to its end")

    def _finish_some(self, pull: bool) -> None:
        for agent in self.registry.agents:
            self.change_the_runtime(agent, pull)
        self.now += LEASE + timedelta(seconds=TIMEOUT) + MARGIN
        self._at_now(self.dispatcher.look_after)
        for flying in self.store.in_flight():
            self._at_now(lambda flying=flying: self.worker.work(flying.task_id))
        for task in self._at_now(lambda: self.leases.lease(LeaseWish(max_tasks=10))).tasks:
            done = Completion(lease_token=task.lease_token)
            self._at_now(lambda task=task, done=done: self.leases.complete(task.id, done))

    def _holders(self, task: str) -> list[Held]:
        return [lease for lease, until in self.until.items() if lease.task == task and until > self.now]


TestLeases = Leases.TestCase
TestLeases.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
