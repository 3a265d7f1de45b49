"""Messages: makes the daily reports that are due."""

from typing import Any

from watchbill.platform import clock, queue
from watchbill.platform.observability import observed
from watchbill.platform.queue import Message, Queue
from watchbill.services import services


def work(message: Message) -> None:
    """Make the report that an organisation is due at the message's time, however late the message is."""
    services(message.body["organisation"]).reports.generate_due(clock.from_text(message.body["at"]))


@observed(causes=queue.causes)
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Work through messages; those that failed come again."""
    return queue.handled(Queue.REPORTS, event, context, work)
