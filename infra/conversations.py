"""The functions of conversations, as data: what people say over HTTP and through sockets, and their sessions."""

from infra.declarations import READ, WRITE, Api, Function, Messages
from watchbill.platform.events import EventType
from watchbill.platform.queue import Queue

CONVERSATIONS = (
    Function(
        name="chat",
        trigger=Api(
            (
                "POST /api/chat",
                "GET /api/chat/{sessionId}",
                "GET /api/sessions/{sessionId}",
                "PATCH /api/sessions/{sessionId}",
                "DELETE /api/sessions/{sessionId}",
            )
        ),
        table=(*READ, *WRITE),
        sends_to=(Queue.DISPATCH,),
        asks_models=True,
        knows_platforms=True,
        memory=1769,
        timeout=29,
    ),
    Function(
        name="conversation_worker",
        trigger=Messages(Queue.CONVERSATIONS, events=(EventType.USER_MESSAGE,)),
        table=(*READ, "PutItem", "DeleteItem"),
        sends_to=(Queue.DISPATCH,),
        asks_models=True,
        knows_platforms=True,
        memory=1769,
        timeout=60,
    ),
)
