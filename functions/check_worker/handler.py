"""Messages: checks agents, a few at a time."""

from typing import Any

from watchbill.anomalies import checks
from watchbill.platform import queue
from watchbill.platform.observability import observed
from watchbill.platform.queue import Message, Queue
from watchbill.services import services


def work(message: Message) -> None:
    """Check the agents that a message names, or find those of its organisation."""
    checks.work(message, services(message.body["organisation"]).anomalies)


@observed(causes=queue.causes)
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Work through messages; those that failed come again."""
    return queue.handled(Queue.CHECKS, event, context, work)
