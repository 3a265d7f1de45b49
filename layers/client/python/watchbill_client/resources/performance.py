"""Performance: records of work, and what the service makes of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic.alias_generators import to_camel

from watchbill_client.connection import Connection, Request, new_idempotency_key, route
from watchbill_client.errors import BadRequest, NotFound
from watchbill_client.models import BatchAnswer
from watchbill_client.paging import Page, fetch_page
from watchbill_client.performance.answers import (
    Anomaly,
    PerformanceAnalytics,
    PerformanceDashboard,
    PerformanceReport,
    PerformanceSnapshot,
    StrandHealth,
    wire_time,
)
from watchbill_client.refusals import refused_batch

Filters = Mapping[str, Any]
"""`strandId`, `userId`, `taskType`, `startDate`, `endDate`, `minQualityScore`, `maxCost`, also in snake_case; moments
are datetimes with a zone or RFC 3339 text, and None is no filter."""

_RECORDS = route("api", "analytics", "performance")
_REPORTS = route("api", "analytics", "reports")


class Performance:
    """`client.performance`. A strand is an agent; its id or its name will do."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add_many(self, records: Sequence[bytes], timeout: float | None = None) -> BatchAnswer:
        """Store records, each JSON with an `id` of its own, so that sending them again changes nothing.

        At most 1 000, and 5 MB; `timeout` is seconds. `PerformanceTracker` makes records and sends them.
        """
        body = b'{"records":[' + b",".join(records) + b"]}"
        request = Request("POST", _RECORDS, body=body, repeatable=True, timeout=timeout)
        try:
            return self._connection.call(request, BatchAnswer)
        except BadRequest as error:
            return refused_batch(error, "records")

    def snapshot(self, strand_id: str) -> PerformanceSnapshot | None:
        """The strand's newest record; None when there is none."""
        try:
            return self._connection.call(Request("GET", _strand(strand_id, "snapshot")), PerformanceSnapshot)
        except NotFound:
            return None

    def analytics(self, filters: Filters | None = None) -> PerformanceAnalytics:
        """Figures of what the filters let through; without filters of everything."""
        return self._connection.call(Request("GET", _RECORDS, params=on_the_wire(filters)), PerformanceAnalytics)

    def anomalies(self, strand_id: str, timeframe: str = "7d") -> list[Anomaly]:
        """A strand's anomalies within a timeframe: a whole number and `h`, `d`, `w`, `m` (months) or `y`."""
        params = {"strandId": strand_id, "timeframe": timeframe}
        request = Request("GET", route("api", "analytics", "anomalies"), params=params)
        return self._connection.call(request, list[Anomaly])

    def report(self, type: str, filters: Filters | None = None) -> PerformanceReport:
        """Make and store a report, such as `daily-summary` or `cost-analysis`."""
        body = {"reportType": type, "filters": on_the_wire(filters)}
        request = Request("POST", _REPORTS, body=body, idempotency_key=new_idempotency_key())
        return self._connection.call(request, PerformanceReport)

    def reports(self, type: str | None = None, limit: int = 50) -> Page[PerformanceReport]:
        """The stored reports, of one type if one is named, newest first and without what is in them."""
        return fetch_page(
            self._connection, Request("GET", _REPORTS, params={"type": type, "limit": limit}), PerformanceReport
        )

    def stored_report(self, report_id: str) -> PerformanceReport:
        """One report, entirely."""
        return self._connection.call(Request("GET", f"{_REPORTS}{route(report_id)}"), PerformanceReport)

    def report_page(self, report_id: str) -> str:
        """One report as a page of HTML that is complete in itself."""
        request = Request("GET", f"{_REPORTS}{route(report_id)}", params={"format": "html"})
        return self._connection.send(request).text

    def health(self, strand_id: str) -> StrandHealth:
        """How the strand is, and why."""
        return self._connection.call(Request("GET", _strand(strand_id, "health")), StrandHealth)

    def dashboard(self, user_id: str | None = None) -> PerformanceDashboard:
        """The last 24 hours, of one user or of all."""
        request = Request("GET", route("api", "analytics", "dashboard"), params={"userId": user_id})
        return self._connection.call(request, PerformanceDashboard)


def on_the_wire(filters: Filters | None) -> dict[str, Any]:
    """Filters in the API's names, without those that are None; raises ValueError for a datetime without a zone."""
    return {_camel(name): _plain(value) for name, value in (filters or {}).items() if value is not None}


def _strand(strand_id: str, view: str) -> str:
    return route("api", "analytics", "strands", strand_id, view)


def _camel(name: str) -> str:
    return to_camel(name) if "_" in name else name


def _plain(value: Any) -> Any:
    return wire_time(value) if isinstance(value, datetime) else value
