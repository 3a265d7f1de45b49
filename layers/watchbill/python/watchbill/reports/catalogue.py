"""The eight types: what each is called, which question it answers, how far back it looks, how it is made. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from watchbill.reports.data import Data
from watchbill.reports.figures import Material
from watchbill.reports.kinds import bottlenecks, costs, quality, satisfaction, strands, summary
from watchbill.reports.models import Finding, ReportType

_DAY, _WEEK, _MONTH = timedelta(days=1), timedelta(days=7), timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of report. `length` is what it covers unless dates are given; `users` whether it splits by user."""

    title: str
    description: str
    length: timedelta
    data: Callable[[Material], Data]
    findings: Callable[[Any, Material], list[Finding]]
    users: bool = False


CATALOGUE: dict[ReportType, Kind] = {
    ReportType.DAILY_SUMMARY: Kind(
        "Daily summary",
        "How a day went, hour by hour, and how it differs from the one before.",
        _DAY,
        summary.data,
        summary.findings,
    ),
    ReportType.WEEKLY_SUMMARY: Kind(
        "Weekly summary",
        "How a week went, day by day, and how it differs from the one before.",
        _WEEK,
        summary.data,
        summary.findings,
    ),
    ReportType.MONTHLY_SUMMARY: Kind(
        "Monthly summary",
        "How thirty days went, and how they differ from the thirty before.",
        _MONTH,
        summary.data,
        summary.findings,
    ),
    ReportType.STRAND_PERFORMANCE: Kind(
        "Strand performance",
        "How each strand does, by version and task type: success, latency, cost and quality.",
        _WEEK,
        strands.data,
        strands.findings,
    ),
    ReportType.COST_ANALYSIS: Kind(
        "Cost analysis",
        "What was spent, by strand, model and user, and where it is going.",
        _MONTH,
        costs.data,
        costs.findings,
        users=True,
    ),
    ReportType.QUALITY_TRENDS: Kind(
        "Quality trends",
        "How good the work was over time, what was worst, and what changed.",
        _MONTH,
        quality.data,
        quality.findings,
    ),
    ReportType.USER_SATISFACTION: Kind(
        "User satisfaction",
        "How content users are, with which strands and tasks, and how many of them say so.",
        _MONTH,
        satisfaction.data,
        satisfaction.findings,
        users=True,
    ),
    ReportType.BOTTLENECK_ANALYSIS: Kind(
        "Bottleneck analysis",
        "Where time goes, which strands are slowest, and what could be saved.",
        _WEEK,
        bottlenecks.data,
        bottlenecks.findings,
    ),
}
