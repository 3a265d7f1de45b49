"""Queue consumer: answers what people say through sockets."""

from typing import Any

from watchbill.platform import queue
from watchbill.platform.observability import observed
from watchbill.platform.queue import Message, Queue
from watchbill.services import services


@observed(causes=queue.causes)
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer each of the messages, in the session it was said in."""
    return queue.handled(Queue.CONVERSATIONS, event, context, _answer)


def _answer(message: Message) -> None:
    said = message.body["detail"]
    services(said["organisation"]).conversations.hear(said["session_id"], said["message_id"], said["message"])
