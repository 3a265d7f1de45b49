"""The functions of campaigns as data: their routes, and those of the metrics that campaigns are measured by."""

from infra.declarations import READ, WRITE, Api, Function

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
        name="metrics",
        trigger=Api(("POST /api/metrics", "GET /api/metrics", "GET /api/metrics/summary")),
        table=(*READ, *WRITE),
        timeout=25,
    ),
)
