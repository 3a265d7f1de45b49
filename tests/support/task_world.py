"""A world for tasks: queues that deliver late, twice and out of order, a stream, a clock, and processes that die.

Everything is decided by one seed. What a worker is doing is seen from outside, so that nobody has to take its word.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import boto3

from tests.support.deliveries import delivered_to
from tests.support.killable import Call, Died, Fate, Process
from tests.support.local_table import TABLE, as_event
from tests.support.service import Service
from tests.support.tasks import CONSUMERS
from tests.support.told import Told
from watchbill.configuration.models import OrganisationOverrides
from watchbill.execution.models import NewTask, Task
from watchbill.execution.store import TaskStore
from watchbill.execution.views import ExecutionQuery, RunnerAction, RunnerReport
from watchbill.platform.clock import frozen_at
from watchbill.platform.errors import WatchbillError
from watchbill.platform.table import Table
from watchbill.registry.models import AgentChange, LambdaRuntime, Registration
from watchbill.services import Services, services
from watchbill.streams.models import NewStream
from watchbill.workflows.models import ExecutionWish, NewAssignment

START = datetime(2026, 3, 10, 12, tzinfo=UTC)
SLOTS = 4
TIMEOUT = timedelta(seconds=20)
HIDDEN = timedelta(seconds=5400)
"""How long a message is hidden whose consumer died, as the queue of tasks has it."""
WIDE, NARROW = "wide", "narrow"
"""Two agents: one with as many tasks at a time as there are slots, one with one."""
DIAMOND = {"start": (), "left": ("start",), "right": ("start",), "join": ("left", "right")}
"""Agents that are assigned to each stream, and whom they wait for; they succeed unless they die."""

DEATHS = {
    "task_worker": (
        ("before write", 1),  # before the claim
        ("after write", 1),  # after the claim
        ("in the agent", 1),
        ("before write", 2),  # after the agent
        ("after write", 2),  # after the commit
    ),
    "dispatcher": (
        ("before write", 1),
        ("after write", 1),  # after the commit, and before anything is sent of it
        ("after write", 2),
        ("after sending", 1),
    ),
    "outbox": (("before sending", 1), ("after sending", 1)),
    "rollups": (("before write", 1), ("after write", 1), ("after write", 3)),
    "due": (("before sending", 1), ("after sending", 1)),
    "workflow_worker": (("before write", 1), ("after write", 1)),
    "stream_worker": (("before write", 1), ("after write", 1)),
}


@dataclass(eq=False)
class Letter:
    """A message in a queue, and when it can be received."""

    queue: str
    body: dict[str, Any]
    visible_at: datetime
    receives: int = 0


@dataclass(eq=False)
class Working:
    """A worker that is inside the agent, with a task, until a deadline."""

    process: Process
    letter: Letter
    task: str
    agent: str
    deadline: datetime


@dataclass
class World:
    """One organisation's tasks and everything around them."""

    seed: int
    environment: Mapping[str, str]
    listener: Told
    now: datetime = START
    made: list[str] = field(default_factory=list)
    streams: list[str] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    working: list[Working] = field(default_factory=list)
    deaths: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    throttled: int = 0

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.calm = False
        self.organisation = f"chaos-{self.seed}"
        self._idle: list[Process] = []
        self._read: dict[str, int] = {"outbox": 0, "rollups": 0}
        self._records: list[dict[str, Any]] = []
        self._stream = _EmulatedStream()
        self._minute = START
        Service(stream=None).organisation(self.organisation)  # type: ignore[arg-type]
        self._ours: Services = services(self.organisation)
        self.store = TaskStore(Table(self.organisation))
        self._configure()

    def close(self) -> None:
        """End every process."""
        for process in (*self._idle, *(one.process for one in self.working)):
            process.kill()

    # What may happen.

    def make(self) -> None:
        """Somebody makes a task."""
        wish = NewTask(
            agent_id=self.random.choice((WIDE, WIDE, NARROW)),
            task_type="t",
            priority=self.random.randint(1, 10),
            max_retries=self.random.randint(0, 3),
            scheduled_for=self.now + timedelta(seconds=90) if self.random.random() < 0.1 else None,
        )
        with frozen_at(self.now):
            self.made.append(self._ours.tasks.create(wish).id)

    def execute(self) -> None:
        """Somebody makes a stream, assigns the diamond to it, and has its first agent executed."""
        with frozen_at(self.now):
            stream = self._ours.streams.create(NewStream(name=f"stream {len(self.streams)}")).id
            self._ours.workflows.assign(
                stream,
                [
                    NewAssignment(agent_id=agent, auto_execute=True, depends_on_agent_ids=before)
                    for agent, before in DIAMOND.items()
                ],
            )
            self._ours.workflows.execute(stream, "start", ExecutionWish())
        self.streams.append(stream)

    def cancel(self) -> None:
        """Somebody calls a task off, if that is still possible."""
        try:
            with frozen_at(self.now):
                self._ours.tasks.cancel(self.random.choice(self.made))
        except WatchbillError:
            pass

    def switch(self) -> None:
        """Somebody stops the task runner, or starts it."""
        (action,) = self.random.choices((RunnerAction.START, RunnerAction.STOP), (3, 1))
        with frozen_at(self.now):
            self._ours.tasks.control(action)

    def start_runner(self) -> None:
        """Somebody starts the task runner."""
        with frozen_at(self.now):
            self._ours.tasks.control(RunnerAction.START)

    def deliver(self) -> bool:
        """Any queue delivers any one of its messages, and sometimes keeps a copy for later; whether one had any."""
        visible: dict[str, list[Letter]] = {}
        for letter in self.letters:
            if letter.visible_at <= self.now:
                visible.setdefault(letter.queue, []).append(letter)
        if not visible:
            return False
        letter = self.random.choice(visible[self.random.choice(list(visible))])
        letter.receives += 1
        letter.visible_at = self.now + HIDDEN
        if self._happens(0.25):
            later = self.now + timedelta(seconds=self.random.choice((0, 0, 5, 30, 90)))
            self.letters.append(Letter(letter.queue, letter.body, later))
        function = CONSUMERS[letter.queue]  # type: ignore[index]
        self._call(function, _message(letter), letter)
        return True

    def read_stream(self) -> bool:
        """One consumer of the stream gets a batch of any size; whether there was anything left to read."""
        self._records += self._stream.new()
        consumer = self.random.choice(tuple(self._read))
        start = self._read[consumer]
        batch = self._records[start : start + self.random.randint(1, 200)]
        theirs = delivered_to(consumer, batch)
        if not theirs or (self._call(consumer, {"Records": theirs}) and not self._happens(0.25)):
            self._read[consumer] += len(batch)
        return any(read < len(self._records) for read in self._read.values())

    def go_on_working(self) -> None:
        """One of the agents that take their time answers."""
        if self.working:
            one = self.random.choice(self.working)
            self.working.remove(one)
            one.process.answer(self.now, self._answer(one.agent))
            self._follow(one.process, one.letter)

    def pass_time(self, seconds: int) -> None:
        """Time passes; agents that take too long are cut off, and the minute's schedule fires."""
        then = self.now + timedelta(seconds=seconds)
        while due := [one for one in self.working if one.deadline <= then]:
            self._cut_off(min(due, key=lambda one: one.deadline))
        while self._minute + timedelta(minutes=1) <= then:
            self._minute += timedelta(minutes=1)
            self.now = max(self.now, self._minute)
            self._call("due", {})
        self.now = then

    # What can be seen.

    def tasks(self) -> list[Task]:
        """Every task: those that somebody made, and those of the streams."""
        of_streams = [task for stream in self.streams for task in self.executed(stream)]
        found = self.store.tasks(self.made)
        return [found[task].task for task in self.made] + of_streams

    def executed(self, stream: str) -> list[Task]:
        """The tasks of a stream."""
        with frozen_at(self.now):
            listed = self._ours.executions.executions(ExecutionQuery(stream_id=stream)).items
        found = self.store.tasks(one.id for one in listed)
        return [stored.task for stored in found.values()]

    def agent(self, name: str) -> str:
        """The id of an agent."""
        return self._ours.registry.agent(name).id

    def report(self) -> RunnerReport:
        """What the status route says."""
        return self._ours.tasks.runner()

    def runs(self) -> dict[str, Any]:
        """The runs on record, by their tasks."""
        found = {}
        for agent in (WIDE, NARROW, *DIAMOND):
            cursor = None
            while True:
                page = self._ours.runs.runs(agent, None, 500, cursor)
                found |= {run.task_id: run for run in page.items if run.task_id}
                if (cursor := page.next_cursor) is None:
                    break
        return found

    # How it happens.

    def _call(self, function: str, event: dict[str, Any], letter: Letter | None = None) -> bool:
        process = self._idle.pop() if self._idle else Process(self.environment, self.listener)
        process.begin(Call(function, event, self.now, self._fate(function)))
        return self._follow(process, letter)

    def _follow(self, process: Process, letter: Letter | None) -> bool:
        """Listen to a process until it has answered, has died, or is inside the agent; whether it succeeded."""
        try:
            while True:
                name, about = process.next()
                match name:
                    case "sent":
                        self.letters += [Letter(about[0], body, self.now) for body in about[1]]
                    case "postponed" if letter:
                        letter.visible_at = self.now + timedelta(seconds=about[1])
                    case "in the agent" if letter:
                        if not self._enter(process, letter, about):
                            return False
                    case "answered":
                        return self._answered(process, letter, about)
                    case "raised":
                        assert "ThrottlingException" in about, about
                        self._idle.append(process)
                        return False
        except Died as died:
            self.deaths[died.at] += 1
            return False

    def _enter(self, process: Process, letter: Letter, told: dict[str, Any]) -> bool:
        """A worker is inside the agent; whether the agent answers at once."""
        task, agent = told["id"], told["agent_id"]
        assert task not in [one.task for one in self.working], f"{task} runs twice at the same time"
        if self._happens(0.4):
            self.working.append(Working(process, letter, task, agent, self.now + TIMEOUT))
            return False
        process.answer(self.now, self._answer(agent))
        return True

    def _cut_off(self, one: Working) -> None:
        """An agent took too long: its worker is told so, or dies with it."""
        self.now = max(self.now, one.deadline)
        self.working.remove(one)
        if self._happens(0.5):
            one.process.kill()
        else:
            one.process.answer(self.now, None)
            self._follow(one.process, one.letter)

    def _answered(self, process: Process, letter: Letter | None, answer: Any) -> bool:
        self._idle.append(process)
        if letter and answer["batchItemFailures"]:
            return False
        if letter:
            self.letters.remove(letter)
        return True

    def _answer(self, agent: str) -> Any:
        if agent not in (self.wide, self.narrow):
            return {"output": {"by": agent}, "metrics": {"cost": 0.25}}
        error = {"type": "Refused", "message": "not today"}
        return self.random.choices(
            (
                {"output": {"done": True}, "metrics": {"cost": 0.5}},
                {"error": error, "metrics": {"cost": 0.5}},
                {"error": error | {"retryable": False}},
            ),
            (70, 25, 5),
        )[0]

    def _fate(self, function: str) -> Fate:
        if self.calm:
            return Fate()
        new = [moment for moment in DEATHS[function] if (function, *moment) not in self.deaths]
        dies_at = self.random.choice(new or DEATHS[function]) if self._happens(0.25) else None
        throttled = frozenset({self.random.randint(1, 3)}) if self._happens(0.08) else frozenset()
        self.throttled += len(throttled)
        return Fate(dies_at, throttled)

    def _happens(self, probability: float) -> bool:
        return not self.calm and self.random.random() < probability

    def _configure(self) -> None:
        runtime = LambdaRuntime(kind="lambda", function="watchbill-agent-test")
        for name in (WIDE, NARROW, *DIAMOND):
            self._ours.registry.register(name, Registration(project="p"))
            limits = {"concurrency": 1} if name == NARROW else {"max_retries": 10} if name in DIAMOND else {}
            change = AgentChange(runtime=runtime, timeout=int(TIMEOUT.total_seconds()), **limits)
            self._ours.registry.change(name, change)
        self.wide, self.narrow = self.agent(WIDE), self.agent(NARROW)
        self._ours.configuration.change(OrganisationOverrides(max_concurrent_tasks=SLOTS))


class _EmulatedStream:
    """The table's stream in the emulator, from now on."""

    def __init__(self) -> None:
        self._client = boto3.client("dynamodbstreams")
        arn = self._client.list_streams(TableName=TABLE)["Streams"][0]["StreamArn"]
        (shard,) = self._client.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
        self._iterator = self._client.get_shard_iterator(
            StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="LATEST"
        )["ShardIterator"]

    def new(self) -> list[dict[str, Any]]:
        """What was written since the last call, as event records."""
        answer = self._client.get_records(ShardIterator=self._iterator, Limit=1000)
        self._iterator = answer["NextShardIterator"]
        return [json.loads(json.dumps(record, default=as_event)) for record in answer["Records"]]


def _message(letter: Letter) -> dict[str, Any]:
    return {
        "Records": [
            {
                "messageId": "m",
                "receiptHandle": "r",
                "body": json.dumps(letter.body),
                "attributes": {"ApproximateReceiveCount": str(letter.receives)},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
            }
        ]
    }
