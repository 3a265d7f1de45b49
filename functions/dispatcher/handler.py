"""Queue consumer: starts the tasks of an organisation that may start."""

from typing import Any

from watchbill.platform import queue
from watchbill.platform.observability import observed
from watchbill.platform.queue import Message, Queue
from watchbill.services import services


@observed(causes=queue.causes)
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Give the waiting tasks of the organisations named their slots."""
    return queue.handled(Queue.DISPATCH, event, context, queue.once_each(_dispatch))


def _dispatch(message: Message) -> None:
    overdue, waiting = message.body.get("overdue", False), message.body.get("waiting", ())
    services(message.body["organisation"]).dispatcher.asked(overdue, waiting)
