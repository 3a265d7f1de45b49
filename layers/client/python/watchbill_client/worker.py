"""A process that works on tasks: it leases them, keeps its leases alive, and says what became of each.

    def research(task: LeasedTask) -> dict[str, int]:
        return {"found": len(look_up(task.payload["topic"]))}

    with Watchbill() as watchbill:
        Worker(watchbill, research, agents=["scout"]).run()

What the function returns is the task's output, unless it is a mapping with `output`, `metrics`, `events` or
`error`, which then says so. What it raises is a failure that another attempt may mend; `TaskFailed` says more.
"""

import inspect
import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from watchbill_client.client import Watchbill
from watchbill_client.errors import (
    BadRequest,
    Conflict,
    ConnectionFailed,
    PayloadTooLarge,
    ServerError,
    TooManyRequests,
    WatchbillError,
)
from watchbill_client.tasking import CustomEvent, LeasedTask, Metrics, TaskError

logger = logging.getLogger("watchbill_client.worker")
Work = Callable[[LeasedTask], Any]
_SAYING = frozenset({"output", "metrics", "events", "error"})
_EVENTS: TypeAdapter[tuple[CustomEvent, ...]] = TypeAdapter(tuple[CustomEvent, ...])
_PASSING = (ConnectionFailed, ServerError, TooManyRequests, Conflict)
_LOOK_S, _LONGEST_PAUSE_S, _LAST_WORDS_S = 0.1, 30.0, 5.0


class TaskFailed(Exception):
    """Raise it in a worker's function to say how an attempt failed, and whether another may succeed."""

    def __init__(self, message: str, type: str = "TaskFailed", retryable: bool = True) -> None:
        super().__init__(message)
        self.error = TaskError(type=type, message=message, retryable=retryable)


@dataclass(frozen=True)
class Ended:
    """What became of an attempt; `lost` is one that was cancelled, or that somebody else has now."""

    task: LeasedTask
    outcome: Literal["completed", "failed", "lost", "given back"]
    seconds: float
    detail: str = ""


class _Attempt:
    """A task that a thread is working on, and a heart that beats meanwhile."""

    def __init__(self, task: LeasedTask, thread: threading.Thread) -> None:
        self.task = task
        self.thread = thread
        self.began = time.monotonic()
        self.done = threading.Event()
        self._settled = threading.Lock()

    def settle(self) -> bool:
        """Whether the caller is the first, and thus the one who says what became of it."""
        return self._settled.acquire(blocking=False)


