"""Queue consumer: delivers messages to subscriptions of alerts."""

from typing import Any

from watchbill.alerts import notices
from watchbill.platform import queue
from watchbill.platform.observability import observed
from watchbill.platform.queue import Message, Queue
from watchbill.services import services


def deliver(message: Message) -> None:
    """Deliver one message."""
    services(message.body["organisation"]).deliverer.deliver(notices.from_message(message.body))


@observed(causes=queue.causes)
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Deliver messages; those that are not over come again."""
    return queue.handled(Queue.DELIVERIES, event, context, deliver)
