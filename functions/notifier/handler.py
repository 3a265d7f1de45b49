"""Bus consumer: tells the alerts' topic and subscriptions of events that people want to hear of."""

from typing import Any

from watchbill.platform.observability import observed
from watchbill.services import services


@observed("detail.correlation_id")
def lambda_handler(event: dict[str, Any], context: Any) -> None:
    """Tell of one event."""
    services(event["detail"]["organisation"]).notifier.tell(event["detail-type"], event["detail"])
