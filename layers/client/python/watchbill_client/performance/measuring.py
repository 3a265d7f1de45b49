"""Measuring a piece of work: `with`, `async with`, or a decorator around it. What the work raises goes on unchanged."""

import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar, Token
from dataclasses import dataclass
from decimal import Decimal
from types import TracebackType
from typing import Any, TypeVar

from watchbill_client.performance.complaints import Complaints
from watchbill_client.performance.decorating import decorated

F = TypeVar("F", bound=Callable[..., Any])

UNTYPED = "task"
"""The type of a task of which none is known."""


@dataclass
class Measurement:
    """What is known of a piece of work so far; whoever does the work completes it. None means not known.

    `cost` is USD, `quality_score` 0 to 100, `user_satisfaction` 1 to 5. `success` is what counts when the work ends
    without raising; work that raises has failed.
    """

    strand_id: str | None = None
    user_id: str | None = None
    task_id: str | int | None = None
    task_type: str | None = None
    token_usage: int | None = None
    cost: Decimal | float | None = None
    quality_score: float | None = None
    user_satisfaction: float | None = None
    success: bool = True


_current: ContextVar[Measurement | None] = ContextVar("watchbill_measurement", default=None)


def current_measurement() -> Measurement:
    """The measurement of the innermost tracked work around here; outside of any, one that goes nowhere."""
    return _current.get() or Measurement()


Record = Callable[[Measurement, int, bool], None]
"""Takes in what was measured, the milliseconds it took, and whether it succeeded."""


class Tracking:
    """What `tracker.track` gives: a block to enter, or a decorator of functions and coroutines.

    A block is for one piece of work at a time; the decorator opens one of its own for each call.
    """

    def __init__(self, strand: object, task: object, record: Record, complaints: Complaints) -> None:
        self._strand = strand
        self._task = task
        self._record = record
        self._complaints = complaints
        self._open: list[tuple[Measurement, Token[Measurement | None], int]] = []

    def __enter__(self) -> Measurement:
        measurement = Measurement()
        with self._complaints.guard("A strand or a task could not be read"):
            _describe(measurement, self._strand, self._task)
        # Read the clock last here and first below, so that none of this counts as work.
        self._open.append((measurement, _current.set(measurement), time.perf_counter_ns()))
        return measurement

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        ended = time.perf_counter_ns()
        with self._complaints.guard("A measurement could not be recorded"):
            measurement, token, started = self._open.pop()
            self._record(measurement, round((ended - started) / 1e6), error is None and bool(measurement.success))
            # In a generator this may be another context than that of entering, which refuses the token.
            _current.reset(token)

    async def __aenter__(self) -> Measurement:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.__exit__(kind, error, traceback)

    def __call__(self, function: F) -> F:
        """Track every call of a function, or every awaited call of a coroutine function.

        Raises:
            TypeError: it is a generator function or a class; now, when it is decorated, rather than when it runs.
        """
        return decorated(function, lambda: Tracking(self._strand, self._task, self._record, self._complaints))


def _describe(measurement: Measurement, strand: object, task: object) -> None:
    """Fill in who works on what: from text (a strand's id, a task's type), mappings, or objects with attributes."""
    measurement.strand_id = strand if isinstance(strand, str) else _read(strand, "id")
    measurement.task_type = (task if isinstance(task, str) else _read(task, "type", "task_type", "taskType")) or UNTYPED
    if not isinstance(task, str):
        measurement.task_id = _read(task, "id", "task_id", "taskId")
        measurement.user_id = _read(task, "user_id", "userId")


def _read(source: object, *names: str) -> Any:
    """The first of the names that a mapping or an object has a value for, else None."""
    for name in names:
        value = source.get(name) if isinstance(source, Mapping) else getattr(source, name, None)
        if value is not None:
            return value
    return None
