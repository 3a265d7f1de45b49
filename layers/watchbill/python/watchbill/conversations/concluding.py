"""What tells the people of a session that the work has ended which one of their messages brought about."""

from collections.abc import Iterator, Mapping, Sequence

from watchbill.conversations import endings
from watchbill.conversations.models import Outcome, ReplyStatus
from watchbill.conversations.store import ConversationStore
from watchbill.execution.models import Task, TaskStatus
from watchbill.orchestrations.models import Orchestration
from watchbill.platform import clock
from watchbill.platform.writes import Write


class Concluder:
    """One organisation's replies to messages whose work has ended."""

    def __init__(self, store: ConversationStore) -> None:
        self._store = store

    def conclusion(self, orchestration: Orchestration, tasks: Mapping[str, Task]) -> Sequence[Write]:
        """The reply to the message that brought an orchestration about, for the transaction that concludes it.

        Nothing where no message did, or the session is gone. Whoever is refused asks anew: somebody wrote meanwhile.
        """
        if orchestration.session_id is None:
            return []
        now = clock.now()
        stored = self._store.conversation(orchestration.session_id, now)
        before = stored.conversation
        known = before.work if before else ()
        work = next((one for one in known if one.orchestration_id == orchestration.id), None)
        if before is None or work is None or work.ended:
            return []
        asked = self._store.message(before, work.number)
        status, decision = ReplyStatus(orchestration.status.value), asked.decision if asked else None
        after, reply = endings.concluded(before, work, status, tuple(_outcomes(orchestration, tasks)), decision, now)
        return self._store.replacement(stored, after, reply)


def _outcomes(orchestration: Orchestration, tasks: Mapping[str, Task]) -> Iterator[Outcome]:
    for member in orchestration.members:
        task, status = tasks.get(member.task_id), member.status or TaskStatus.CANCELLED
        yield Outcome(
            agent=member.agent,
            task_id=member.task_id,
            status=status.value,
            result=task.output if task and status is TaskStatus.COMPLETED else None,
            error=member.error.message if member.error else None,
            ended_at=member.ended_at,
        )
