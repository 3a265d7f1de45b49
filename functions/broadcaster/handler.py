"""Queue consumer: tells in rooms what the bus tells, and greets new sockets."""

from collections.abc import Sequence
from typing import Any

from watchbill.platform import queue
from watchbill.platform.observability import observed
from watchbill.platform.queue import Message
from watchbill.services import services


@observed(causes=queue.causes)
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Tell what has happened in each organisation."""
    return queue.handled_by_organisation(event, context, _tell)


def _tell(organisation: str, messages: Sequence[Message]) -> None:
    services(organisation).broadcaster.take([message.body for message in messages])
