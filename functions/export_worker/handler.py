"""Queue consumer: writes the files of exports, step by step."""

from typing import Any

from watchbill.platform import queue
from watchbill.platform.observability import observed
from watchbill.platform.queue import Message, Queue
from watchbill.services import services


@observed(causes=queue.causes)
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Do a step of each of the exports named."""
    return queue.handled(Queue.EXPORTS, event, context, _work)


def _work(message: Message) -> None:
    said = message.body
    services(said["organisation"]).exports.work(said["export"], said["step"], message.receives)
