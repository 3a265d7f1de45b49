"""Queue consumer: makes the daily reports that were asked for."""

from datetime import date
from typing import Any

from watchbill.platform import queue
from watchbill.platform.observability import observed
from watchbill.platform.queue import Message, Queue
from watchbill.services import services


@observed(causes=queue.causes)
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Make each report once, however often its message comes."""
    return queue.handled(Queue.REPORTS, event, context, _make)


def _make(message: Message) -> None:
    day = date.fromisoformat(message.body["day"])
    services(message.body["organisation"]).reports.generate_of_day(day)
