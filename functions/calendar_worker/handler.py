"""Queue consumer: has happen what is to happen at the time of events, and the scheduler hold when the next comes."""

from typing import Any

from watchbill.platform import queue
from watchbill.platform.observability import observed
from watchbill.platform.queue import Message, Queue
from watchbill.services import services


@observed(causes=queue.causes)
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Look at each of the events named."""
    return queue.handled(Queue.MOMENTS, event, context, _take)


def _take(message: Message) -> None:
    services(message.body["organisation"]).moments.take(message.body)
