"""Scheduled each minute: has what fell due started, and what got lost sent again."""

from typing import Any

from watchbill.platform.observability import observed
from watchbill.waking import wake_calendars, wake_dispatchers, wake_posts, wake_workflows


@observed()
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Wake what has something overdue in every organisation: its dispatcher, workflows, posts and calendar."""
    wake_dispatchers()
    wake_workflows()
    wake_posts()
    wake_calendars()
    return {}
