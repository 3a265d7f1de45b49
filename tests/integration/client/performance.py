"""The performance routes of the little service: strict about records, and honest arithmetic over those it holds."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from tests.integration.client.server import Reply, Seen, problem

MOST_RECORDS = 1_000
RECORD_FIELDS = {"id", "strandId", "userId", "taskId", "taskType", "metrics"}
# What must hold of each metric that is there.
METRICS: dict[str, Callable[[Any], bool]] = {
    "executionTime": lambda value: type(value) is int and value >= 0,
    "tokenUsage": lambda value: type(value) is int and value >= 0,
    "cost": lambda value: type(value) in (int, float) and value >= 0,
    "successRate": lambda value: value in (0, 1),
    "userSatisfaction": lambda value: 0 <= value <= 5,
    "qualityScore": lambda value: 0 <= value <= 100,
    "timestamp": lambda value: re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", value) is not None,
}
FILTERS = {"strandId", "userId", "taskType", "startDate", "endDate", "minQualityScore", "maxCost"}


class PerformanceRoutes:
    """Records in the order of arrival, each id once."""

    def __init__(self) -> None:
        self.records: dict[str, dict[str, Any]] = {}
        self.batches: list[int] = []
        self.anomalies: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        self.poison: str | None = None

    @property
    def tasks(self) -> list[Any]:
        """The tasks' ids in the order of arrival."""
        return [record["taskId"] for record in self.records.values()]

    @property
    def metrics(self) -> list[dict[str, Any]]:
        """The records' metrics in the order of arrival, without their timestamps."""
        return [
            {name: value for name, value in record["metrics"].items() if name != "timestamp"}
            for record in self.records.values()
        ]

    def add(self, request: Seen) -> Reply:
        """POST /api/analytics/performance."""
        records = request.json["records"]
        if len(records) > MOST_RECORDS:
            return problem(413, "too many records")
        self.batches.append(len(records))
        faults = {index: self._faults(record) for index, record in enumerate(records)}
        rejected = [_rejection(index, found) for index, found in faults.items() if found]
        if len(rejected) == len(records):
            return problem(400, "every record was refused", [fault for one in rejected for fault in one["errors"]])
        accepted = [index for index, found in faults.items() if not found]
        for index in accepted:
            self.records.setdefault(records[index]["id"], records[index])
        ids = [{"index": index, "id": f"run-{records[index]['id']}"} for index in accepted]
        return Reply(201, {"accepted": ids, "rejected": rejected})

    def analytics(self, request: Seen) -> Reply:
        """GET /api/analytics/performance."""
        unknown = request.query.keys() - FILTERS
        if unknown:
            return problem(400, f"there is no filter {unknown}")
        found = [record for record in self.records.values() if _passes(record, request)]
        of_strand = {
            one["strandId"]: [other for other in found if other["strandId"] == one["strandId"]] for one in found
        }
        # What only the runs could tell is null: here, how one user's work splits by task type.
        split: dict[str, Any] | None = None if "userId" in request.query else {}
        series = [{"timestamp": "2026-11-20T16:00:00.000Z", "metric": "runs", "value": len(found)}]
        by_strand = {name: _figures(records) for name, records in of_strand.items()}
        splits = {"byStrand": by_strand, "byTaskType": split, "byUser": {}, "timeSeries": series}
        return Reply(200, {**_figures(found), **splits, "fieldOfTomorrow": 1})

    def snapshot(self, strand: str) -> Reply:
        """GET /api/analytics/strands/{strandId}/snapshot."""
        known = [record for record in self.records.values() if record["strandId"] == strand]
        if not known:
            return problem(404, f"nothing is known of {strand!r}")
        newest = {name: value for name, value in known[-1].items() if name != "id"}
        return Reply(200, {**newest, "runId": "run-1", "status": "completed"})

    def health(self, strand: str) -> Reply:
        """GET /api/analytics/strands/{strandId}/health."""
        known = any(record["strandId"] == strand for record in self.records.values())
        return Reply(200, {"status": "healthy" if known else "unknown", "message": "so it is"})

    def detect(self, request: Seen) -> Reply:
        """GET /api/analytics/anomalies."""
        if not request.query.get("strandId"):
            return problem(400, "strandId is required")
        if not re.fullmatch(r"\d+[hdwmy]", request.query["timeframe"]):
            return problem(400, "timeframe is a whole number and h, d, w, m or y")
        return Reply(200, self.anomalies[request.query["strandId"]])

    def report(self, request: Seen) -> Reply:
        """POST /api/analytics/reports."""
        asked = request.json
        if asked.keys() != {"reportType", "filters"} or asked["filters"].keys() - FILTERS:
            return problem(400, "reportType and filters")
        period = {"start": asked["filters"].get("startDate"), "end": asked["filters"].get("endDate")}
        return Reply(
            201,
            {
                "id": "r1",
                "type": asked["reportType"],
                "title": "A title",
                "generatedAt": "2026-11-20T16:40:12.000Z",
                "period": period if all(period.values()) else None,
                "data": {"totalTasks": len(self.records)},
                "insights": [{"metric": "cost", "current": 1, "text": "It cost 1 USD.", "fieldOfTomorrow": 1}],
                "recommendations": [{"metric": "cost", "text": "Rest."}],
                "anomalies": [],
            },
        )

    def dashboard(self, request: Seen) -> Reply:
        """GET /api/analytics/dashboard."""
        found = [one for one in self.records.values() if request.query.get("userId") in (None, one["userId"])]
        summary = {
            "totalTasks": len(found),
            "successRate": _mean(found, "successRate"),
            "avgQuality": None,
            "totalCost": 0,
        }
        strands = [
            {"id": one["strandId"], "name": one["strandId"], "metrics": {}, "health": "healthy"} for one in found
        ]
        return Reply(200, {"summary": summary, "strands": strands, "anomalies": [], "timeSeries": []})

    def _faults(self, record: dict[str, Any]) -> list[dict[str, str]]:
        if record.keys() != RECORD_FIELDS or not all(record[name] for name in RECORD_FIELDS):
            return [{"path": "", "message": f"has exactly {sorted(RECORD_FIELDS)}"}]
        if record["strandId"] == self.poison:
            return [{"path": "strandId", "message": "is poison"}]
        metrics = record["metrics"]
        if not {"successRate", "timestamp"} <= metrics.keys():
            return [{"path": "metrics", "message": "lacks successRate or timestamp"}]
        wrong = [name for name, value in metrics.items() if name not in METRICS or not METRICS[name](value)]
        return [{"path": f"metrics.{name}", "message": "is malformed"} for name in wrong]


