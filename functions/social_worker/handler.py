"""Queue consumer: publishes posts, and does what follows from accounts being connected and forgotten."""

from typing import Any

from watchbill.platform import queue
from watchbill.platform.observability import observed
from watchbill.platform.queue import Message, Queue
from watchbill.services import services


def work(message: Message) -> None:
    """Publish one post, or follow one account."""
    services(message.body["organisation"]).social_worker.work(message.body)


@observed(causes=queue.causes)
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Work on messages; those that are not over come again."""
    return queue.handled_together(Queue.SOCIAL, event, context, work)
