"""Scheduled each minute: has what fell due started, and what got lost sent again."""

from typing import Any

from watchbill.platform.observability import observed
from watchbill.services import wake_dispatchers, wake_workflows


@observed()
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Wake the dispatcher and the workflows of every organisation that has something overdue."""
    wake_dispatchers()
    wake_workflows()
    return {}
