"""Queue consumer: makes the tasks of agents whose schedules have come."""

from typing import Any

from watchbill.platform import clock, queue
from watchbill.platform.observability import observed
from watchbill.platform.queue import Message, Queue
from watchbill.services import services


@observed(causes=queue.causes)
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Make a task of each of the firings."""
    return queue.handled(Queue.FIRINGS, event, context, _fire)


def _fire(message: Message) -> None:
    at = clock.from_text(message.body["at"])
    services(message.body["organisation"]).schedules.fire(message.body["agent"], at)
