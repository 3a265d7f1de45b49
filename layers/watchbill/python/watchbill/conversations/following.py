"""What follows from the writes of messages: each message is a run, with the reply to it as its output."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from watchbill.conversations.models import CHAT_AGENT, Message, ReplyStatus, Speaker
from watchbill.conversations.packing import LIFE, SESSION, to_message
from watchbill.platform import keys
from watchbill.platform.errors import Conflict
from watchbill.platform.items import Item, to_item
from watchbill.platform.stream import Record
from watchbill.registry.models import UNVERSIONED, Registration
from watchbill.registry.service import RegistryService
from watchbill.runs.models import NewRun, RunError, Status, Trigger

_STATUS = {
    ReplyStatus.PROCESSING: Status.RUNNING,
    ReplyStatus.FAILED: Status.FAILED,
    ReplyStatus.CANCELLED: Status.CANCELLED,
}
_FAILED = "OrchestrationFailed"
Keep = Callable[[str, str, Mapping[int, NewRun]], object]
"""Keeps runs of an agent's version; what is known of them already changes nothing."""


class MessageFollower:
    """One organisation's messages, as the stream's consumer sees them."""

    def __init__(self, registry: RegistryService, keep: Keep) -> None:
        self._registry = registry
        self._keep = keep
        self._registered = False

    def take_in(self, records: Sequence[Record]) -> None:
        """Record the messages and replies that are new; what comes again changes nothing."""
        new = [to_item(record.after) for record in records if _is_new(record) and record.after]
        if new:
            self._register()
            self._keep(CHAT_AGENT, UNVERSIONED, dict(enumerate(map(run_of, new))))

    def _register(self) -> None:
        # Agents are never removed: once in a process is enough.
        if not self._registered:
            with suppress(Conflict):
                self._registry.register(CHAT_AGENT, Registration(project=CHAT_AGENT))
            self._registered = True


def run_of(item: Item) -> NewRun:
    """What a message's item says of the run that the message is; a reply says how it ended."""
    message = to_message(item)
    number = message.number if message.role is Speaker.USER else message.answers
    about = {
        "id": f"{item[LIFE]}-{number}",
        "session_id": item[SESSION],
        "trigger": Trigger.CHAT,
        "task_type": message.decision.task_type if message.decision else None,
    }
    said = _asked(message) | _spent(message) if message.role is Speaker.USER else _answered(message)
    return NewRun.model_validate(about | said, strict=False)


def _asked(message: Message) -> dict[str, object]:
    return {"created": message.at, "started_at": message.at, "status": Status.RUNNING, "input": message.text}


def _spent(message: Message) -> dict[str, object]:
    """What it took to understand the message: nothing, unless a language model was asked."""
    spent = message.decision.spent if message.decision else None
    if spent is None:
        return {"cost": 0}
    tokens = {"input": spent.input_tokens, "output": spent.output_tokens}
    return {"models": (spent.model,), "tokens": tokens, "cost": spent.cost}


def _answered(message: Message) -> dict[str, object]:
    status = _STATUS.get(message.status or ReplyStatus.COMPLETED, Status.COMPLETED)
    begun: dict[str, object] = {
        "created": message.asked_at,
        "started_at": message.asked_at,
        "status": status,
        "output": message.text,
    }
    if status is Status.RUNNING:
        return begun
    error = RunError(type=_FAILED, message=message.text) if status is Status.FAILED else None
    return begun | {"completed_at": message.at, "error": error}


def _is_new(record: Record) -> bool:
    return record.before is None and keys.MESSAGE.parse(record.key) is not None
