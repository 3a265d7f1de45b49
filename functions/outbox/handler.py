"""Stream consumer: publishes what has happened on the event bus, and sends on what is to be done about it."""

from typing import Any

from watchbill.outbox import service as outbox
from watchbill.platform import stream
from watchbill.platform.observability import observed


@observed(causes=stream.causes)
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Publish the events that the table's writes mean, and send the messages that they mean."""
    records = list(stream.records_of(event))
    outbox.publish(records)
    outbox.send_on(records)
    return stream.taken(event)
