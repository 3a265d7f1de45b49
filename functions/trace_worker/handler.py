"""Queue consumer: brings traces up to date whose parts met on their way, and settles those that are waited for."""

from typing import Any

from watchbill.platform import queue
from watchbill.platform.observability import observed
from watchbill.platform.queue import Message, Queue
from watchbill.services import services


@observed(causes=queue.causes)
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Look after each of the traces named."""
    return queue.handled(Queue.TRACES, event, context, _work)


def _work(message: Message) -> None:
    services(message.body["organisation"]).intake.work(message.body)
