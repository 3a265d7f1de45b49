"""Stream consumer: publishes what has happened on the event bus."""

from typing import Any

from watchbill.outbox import service as outbox
from watchbill.platform import stream
from watchbill.platform.observability import observed


@observed(causes=stream.causes)
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Publish the events that the table's writes mean."""
    outbox.publish(stream.records_of(event))
    return stream.taken(event)
