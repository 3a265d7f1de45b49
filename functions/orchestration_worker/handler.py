"""Queue consumer: says what came of agents that worked together, when the last of them has ended."""

from typing import Any

from watchbill.platform import queue
from watchbill.platform.observability import observed
from watchbill.platform.queue import Message, Queue
from watchbill.services import services


@observed(causes=queue.causes)
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Conclude the orchestrations named of which a task has ended, if all have."""
    return queue.handled(Queue.ORCHESTRATIONS, event, context, queue.once_each(_conclude))


def _conclude(message: Message) -> None:
    services(message.body["organisation"]).conclude_orchestration(message.body["orchestration"])
