"""Clock: asks for yesterday's report of every organisation whose report hour has come."""

from typing import Any

from watchbill.identity.service import directory
from watchbill.platform.observability import observed
from watchbill.platform.queue import Queue, send
from watchbill.services import services


@observed()
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Send one message for each report that is due; for a few hours in a row, and each is made once."""
    due = ((organisation, services(organisation).reports.due_day()) for organisation in directory())
    messages = [{"organisation": organisation, "day": day.isoformat()} for organisation, day in due if day]
    send(Queue.REPORTS, messages)
    return {"sent": len(messages)}
