"""Alerts in memory: a subscription, a message to it, and an endpoint that answers as told."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from tests.support.open_sealer import SIGNINGS
from watchbill.alerts.models import AlertChannel, Kind, Order, Subscriber, Subscription
from watchbill.platform.calls import Answer, NoAnswer
from watchbill.platform.errors import NotFound
from watchbill.platform.outgoing import Outgoing
from watchbill.reports.models import Report

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
AN_ANOMALY = {
    "id": "anomaly-1",
    "type": "latency",
    "severity": "critical",
    "description": "Tasks of ana take 9.2 s, 4.6 times as long as usual.",
    "affectedComponent": "ana",
    "metric": "executionTime",
    "detectedAt": "2026-06-15T12:00:00.000Z",
    "windowStart": "2026-06-15T11:00:00.000Z",
    "windowEnd": "2026-06-15T12:00:00.000Z",
    "currentValue": 9200.0,
    "expectedValue": 2000.0,
    "deviation": 360.0,
    "suggestedActions": ["Look at the slowest runs of the hour.", "Compare with the version before."],
    "resolved": False,
    "resolvedAt": None,
    "strandId": "0123456789abcdef01234567",
}
CRITICAL = {"id": "event-1", "organisation": "demo", "strand_id": AN_ANOMALY["strandId"], "anomaly": AN_ANOMALY}
REPORT = {
    "id": "event-2",
    "organisation": "demo",
    "report_id": "report-1",
    "type": "daily-summary",
    "title": "Daily summary of 14 June 2026",
    "period": {"start": "2026-06-14T00:00:00.000Z", "end": "2026-06-15T00:00:00.000Z"},
    "scheduled": True,
    "summary": "120 tasks, 95.0% succeeded.\nThey cost 4.20 USD.",
}


def another_critical(anomaly: str) -> dict[str, Any]:
    """The event of another episode."""
    return CRITICAL | {"id": f"event of {anomaly}", "anomaly": AN_ANOMALY | {"id": anomaly}}


def a_subscriber(channel: AlertChannel = AlertChannel.WEBHOOK, **fields: Any) -> Subscriber:
    """A subscription to everything."""
    target = "https://hooks.example.com/t0k3n" if channel is AlertChannel.WEBHOOK else "ops@example.com"
    known = {"id": "sub-1", "channel": channel, "target": target, "kinds": tuple(Kind), "description": None}
    state = {"enabled": True, "disabled_reason": None, "created_at": NOW, "updated_at": NOW}
    signing = SIGNINGS.kept("sub-1", SECRET) if channel is AlertChannel.WEBHOOK else None
    return Subscriber(Subscription(**(known | state | fields)), signing, enabled_since=NOW)


def an_order(delivery: str = "delivery-1", kind: str = Kind.CRITICAL_PERFORMANCE, at: datetime = NOW) -> Order:
    """A message to the subscription."""
    return Order(delivery, "sub-1", kind, at, "Something happened", {"type": kind, "data": {"message": "hello"}})


def no_report(report_id: str) -> Report:
    """Raises NotFound for every report."""
    raise NotFound(f"there is no report {report_id!r}")


class Sent(NamedTuple):
    """A request as it was sent."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


class Endpoint(Outgoing):
    """Answers with the statuses given, 0 for none at all, the last one for ever; `meanwhile` runs during each send."""

    def __init__(self, *statuses: int, meanwhile: Callable[[], None] = lambda: None) -> None:
        super().__init__()
        self.sent: list[Sent] = []
        self.headers: dict[str, str] = {}
        self.meanwhile = meanwhile
        self._statuses = list(statuses) or [204]

    def send(self, method: str, url: str, *, headers: Mapping[str, str], body: bytes = b"", **_: Any) -> Answer:
        """Keep the request, and answer."""
        self.sent.append(Sent(method, url, headers, body))
        self.meanwhile()
        status = self._statuses.pop(0) if len(self._statuses) > 1 else self._statuses[0]
        if not status:
            raise NoAnswer("the time was up before an answer was complete")
        return Answer(status, self.headers, b"", complete=True)
