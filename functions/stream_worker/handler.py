"""Queue consumer: reviews streams that were written to, and clears away what removed ones have left."""

from typing import Any

from watchbill.platform import queue
from watchbill.platform.observability import observed
from watchbill.platform.queue import Message, Queue
from watchbill.services import services


@observed(causes=queue.causes)
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Look after the streams named; those that could not be come again."""
    return queue.handled(Queue.STREAMS, event, context, _look_after)


def _look_after(message: Message) -> None:
    services(message.body["organisation"]).stream_reviewer.look_after(message.body["stream"])
