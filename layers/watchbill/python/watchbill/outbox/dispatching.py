"""Which writes mean that a task may start that could not before, and what the dispatcher is told of that. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from watchbill.budgets import rules as budgets
from watchbill.budgets.models import Budget
from watchbill.budgets.packing import to_budget
from watchbill.execution.models import TaskStatus
from watchbill.platform import keys
from watchbill.platform.items import to_item
from watchbill.platform.stream import Record

_ENDED = frozenset(status.value for status in TaskStatus if status.ended)
_IN_FLIGHT = frozenset(status.value for status in TaskStatus if status.in_flight)
_MOST_WAITING = 200
"""How many tasks that wait one message names: so many are looked at by one dispatcher."""


def to_dispatch(records: Sequence[Record]) -> list[dict[str, Any]]:
    """That something may start, for each organisation, and which tasks waited for one that has ended."""
    found: dict[str, list[str]] = {}
    for record in records:
        if _frees(record):
            found.setdefault(record.organisation, []).extend(_waited_for(record))
    return [message for organisation, waiting in found.items() for message in _dispatches(organisation, waiting)]


def _frees(record: Record) -> bool:
    """Whether something may start that could not before: a task is ready, a slot is free, nothing holds it any more."""
    before, after = ((image or {}).get("status", {}).get("S") for image in (record.before, record.after))
    if record.key.sk == keys.TASK.sk and record.after:
        ready, gone = record.after["waits"]["BOOL"], before in _IN_FLIGHT and after not in _IN_FLIGHT
        return ready or gone or bool(_waited_for(record))
    if record.key.sk == keys.RUNNER.sk:
        return _started_again(record)
    return bool(keys.BUDGET.parse(record.key)) and budgets.frees(*budgets_of(record))


def _waited_for(record: Record) -> list[str]:
    """The tasks that waited for one that has ended."""
    ended = just_ended(record)
    return list(to_item({"dependents": ended["dependents"]})["dependents"]) if "dependents" in ended else []


def just_ended(record: Record) -> Mapping[str, Any]:
    """What is stored of a task by the write with which it ended; nothing for any other write."""
    if record.key.sk != keys.TASK.sk or not record.after:
        return {}
    before, after = ((image or {}).get("status", {}).get("S") for image in (record.before, record.after))
    return record.after if after in _ENDED and after != before else {}


def _dispatches(organisation: str, waiting: Sequence[str]) -> Iterator[dict[str, Any]]:
    named = list(dict.fromkeys(waiting))
    for start in range(0, max(1, len(named)), _MOST_WAITING):
        chunk = named[start : start + _MOST_WAITING]
        yield {"organisation": organisation} | ({"waiting": chunk} if chunk else {})


def budgets_of(record: Record) -> tuple[Budget | None, Budget | None]:
    """A budget before a write of it, and after it."""
    before, after = (to_budget(to_item(image)) if image else None for image in (record.before, record.after))
    return before, after


def _started_again(record: Record) -> bool:
    """Whether a task runner that was stopped starts tasks again."""
    before, after = (to_item(image) if image else {} for image in (record.before, record.after))
    return bool(before.get("stopped")) and not after.get("stopped")
