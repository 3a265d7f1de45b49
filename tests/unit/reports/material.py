"""Material for reports, made of runs told in a few words."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from watchbill.analytics.rules import cell_of
from watchbill.performance.breakdown import Place
from watchbill.platform import clock
from watchbill.reports.figures import Calendar, Figures, Material
from watchbill.reports.models import Period

END = datetime(2026, 3, 10, tzinfo=UTC)
DAY = timedelta(days=1)
UTC_ZONE = ZoneInfo("UTC")


def a_run(at: datetime = END - timedelta(hours=5), **facts: Any) -> dict[str, Any]:
    """A run that completed in a second for ten cents, unless facts say otherwise."""
    said = {"strand": "scout", "version": "1.0", "task_type": "search", "user": "ana"}
    measured = {"status": "completed", "duration_ms": 1000, "cost": 0.1, "tokens": {"total": 1000}}
    return {"created_at": at} | said | measured | facts


def figures(period: Period, runs: Sequence[Mapping[str, Any]], zone: ZoneInfo = UTC_ZONE) -> Figures:
    """The figures of those of the runs that lie in a period."""
    counted = Figures(stretch_of=Calendar(period, zone).stretch_of)
    for run in runs:
        if period.start <= run["created_at"] < period.end:
            place = Place(run["strand"], run["version"], run["task_type"], run["user"])
            counted.add(clock.to_text(run["created_at"])[:13], cell_of(_record(run)), place)
    return counted


def material(
    runs: Sequence[Mapping[str, Any]],
    *,
    length: timedelta = DAY,
    end: datetime = END,
    top: int = 50,
    zone: ZoneInfo = UTC_ZONE,
    models: Mapping[tuple[str, str], str] | None = None,
) -> Material:
    """What a report of the period up to `end` is made from; strands are called by their ids."""
    period = Period(start=end - length, end=end)
    current, previous = (figures(each, runs, zone) for each in (period, period.before))
    return Material(Calendar(period, zone), end, current, previous, {}, models or {}, top)


def _record(run: Mapping[str, Any]) -> dict[str, Any]:
    facts = {name: value for name, value in run.items() if value is not None}
    money = {"cost": Decimal(str(run["cost"]))} if run.get("cost") is not None else {}
    return facts | money | {"created_at": clock.to_text(run["created_at"])}
