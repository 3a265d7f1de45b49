"""What writes mean for agents that work together: when to look whether all have ended, and what came of them. Pure."""

from collections.abc import Iterator, Sequence
from typing import Any

from watchbill.orchestrations.models import OrchestrationStatus
from watchbill.orchestrations.packing import to_orchestration
from watchbill.outbox.dispatching import just_ended
from watchbill.outbox.order import before_end
from watchbill.platform import ids
from watchbill.platform.events import Event, EventType
from watchbill.platform.items import to_item
from watchbill.platform.stream import Record

_TOLD = {"session_id", "status", "created_at", "concluded_at"}
_OF_AGENT = {"agent", "agent_id", "task_id", "status", "error"}


def to_conclude(records: Sequence[Record]) -> list[dict[str, Any]]:
    """The orchestrations of which a task has ended, each once for all of a batch."""
    found = dict.fromkeys((record.organisation, one) for record in records for one in _ended(record))
    return [{"organisation": organisation, "orchestration": one} for organisation, one in found]


def of_orchestration(record: Record) -> Iterator[Event]:
    """That agents have worked together, once, with what came of each."""
    before, after = (to_item(image) if image else {} for image in (record.before, record.after))
    running = (None, OrchestrationStatus.RUNNING.value)
    if before.get("status") not in running or after.get("status") in running:
        return
    ended = to_orchestration(after)
    agents = [member.model_dump(mode="json", include=_OF_AGENT) for member in ended.members]
    data = {"orchestration_id": ended.id, "agents": agents} | ended.model_dump(mode="json", include=_TOLD)
    event_id = ids.derived_id("event", *record.key, EventType.ORCHESTRATION_COMPLETED)
    kind, ours, follows = EventType.ORCHESTRATION_COMPLETED, record.organisation, before_end(record.organisation, ended)
    yield Event(event_id, kind, ours, data, record.cause, follows=follows)


def _ended(record: Record) -> list[str]:
    named = just_ended(record).get("orchestration_id", {}).get("S")
    return [named] if named else []
