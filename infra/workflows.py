"""The functions of workflows and orchestrations, as data: assignments, what follows by itself, what was done."""

from infra.declarations import READ, WRITE, Api, Function, Messages
from watchbill.platform.queue import Queue

WORKFLOWS = (
    Function(
        name="executions",
        trigger=Api(("GET /api/executions", "GET /api/executions/{executionId}")),
        table=READ,
        timeout=25,
    ),
    Function(
        name="workflows",
        trigger=Api(
            (
                "POST /api/streams/{streamId}/agents",
                "GET /api/streams/{streamId}/agents",
                "PATCH /api/streams/{streamId}/agents/{agentId}",
                "DELETE /api/streams/{streamId}/agents/{agentId}",
                "POST /api/streams/{streamId}/agents/{agentId}/execute",
                "GET /api/streams/{streamId}/workflow",
            )
        ),
        table=(*READ, *WRITE, "ConditionCheckItem"),
        timeout=25,
    ),
    Function(
        name="orchestrations",
        trigger=Api(
            (
                "POST /api/admin/orchestrate",
                "GET /api/admin/orchestrations",
                "GET /api/admin/orchestrations/{orchestrationId}",
            )
        ),
        table=(*READ, *WRITE),
        sends_to=(Queue.DISPATCH,),
        timeout=25,
    ),
    Function(
        name="orchestration_worker",
        trigger=Messages(Queue.ORCHESTRATIONS),
        # The oldest message of a session goes when the one is stored that says what came of it.
        table=("GetItem", "BatchGetItem", "PutItem", "DeleteItem"),
        timeout=30,
    ),
    Function(
        name="workflow_worker",
        trigger=Messages(Queue.WORKFLOWS),
        table=(*READ, "PutItem", "DeleteItem"),
        timeout=30,
    ),
)
