"""Queue consumer: notes which runs wait for the price of a model, and prices them anew step by step."""

from typing import Any

from watchbill.platform import queue
from watchbill.platform.observability import observed
from watchbill.platform.queue import Message, Queue
from watchbill.services import services


@observed(causes=queue.causes)
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Look after each of the runs and repricings named."""
    return queue.handled(Queue.PRICES, event, context, _work)


def _work(message: Message) -> None:
    services(message.body["organisation"]).repricing.work(message.body)
