"""Tasks that depend on others: whether one has to wait for them still, and what becomes of it when it has not. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from watchbill.execution import rules
from watchbill.execution.models import Held, Hold, Task, TaskError, TaskStatus, TriggerRule
from watchbill.execution.rules import NotAllowed

DEPENDENCY_FAILED = "DependencyFailed"
"""The type of the error of a task that was cancelled because one that it depends on did not complete."""
MOST_DEPENDENTS = 200
"""How many tasks may wait for one."""
_NAMED = 3
_LONGEST_REASON = 500

Found = Mapping[str, Task]
"""Tasks by their ids. One that has been kept for as long as tasks are kept is not there any more."""


def as_they_are(task: Task, found: Found, now: datetime) -> Task:
    """A task that waits, in the light of those it depends on: it waits on, is ready, or is cancelled.

    It waits for whatever has not ended, also when that was sent again meanwhile. It is cancelled as soon as one of them
    failed or was called off, unless its rule is to start however they ended. As it is when there is nothing new.
    """
    if lost := _lost(task, found):
        error = TaskError(type=DEPENDENCY_FAILED, message=_told(lost), retryable=False)
        return rules.cancelled(task, now).model_copy(update={"error": error})
    unended = tuple(one for one in task.depends_on if one in found and not found[one].status.ended)
    if unended:
        return task if unended == task.waits_for else task.model_copy(update={"waits_for": unended})
    due = task.not_before if task.not_before and task.not_before > now else None
    brought = {"upstream": _upstream(task, found), "preceded_by": _ends(task, found)}
    return task.model_copy(update={"waits_for": (), "not_before": due} | brought)


def sent_again(task: Task, found: Found, now: datetime) -> Task:
    """A task that failed or was cancelled, waiting as if it were new, for what has not ended too. Raises NotAllowed."""
    again = rules.sent_again(task)
    if lost := _lost(task, found):
        raise NotAllowed(f"{_told(lost)}; send that one again first")
    return as_they_are(again, found, now) if task.depends_on else again


def followed_by(task: Task, dependent: str) -> Task:
    """A task with one more that waits for it; as it is when it is known. Raises NotAllowed when those are too many."""
    if dependent in task.dependents:
        return task
    if len(task.dependents) >= MOST_DEPENDENTS:
        raise NotAllowed(f"{MOST_DEPENDENTS} tasks wait for task {task.id!r} already, and no more can")
    return task.model_copy(update={"dependents": (*task.dependents, dependent)})


def knowing_each_other(tasks: Iterable[Task]) -> list[Task]:
    """Tasks that are made together, each with those of them that wait for it."""
    made = list(tasks)
    waiting = {one.id: [other.id for other in made if one.id in other.depends_on] for one in made}
    return [one.model_copy(update={"dependents": tuple(waiting[one.id])}) for one in made]


def held(task: Task, found: Found) -> Held:
    """Why a task does not start that waits for others."""
    named = [_named(found[one]) + f" ({found[one].status.value})" for one in task.waits_for if one in found]
    more = len(named) - _NAMED
    names = ", ".join(named[:_NAMED]) + (f" and {more} more" if more > 0 else "")
    return Held(task.id, Hold.DEPENDENCIES, f"it waits for {names}" if named else "it waits for other tasks")


def _lost(task: Task, found: Found) -> Task | None:
    """The first of those that it depends on which takes away its sense."""
    if task.trigger_rule is TriggerRule.ALL_DONE:
        return None
    lost = (TaskStatus.FAILED, TaskStatus.CANCELLED)
    return next((found[one] for one in task.depends_on if one in found and found[one].status in lost), None)


def _upstream(task: Task, found: Found) -> dict[str, str]:
    """What a task is given besides what it was given before: of two tasks of an agent the one that completed later."""
    completed = [found[one] for one in task.depends_on if one in found and found[one].status is TaskStatus.COMPLETED]
    ordered = sorted(completed, key=lambda one: one.completed_at or one.created_at)
    return task.upstream | {one.agent_id: one.id for one in ordered}


def _ends(task: Task, found: Found) -> dict[str, datetime]:
    """When those that it depends on ended by themselves."""
    called_off = TaskStatus.CANCELLED
    ended = [found[one] for one in task.depends_on if one in found and found[one].status is not called_off]
    return {one.id: one.completed_at for one in ended if one.completed_at}


def _told(lost: Task) -> str:
    what = "failed" if lost.status is TaskStatus.FAILED else "was cancelled"
    why = f": {lost.error.message}" if lost.error else ""
    return f"it depends on {_named(lost)}, which {what}{why}"[:_LONGEST_REASON]


def _named(task: Task) -> str:
    return f"task {task.id!r} of agent {task.agent_name or task.agent_id!r}"
