"""Custom metrics: recording what runs do not know, listing it and summing it up (scopes ingest and read)."""

from datetime import datetime
from decimal import Decimal

from watchbill_client.connection import Connection, Request, new_idempotency_key, route
from watchbill_client.metering import CustomMetric, MetricSummary
from watchbill_client.paging import Page, fetch_page

_METRICS = route("api", "metrics")


class CustomMetrics:
    """`client.metrics`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def record(
        self,
        name: str,
        value: float | Decimal,
        *,
        unit: str | None = None,
        dimension: str | None = None,
        campaign: str | None = None,
        agent: str | None = None,
        timestamp: datetime | None = None,
        id: str | int | None = None,
    ) -> CustomMetric:
        """Record a value, 0 or more, measured at `timestamp` or now, of a campaign, an agent (by id or name), or both.

        Recorded again under an `id` of your own it is the same metric: the newer value takes the older one's place.

        Raises:
            NotFound: there is no such agent.
        """
        body = {
            "name": name,
            "value": float(value) if isinstance(value, Decimal) else value,
            "unit": unit,
            "dimension": dimension,
            "campaignId": campaign,
            "agentId": agent,
            "timestamp": timestamp,
            "id": id,
        }
        request = Request("POST", _METRICS, body=body, idempotency_key=new_idempotency_key())
        return self._connection.call(request, CustomMetric)

    def list(
        self,
        name: str | None = None,
        *,
        campaign: str | None = None,
        agent: str | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[CustomMetric]:
        """Metrics that were measured from `start` on and before `end`, the newest first."""
        params = {**_wanted(name, campaign, agent, start, end), "limit": limit}
        return fetch_page(self._connection, Request("GET", _METRICS, params=params), CustomMetric, cursor)

    def summary(
        self,
        name: str | None = None,
        *,
        campaign: str | None = None,
        agent: str | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> MetricSummary:
        """What metrics come to: over all time, or over the whole days that hold a window of at most 366 days."""
        params = _wanted(name, campaign, agent, start, end)
        return self._connection.call(Request("GET", f"{_METRICS}/summary", params=params), MetricSummary)


def _wanted(
    name: str | None, campaign: str | None, agent: str | None, start: datetime | None, end: datetime | None
) -> dict[str, str | int | None]:
    first, last = (at.isoformat() if at else None for at in (start, end))
    return {"name": name, "campaignId": campaign, "agentId": agent, "startDate": first, "endDate": last}
