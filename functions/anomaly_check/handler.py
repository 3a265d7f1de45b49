"""Schedule: has the hours of every organisation's agents judged."""

from typing import Any

from watchbill.anomalies import checks
from watchbill.identity.service import directory
from watchbill.platform.observability import observed


@observed()
def lambda_handler(event: dict[str, Any], context: Any) -> None:
    """Ask for the check of every organisation."""
    checks.begin(directory())
