"""The functions of the live channel as data: who is let in, what sockets do, and who tells them what happens."""

from infra.declarations import WRITE, Api, Function, Messages, SocketAuthorizer, Sockets
from watchbill.platform.events import EventType
from watchbill.platform.queue import Queue

SOCKET_AUTHORIZER = Function(name="live_authorizer", trigger=SocketAuthorizer(), table=("GetItem", "DeleteItem"))
"""Whom the WebSocket API asks, and therefore in the stack of that API itself."""

TOLD = (
    EventType.AGENT_REGISTERED,
    EventType.AGENT_CHANGED,
    EventType.VERSION_REGISTERED,
    EventType.RUNS_RECORDED,
    EventType.RUNS_UPDATED,
    EventType.KEY_ISSUED,
    EventType.KEY_REVOKED,
    EventType.ANOMALY_OPENED,
    EventType.ANOMALY_CHANGED,
    EventType.ANOMALY_RESOLVED,
    EventType.SUBSCRIPTION_DISABLED,
    EventType.REPORT_GENERATED,
    EventType.TASKS_CHANGED,
    EventType.BUDGET_WARNED,
    EventType.BUDGET_HELD,
    EventType.EXECUTION_STARTED,
    EventType.EXECUTION_COMPLETED,
    EventType.EXECUTION_FAILED,
    EventType.RETRY_ATTEMPT,
    EventType.STOP_REQUESTED,
    EventType.CUSTOM_EVENT,
    EventType.ORCHESTRATION_COMPLETED,
    EventType.STREAM_INSIGHT,
    EventType.STREAM_COMPLETED,
    EventType.SYSTEM_NOTIFICATION,
    EventType.CALENDAR_UPDATE,
    EventType.EVENT_REMINDER,
    EventType.PUBLICATION_FAILED,
    EventType.DECISION_MADE,
    EventType.CHAT_RESPONSE,
    EventType.SESSION_EXPIRED,
    EventType.OAUTH_SUCCESS,
    EventType.OAUTH_DISCONNECTED,
    EventType.OAUTH_ERROR,
)
"""What is told in rooms."""

LIVE = (
    Function(
        name="realtime",
        trigger=Api(("POST /api/realtime/tickets", "POST /api/admin/broadcast")),
        table=("Query", *WRITE),
        puts_events=True,
        tells_sockets_address=True,
    ),
    Function(
        name="live",
        trigger=Sockets(),
        table=("GetItem", "BatchGetItem", "Query", "PutItem", "DeleteItem"),
        puts_events=True,
        sends_to=(Queue.LIVE,),
        sends_through_sockets=True,
        memory=512,
        timeout=29,
    ),
    Function(
        name="broadcaster",
        # Several, so that no organisation waits for another's sockets; not so many that they are in each other's way.
        trigger=Messages(Queue.LIVE, at_once=5, events=TOLD),
        table=("GetItem", "BatchGetItem", "Query", "PutItem", "DeleteItem"),
        sends_to=(Queue.LIVE,),
        sends_through_sockets=True,
        timeout=30,
    ),
)
