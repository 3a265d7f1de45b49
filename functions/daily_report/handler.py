"""Schedule: has yesterday's report made wherever the report hour has come."""

from typing import Any

from watchbill.identity.service import directory
from watchbill.platform import clock
from watchbill.platform.observability import observed
from watchbill.platform.queue import Queue, send


@observed()
def lambda_handler(event: dict[str, Any], context: Any) -> None:
    """Ask each organisation by a message of its own, so that no other waits for one that cannot answer."""
    at = clock.to_text(clock.now())
    send(Queue.REPORTS, [{"organisation": organisation, "at": at} for organisation in directory()])
