"""Queue consumer: works on tasks that have a slot."""

from typing import Any

from watchbill.platform import queue
from watchbill.platform.observability import observed
from watchbill.platform.queue import Message, Queue
from watchbill.services import services


@observed(causes=queue.causes)
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Make an attempt at each of the tasks named, all at the same time."""
    return queue.handled_together(Queue.TASKS, event, context, _work)


def _work(message: Message) -> None:
    queue.come_again(services(message.body["organisation"]).worker.work(message.body["task"]))
