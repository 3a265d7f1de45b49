"""What events of people's work come after, so that whoever tells of it tells it in that order. Pure.

A decision, the tasks that it brings about and the answer are different items: the table's stream may bring them in any
order, and so may the bus. Each event names what must have been told before it; the rest follows from that.
"""

from collections.abc import Iterable, Iterator

from watchbill.conversations.models import Message, Outcome
from watchbill.execution.happenings import TaskEvent, TaskEventType
from watchbill.execution.models import Task, TaskStatus
from watchbill.orchestrations.models import Member, Orchestration
from watchbill.platform import ids
from watchbill.platform.events import Past
from watchbill.runs.models import Trigger

_ENDINGS = frozenset({TaskEventType.EXECUTION_COMPLETED, TaskEventType.EXECUTION_FAILED})
_WITH_AN_ENDING = frozenset({TaskStatus.COMPLETED, TaskStatus.FAILED})
"""How tasks end of whose end there is an event; of those that are called off there is none."""


def decided(organisation: str, orchestration_id: str) -> str:
    """The mark of the decision that brought an orchestration about."""
    return ids.derived_id("decided", organisation, orchestration_id)


def step(task: Task, event: TaskEvent) -> str:
    """The id of something that happened to a task, the same whichever write told of it."""
    return ids.derived_id("event", task.org_id, task.id, event.model_dump_json())


def mark(task: Task, event: TaskEvent) -> str:
    """The mark of something that happened to a task: for those that waited for it, one end is as good as another."""
    return _ended(task.org_id, task.id) if event.type in _ENDINGS else step(task, event)


def before_step(task: Task, number: int) -> tuple[Past, ...]:
    """What the event of a task comes after which is the `number`-th of those that are known, from zero.

    That is the one before it that sessions are told; for the first, the decision to do the task, and the ends of those
    it waited for.
    """
    earlier = [event for event in task.events[:number] if event.type is not TaskEventType.STOP_REQUESTED]
    if earlier:
        return (Past(mark(task, earlier[-1]), earlier[-1].at),)
    ends = (Past(_ended(task.org_id, other), ended) for other, ended in task.preceded_by.items())
    return (*_decision_on(task), *ends)


def before_answer(organisation: str, answer: Message) -> tuple[Past, ...]:
    """What an answer comes after: the decision on the work that it tells of, and the ends of its tasks."""
    if answer.orchestration_id is None or answer.asked_at is None:
        return ()
    decision = Past(decided(organisation, answer.orchestration_id), answer.asked_at)
    return (decision, *_ends(organisation, answer.results))


def before_end(organisation: str, orchestration: Orchestration) -> tuple[Past, ...]:
    """What the end of an orchestration comes after: the ends of its tasks."""
    return tuple(_ends(organisation, orchestration.members))


def _decision_on(task: Task) -> Iterator[Past]:
    if task.trigger is Trigger.CHAT and task.orchestration_id:
        yield Past(decided(task.org_id, task.orchestration_id), task.created_at)


def _ends(organisation: str, parts: Iterable[Member | Outcome]) -> Iterator[Past]:
    for one in parts:
        if one.ended_at and one.status in _WITH_AN_ENDING:
            yield Past(_ended(organisation, one.task_id), one.ended_at)


def _ended(organisation: str, task_id: str) -> str:
    return ids.derived_id("ended", organisation, task_id)