class Worker:
    """Works on the tasks of these agents, `concurrency` at a time, until it is stopped.

    `wait_seconds` is how long the service may hold a question for the next task (20 at most); `lease_seconds` how long
    after its last sign of life a task is given to somebody else; `grace_seconds` how long tasks may go on when the
    worker is stopped, before they are given back. `watch` hears of every attempt that ends.
    """

    def __init__(
        self,
        client: Watchbill,
        work: Work,
        agents: Sequence[str],
        task_types: Sequence[str] | None = None,
        concurrency: int = 1,
        wait_seconds: int = 5,
        lease_seconds: int = 60,
        grace_seconds: float = 20.0,
        name: str | None = None,
        watch: Callable[[Ended], None] = lambda _: None,
    ) -> None:
        self._client = client
        self._work = work
        self._agents = agents
        self._task_types = task_types
        self._concurrency = concurrency
        self._wait_seconds = wait_seconds
        self._lease_seconds = lease_seconds
        self._grace_seconds = grace_seconds
        self._watch = watch
        self.name = name or f"{socket.gethostname()}:{os.getpid()}"
        self._stopped = False
        self._failures = 0
        self._running: dict[str, _Attempt] = {}
        self._changed = threading.Condition()

    def run(self) -> None:
        """Work until `stop` is called; then finish what is begun, or give it back.

        Raises:
            WatchbillError: the service refuses to lease these tasks for a reason that waiting does not mend.
        """
        try:
            while not self._stopped:
                free = self._free()
                for task in self._lease(min(free, 10)) if free else ():
                    self._begin(task)
        finally:
            self._finish()

    def stop(self) -> None:
        """Take no more tasks. Safe in a signal handler; a second call gives back at once what is under way."""
        # Only plain values are set: a signal handler must not wait for a lock that its own thread may hold.
        if self._stopped:
            self._grace_seconds = 0.0
        self._stopped = True

    def _free(self) -> int:
        with self._changed:
            if len(self._running) >= self._concurrency:
                self._changed.wait(_LOOK_S)
            return self._concurrency - len(self._running)

    def _lease(self, most: int) -> Sequence[LeasedTask]:
        try:
            leased = self._client.tasks.lease(
                self._agents, self._task_types, most, self._wait_seconds, self._lease_seconds, self.name
            )
        except _PASSING as error:
            self._failures += 1
            self._pause(min(_LONGEST_PAUSE_S, 2.0 ** min(self._failures, 10) / 2), error)
            return ()
        self._failures = 0
        return leased

    def _pause(self, seconds: float, reason: WatchbillError) -> None:
        logger.warning("no task could be leased: %s; asking again in %.0f s", reason, seconds)
        until = time.monotonic() + seconds
        while not self._stopped and time.monotonic() < until:
            time.sleep(_LOOK_S)

    def _begin(self, task: LeasedTask) -> None:
        attempt = _Attempt(task, threading.Thread(target=self._attempt, args=(task.id,), daemon=True))
        with self._changed:
            self._running[task.id] = attempt
        threading.Thread(target=self._beat, args=(attempt,), daemon=True).start()
        attempt.thread.start()

    def _attempt(self, task_id: str) -> None:
        attempt = self._running[task_id]
        try:
            said = _answer(self._work, attempt.task)
            attempt.done.set()
            if attempt.settle():
                self._say(attempt, said)
        finally:
            attempt.done.set()
            with self._changed:
                self._running.pop(task_id)
                self._changed.notify_all()

    def _say(self, attempt: _Attempt, said: "_Said") -> None:
        """Tell the service what came of an attempt, and whoever watches what came of that."""
        task, tasks = attempt.task, self._client.tasks
        try:
            if said.error is None:
                try:
                    tasks.complete(task, said.output, said.metrics, said.events)
                except (BadRequest, PayloadTooLarge, PydanticSerializationError) as error:
                    said = _unreadable(error)
            if said.error is not None:
                tasks.fail(task, said.error, said.metrics, said.events)
        except Conflict as error:
            self._tell(attempt, "lost", str(error))
        except WatchbillError as error:
            # Nobody could be told: the lease will end, and the task be offered again.
            self._tell(attempt, "lost", str(error))
        else:
            detail = f"{said.error.type}: {said.error.message}" if said.error else ""
            self._tell(attempt, "failed" if said.error else "completed", detail)

    def _tell(self, attempt: _Attempt, outcome: Literal["completed", "failed", "lost", "given back"], why: str) -> None:
        self._watch(Ended(attempt.task, outcome, time.monotonic() - attempt.began, why))

    def _beat(self, attempt: _Attempt) -> None:
        """Keep the lease while the attempt goes on; let it know when it goes on in vain."""
        while not attempt.done.wait(self._lease_seconds / 3):
            try:
                if not self._client.tasks.heartbeat(attempt.task, self._lease_seconds).cancelled:
                    continue
            except Conflict as error:
                logger.warning("task %s is lost: %s", attempt.task.id, error)
            except WatchbillError as error:
                logger.warning("no sign of life could be sent for task %s: %s", attempt.task.id, error)
                continue
            attempt.task.end()
            return

    def _finish(self) -> None:
        """Let what is under way end; what does not in time is told to, and given back."""
        began = time.monotonic()
        while self._running and time.monotonic() - began < self._grace_seconds:
            with self._changed:
                self._changed.wait(_LOOK_S)
        left = [attempt for attempt in list(self._running.values()) if attempt.settle()]
        for attempt in left:
            attempt.task.end()
        deadline = time.monotonic() + _LAST_WORDS_S
        for attempt in left:
            attempt.thread.join(max(0.0, deadline - time.monotonic()))
            attempt.done.set()
            self._give_back(attempt)
        for attempt in list(self._running.values()):
            attempt.thread.join(_LAST_WORDS_S)  # those that are just saying what came of them

    def _give_back(self, attempt: _Attempt) -> None:
        try:
            self._client.tasks.release(attempt.task)
        except WatchbillError as error:
            self._tell(attempt, "lost", str(error))
        else:
            self._tell(attempt, "given back", "")


@dataclass(frozen=True)
class _Said:
    """What a function has answered."""

    output: Any = None
    metrics: Metrics | None = None
    error: TaskError | None = None
    events: tuple[CustomEvent, ...] = ()


def _answer(work: Work, task: LeasedTask) -> _Said:
    try:
        return _read(_result(work, task))
    except TaskFailed as failed:
        return _Said(error=failed.error)
    except ValidationError as error:
        return _unreadable(error)
    except Exception as error:  # whatever the function raises is its failure
        logger.warning("task %s failed", task.id, exc_info=error)
        return _Said(error=TaskError(type=type(error).__name__, message=str(error)[:2_000]))


def _result(work: Work, task: LeasedTask) -> Any:
    result = work(task)
    if not inspect.isawaitable(result):
        return result
    import asyncio

    async def awaited() -> Any:
        return await result

    return asyncio.run(awaited())


def _read(answer: Any) -> _Said:
    if not isinstance(answer, Mapping) or not answer.keys() & _SAYING:
        return _Said(answer)
    metrics, error = answer.get("metrics"), answer.get("error")
    return _Said(
        answer.get("output"),
        None if metrics is None else Metrics.model_validate(metrics),
        None if error is None else TaskError.model_validate(error),
        _EVENTS.validate_python(answer.get("events") or ()),
    )


def _unreadable(error: Exception) -> _Said:
    return _Said(error=TaskError(type="UnreadableAnswer", message=str(error)[:2_000], retryable=False))
