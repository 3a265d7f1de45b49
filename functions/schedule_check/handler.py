"""Scheduled each day: has the agents' schedules kept once more, also where the first message was lost."""

from typing import Any

from watchbill.platform.observability import observed
from watchbill.waking import check_schedules


@observed()
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Send a message for every agent that has a schedule."""
    check_schedules()
    return {}
