"""The functions of streams as data: their routes, and the consumer that reviews them."""

from infra.declarations import READ, WRITE, Api, Function, Messages
from watchbill.platform.queue import Queue

STREAMS = (
    Function(
        name="streams",
        trigger=Api(
            (
                "POST /api/streams",
                "GET /api/streams",
                "GET /api/streams/{streamId}",
                "PATCH /api/streams/{streamId}",
                "DELETE /api/streams/{streamId}",
                "GET /api/streams/{streamId}/progress",
                "GET /api/streams/{streamId}/insights",
            )
        ),
        table=(*READ, *WRITE, "ConditionCheckItem"),
        timeout=25,
    ),
    Function(
        name="stream_items",
        trigger=Api(
            (
                "POST /api/streams/{streamId}/items",
                "GET /api/streams/{streamId}/items",
                "GET /api/streams/{streamId}/items/{itemId}",
                "PATCH /api/streams/{streamId}/items/{itemId}",
                "DELETE /api/streams/{streamId}/items/{itemId}",
            )
        ),
        table=(*READ, *WRITE, "ConditionCheckItem"),
        timeout=25,
    ),
    Function(
        name="stream_worker",
        trigger=Messages(Queue.STREAMS),
        table=(*READ, "PutItem", "DeleteItem", "ConditionCheckItem"),
        sends_to=(Queue.STREAMS,),
        timeout=60,
    ),
)
