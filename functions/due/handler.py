"""Scheduled each minute: has what fell due started, and what got lost sent again."""

from typing import Any

from watchbill.platform.observability import observed
from watchbill.waking import wake_dispatchers, wake_posts, wake_workflows


@observed()
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Wake the dispatcher, the workflows and the posts of every organisation that has something overdue."""
    wake_dispatchers()
    wake_workflows()
    wake_posts()
    return {}
