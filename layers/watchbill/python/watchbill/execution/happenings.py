"""What happens to a task and is told of it: how it was begun and ended, and what its agent says besides. Pure."""

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from watchbill.platform.wire import Label, Model, Moment, bounded

MOST_EVENTS, MOST_TOLD = 100, 20
"""How many events of a task are kept, the newest, and how many of its own an agent may tell of an attempt."""
_LONGEST_EVENT = 2_000


class TaskEventType(StrEnum):
    """What happens to a task and is worth telling."""

    EXECUTION_STARTED = "execution_started"
    EXECUTION_COMPLETED = "execution_completed"
    EXECUTION_FAILED = "execution_failed"
    RETRY_ATTEMPT = "retry_attempt"
    STOP_REQUESTED = "stop_requested"
    CUSTOM_EVENT = "custom_event"


_Brief = Annotated[dict[str, Any], AfterValidator(lambda value: bounded(_LONGEST_EVENT, value))]


class CustomEvent(Model):
    """What an agent tells of its work besides what comes of it."""

    name: Label
    data: Annotated[dict[str, Any], AfterValidator(lambda value: bounded(_LONGEST_EVENT, value))] = Field(
        default_factory=dict
    )


CustomEvents = Annotated[tuple[CustomEvent, ...], Field(max_length=MOST_TOLD)]

Tell = Callable[[CustomEvent], None]
"""How an agent tells of its work while it is at it: known at once, and of no use to an attempt that is over."""


class TaskEvent(Model):
    """Something that happened to a task in its `attempt`; `name` is what an agent calls an event of its own."""

    type: TaskEventType
    at: Moment
    attempt: int
    name: str | None = None
    data: dict[str, Any] = Field(default_factory=dict)


def happened(events: tuple[TaskEvent, ...], *more: TaskEvent) -> tuple[TaskEvent, ...]:
    """Events with some more behind them, of which the newest are kept."""
    return (*events, *more)[-MOST_EVENTS:]
