"""Queue consumer: starts the agents whose turn it is, because those before them have ended or the clock says so."""

from typing import Any

from watchbill.platform import queue
from watchbill.platform.observability import observed
from watchbill.platform.queue import Message, Queue
from watchbill.services import services


@observed(causes=queue.causes)
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Follow each of the endings named, or start what is due in the organisations named."""
    return queue.handled(Queue.WORKFLOWS, event, context, _take)


def _take(message: Message) -> None:
    services(message.body["organisation"]).workflow_follower.take(message.body)
