"""Sockets of the WebSocket API: opened, heard, closed."""

from typing import Any

from watchbill.platform import sockets
from watchbill.platform.observability import API_CORRELATION_ID, observed
from watchbill.services import services


@observed(API_CORRELATION_ID)
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Have the organisation's conversation take what a socket did."""
    incoming = sockets.incoming(event)
    return sockets.handled(services(incoming.principal).conversation, incoming)
