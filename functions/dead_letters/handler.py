"""Consumer of dead letters: fails the tasks that nobody could work on."""

from typing import Any

from watchbill.platform import queue
from watchbill.platform.observability import observed
from watchbill.platform.queue import Message
from watchbill.services import services


@observed(causes=queue.causes)
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Say of each of the tasks named that it has failed, and why."""
    return queue.handled(None, event, context, _put_aside)


def _put_aside(message: Message) -> None:
    queue.come_again(services(message.body["organisation"]).worker.put_aside(message.body["task"]))
