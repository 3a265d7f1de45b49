"""The functions of campaigns as data: their routes, the calendar's, and those of the metrics that measure them."""

from infra.declarations import READ, WRITE, Api, Function, Messages
from watchbill.platform.queue import Queue

CAMPAIGNS = (
    Function(
        name="campaigns",
        trigger=Api(
            (
                "POST /api/campaigns",
                "GET /api/campaigns",
                "GET /api/campaigns/{campaignId}",
                "PATCH /api/campaigns/{campaignId}",
                "DELETE /api/campaigns/{campaignId}",
                "PUT /api/campaigns/{campaignId}/agents/{agentId}",
                "DELETE /api/campaigns/{campaignId}/agents/{agentId}",
            )
        ),
        table=(*READ, *WRITE),
        timeout=25,
    ),
    Function(
        name="campaign_runs",
        trigger=Api(
            (
                "POST /api/agents/campaign/{agentId}/run",
                "POST /api/agents/campaign/{agentId}/stop",
                "GET /api/agents/campaign/{agentId}",
                "GET /api/agents/campaign/{agentId}/campaigns",
                "GET /api/agents/campaign/{agentId}/metrics",
            )
        ),
        table=(*READ, *WRITE, "ConditionCheckItem"),
        sends_to=(Queue.DISPATCH,),
        prices_tokens=True,
        # Runs are waited for: what that costs goes by the memory.
        memory=512,
        timeout=29,
    ),
    Function(
        name="calendar",
        trigger=Api(
            (
                "POST /api/calendar/events",
                "GET /api/calendar/events",
                "GET /api/calendar/events/{eventId}",
                "PATCH /api/calendar/events/{eventId}",
                "DELETE /api/calendar/events/{eventId}",
                "POST /api/calendar/events/{eventId}/complete",
            )
        ),
        table=(*READ, *WRITE),
        timeout=25,
    ),
    Function(
        name="agenda",
        trigger=Api(
            (
                "GET /api/calendar/upcoming",
                "GET /api/calendar/overdue",
                "GET /api/calendar/stats",
                "POST /api/calendar/campaign/milestones",
                "POST /api/calendar/feed",
                "DELETE /api/calendar/feed",
            )
        ),
        table=(*READ, *WRITE),
        timeout=25,
    ),
    Function(
        name="calendar_worker",
        # What the scheduler refuses for being asked too often is tried for half an hour.
        trigger=Messages(Queue.MOMENTS, max_receives=10),
        table=("GetItem", "BatchGetItem", "Query", "PutItem", "DeleteItem"),
        keeps_schedules=Queue.MOMENTS,
        knows_platforms=True,
        timeout=30,
    ),
    Function(
        name="feed",
        trigger=Api(
            ("GET /api/calendar/feed.ics",),
            public="Other calendars have no key, but an address with a secret, which is looked at first.",
        ),
        table=READ,
        feeds_calendars=True,
        timeout=25,
    ),
    Function(
        name="metrics",
        trigger=Api(("POST /api/metrics", "GET /api/metrics", "GET /api/metrics/summary")),
        table=(*READ, *WRITE),
        timeout=25,
    ),
)