def _rejection(index: int, faults: list[dict[str, str]]) -> dict[str, Any]:
    return {"index": index, "errors": [{**fault, "path": f"records.{index}.{fault['path']}"} for fault in faults]}


def _passes(record: dict[str, Any], request: Seen) -> bool:
    at = datetime.fromisoformat(record["metrics"]["timestamp"])
    start, end = request.query.get("startDate"), request.query.get("endDate")
    return (
        all(request.query.get(name) in (None, record[name]) for name in ("strandId", "userId", "taskType"))
        and (start is None or datetime.fromisoformat(start) <= at)
        and (end is None or at <= datetime.fromisoformat(end))
    )


def _values(records: Iterable[dict[str, Any]], metric: str) -> list[float]:
    """The known values: a score of a failed run that is zero was never given."""
    found = []
    for record in records:
        value = record["metrics"].get(metric)
        judged = metric != "qualityScore" or value or record["metrics"]["successRate"]
        if value is not None and judged:
            found.append(value)
    return found


def _mean(records: Iterable[dict[str, Any]], metric: str) -> float | None:
    values = _values(records, metric)
    return sum(values) / len(values) if values else None


def _figures(records: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "totalTasks": len(records),
        "successRate": _mean(records, "successRate"),
        "avgExecutionTime": _mean(records, "executionTime"),
        "avgQualityScore": _mean(records, "qualityScore"),
        "avgSatisfaction": None,
        "totalCost": sum(_values(records, "cost")),
        "totalTokens": sum(_values(records, "tokenUsage")),
        "p50ExecutionTime": None,
        "p95ExecutionTime": _mean(records, "executionTime"),
        "p99ExecutionTime": None,
    }
