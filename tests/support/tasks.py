"""An organisation's tasks in process: writes reach the stream's consumers, messages their queues' consumers."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.support.channels import received
from tests.support.deliveries import delivered_to
from tests.support.service import Service
from watchbill.platform import functions
from watchbill.platform.functions import Invoked
from watchbill.platform.queue import Queue

CONSUMERS = {
    Queue.DISPATCH: "dispatcher",
    Queue.TASKS: "task_worker",
    Queue.SCHEDULES: "schedule_worker",
    Queue.FIRINGS: "firing_worker",
    Queue.IMPORTS: "import_worker",
    Queue.WORKFLOWS: "workflow_worker",
    Queue.ORCHESTRATIONS: "orchestration_worker",
    Queue.STREAMS: "stream_worker",
    Queue.TRACES: "trace_worker",
    Queue.PRICES: "price_worker",
    Queue.EXPORTS: "export_worker",
    Queue.LIVE: "broadcaster",
    Queue.CONVERSATIONS: "conversation_worker",
    Queue.SOCIAL: "social_worker",
    Queue.MOMENTS: "calendar_worker",
}
FUNCTION = "watchbill-agent-test"


@dataclass
class UsersFunction:
    """A user's Lambda function: answers with `answers` one after the other, then with `afterwards`."""

    answers: list[Any] = field(default_factory=list)
    afterwards: Any = field(default_factory=lambda: Invoked({"output": {"done": True}}))
    seen: list[dict[str, Any]] = field(default_factory=list)

    def invoke(self, name: str, event: dict[str, Any], _: int) -> Any:
        """Stand in for Lambda."""
        assert name == FUNCTION
        self.seen.append(event)
        answer = self.answers.pop(0) if self.answers else self.afterwards
        return answer() if callable(answer) else answer

    @property
    def tasks(self) -> list[str]:
        """The ids of the tasks it was given, in order."""
        return [event["id"] for event in self.seen]


@dataclass
class Tasks:
    """What makes tasks go on: the stream, the queues, and an agent that is a user's function."""

    service: Service
    key: str
    agent: UsersFunction

    def go_on(self) -> None:
        """Let everything happen that follows by itself, until nothing does any more."""
        while self._stream() or sum(self._queue(queue) for queue in CONSUMERS):
            pass

    def start_only(self) -> None:
        """Have what may start sent to the workers, whose messages then are lost."""
        self._stream()
        self._queue(Queue.DISPATCH)
        received(Queue.TASKS)
        self.service.stream.records()

    def post(self, address: str, body: Any = None) -> Any:
        """What a POST answers, which must succeed."""
        answer = self.service.request("POST", address, body if body is not None else {}, key=self.key)
        assert answer.status in (200, 201, 202), answer.text
        return answer.json

    def get(self, address: str) -> Any:
        """What a GET answers, which must succeed."""
        answer = self.service.request("GET", address, key=self.key)
        assert answer.status == 200, answer.text
        return answer.json

    def make(self, **wish: Any) -> dict[str, Any]:
        """A new task."""
        made: dict[str, Any] = self.post("/api/tasks", {"agent_id": "worker", "task_type": "research", **wish})
        return made

    def set(self, **settings: Any) -> None:
        """Change how the agent is run."""
        answer = self.service.request("PATCH", "/api/v1/agents/worker", settings, key=self.key)
        assert answer.status == 200, answer.text

    def _stream(self) -> bool:
        records = self.service.stream.records()
        for function in ("rollups", "outbox"):
            theirs = delivered_to(function, records)
            if theirs:
                self.service.invoke(function, {"Records": theirs})
        return bool(records)

    def _queue(self, queue: Queue) -> bool:
        event = received(queue)
        if event["Records"]:
            self.service.invoke(CONSUMERS[queue], event)
        return bool(event["Records"])


def tasks_of(service: Service, key: str, monkeypatch: pytest.MonkeyPatch) -> Tasks:
    """An organisation with the agent `worker`, which is a user's function."""
    agent = UsersFunction()
    monkeypatch.setattr(functions, "invoke", agent.invoke)
    tasks = Tasks(service, key, agent)
    tasks.post("/api/v1/agents/worker/register", {"project": "p"})
    tasks.set(runtime={"kind": "lambda", "function": FUNCTION})
    return tasks


def dead_letter(task: str, organisation: str = "demo") -> dict[str, Any]:
    """A message about a task, as it comes from the dead-letter queue."""
    return message({"organisation": organisation, "task": task})


def message(body: dict[str, Any]) -> dict[str, Any]:
    """The event of one message, as it comes from a queue."""
    return {
        "Records": [
            {
                "messageId": "m",
                "receiptHandle": "r",
                "body": json.dumps(body),
                "attributes": {"ApproximateReceiveCount": "1"},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
            }
        ]
    }
