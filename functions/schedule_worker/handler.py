"""Queue consumer: keeps the schedules of agents in EventBridge Scheduler."""

from typing import Any

from watchbill.platform import queue
from watchbill.platform.observability import observed
from watchbill.platform.queue import Message, Queue
from watchbill.services import services


@observed(causes=queue.causes)
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Have the scheduler hold what the settings of the agents named say."""
    return queue.handled(Queue.SCHEDULES, event, context, _keep)


def _keep(message: Message) -> None:
    services(message.body["organisation"]).schedules.keep(message.body["agent"])
