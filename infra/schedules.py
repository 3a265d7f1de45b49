"""The functions of schedules and experiments, as data: what agents do by themselves, and by which version."""

from infra.declarations import READ, WRITE, Api, Function, Messages, Schedule
from watchbill.platform.queue import Queue

SCHEDULES = (
    Function(
        name="experiments",
        trigger=Api(
            (
                "POST /api/v1/agents/{agentId}/experiments",
                "GET /api/v1/agents/{agentId}/experiments",
                "GET /api/v1/agents/{agentId}/experiments/{experimentId}",
                "PATCH /api/v1/agents/{agentId}/experiments/{experimentId}",
                "POST /api/v1/agents/{agentId}/experiments/{experimentId}/stop",
            )
        ),
        table=(*READ, *WRITE),
    ),
    Function(
        name="schedule_worker",
        # What the scheduler refuses for being asked too often is tried for half an hour.
        trigger=Messages(Queue.SCHEDULES, max_receives=10),
        table=("GetItem",),
        keeps_schedules=Queue.FIRINGS,
        timeout=30,
    ),
    Function(
        name="schedule_check",
        trigger=Schedule("cron(30 3 * * ? *)"),
        table=("GetItem", "Query"),
        sends_to=(Queue.SCHEDULES,),
        timeout=60,
    ),
    Function(
        name="firing_worker",
        trigger=Messages(Queue.FIRINGS, max_receives=10),
        table=(*READ, "PutItem"),
        sends_to=(Queue.DISPATCH,),
        timeout=30,
    ),
)
