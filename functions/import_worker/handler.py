"""Queue consumer: takes in the companies of imports, part by part."""

from typing import Any

from watchbill.platform import queue
from watchbill.platform.observability import observed
from watchbill.platform.queue import Message, Queue
from watchbill.services import services


@observed(causes=queue.causes)
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Take in the next part of each of the imports named."""
    return queue.handled(Queue.IMPORTS, event, context, _work)


def _work(message: Message) -> None:
    services(message.body["organisation"]).company_imports.work(message.body["import"], message.receives)
