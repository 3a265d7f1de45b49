"""Authorizer of the WebSocket API: lets in whoever has a ticket, which is then used up."""

from typing import Any

from watchbill.platform import sockets
from watchbill.platform.observability import API_CORRELATION_ID, observed
from watchbill.realtime.service import admit


@observed(API_CORRELATION_ID)
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Say whose ticket it is; what is asked for through the socket is asked as them."""
    return sockets.decision(event, admit(sockets.ticket_of(event)))
