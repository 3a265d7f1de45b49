"""How insights are made, from where on a figure is one to worry about, and those that several reports share. Pure."""

from collections.abc import Iterable
from decimal import Decimal

from watchbill.anomalies.intervals import wilson
from watchbill.reports import words
from watchbill.reports.data import Headline
from watchbill.reports.lines import Compared, ComparedCost
from watchbill.reports.models import Finding, Insight, InsightSeverity
from watchbill.reports.rows import change
from watchbill.reports.words import Unit

SUCCESS_LIMIT = 0.9
QUALITY_LIMIT = 70.0
COST_LIMIT = Decimal(100)
EXECUTION_LIMIT_MS = 5_000.0
RATING_LIMIT = 3.0
"""The middle of the scale from 1 to 5."""

ENOUGH_RUNS = 10
"""Fewer runs than this prove little: what they say is never critical."""
ENOUGH_VOICES = 5
"""Fewer scores or ratings than this say nothing of a name."""


def finding(
    metric: str,
    severity: InsightSeverity,
    said: str,
    unit: Unit,
    figure: Compared | ComparedCost,
    *,
    subject: str | None = None,
    advice: str | None = None,
) -> Finding:
    """A finding about a figure, which `said` names; how it moved is added."""
    current, previous = _plain(figure.current), _plain(figure.previous)
    moved = unit.moved(current, previous) if current is not None else words.NO_EARLIER
    insight = Insight(
        severity=severity,
        metric=metric,
        text=f"{said}, {moved}.",
        current=current,
        previous=previous,
        change=change(current, previous),
        subject=subject,
    )
    return Finding(insight, advice)


def known(findings: Iterable[Finding | None]) -> list[Finding]:
    """Those that there are, the gravest first."""
    order = list(reversed(InsightSeverity))
    return sorted((found for found in findings if found), key=lambda found: order.index(found.insight.severity))


def nothing_ran(figures: Compared) -> Finding:
    """The only insight of an empty period."""
    stopped = bool(figures.previous)
    advice = "Check that the agents still run, and that they still report to this service." if stopped else None
    severity = InsightSeverity.WARNING if stopped else InsightSeverity.INFO
    return finding("totalTasks", severity, "Nothing ran in this period", words.COUNT, figures, advice=advice)


def unmeasured(figures: Compared) -> Finding:
    """The only insight of a period in which something ran, and nothing that the report is about is known of it."""
    runs = words.plural(int(figures.current or 0), "run")
    said = f"{runs}, and nothing is known of them that this report is about"
    return finding("totalTasks", InsightSeverity.INFO, said, words.COUNT, figures)


def volume(figures: Headline) -> Finding:
    """How much ran."""
    runs = words.plural(int(figures.total_tasks.current or 0), "run")
    strands = figures.active_strands.current
    by = f" of {words.plural(int(strands), 'strand')}" if strands else ""
    return finding("totalTasks", InsightSeverity.INFO, f"{runs}{by}", words.COUNT, figures.total_tasks)


def success(figures: Headline, worst: str | None = None) -> Finding | None:
    """The success rate, judged by its limit."""
    figure = figures.success_rate
    if figure.current is None:
        return None
    said = f"{words.rate(figure.current)} of the finished runs succeeded"
    if figure.current >= SUCCESS_LIMIT:
        return finding("successRate", InsightSeverity.INFO, said, words.RATE, figure)
    begin = f", beginning with {worst!r}" if worst else ""
    return finding(
        "successRate",
        below_success_limit(figure.current, int(figures.finished.current or 0)),
        f"{said}, less than the limit of {words.rate(SUCCESS_LIMIT)}",
        words.RATE,
        figure,
        advice=f"Read the errors of the {int(figures.failed.current or 0):,} failed runs{begin}.",
    )


def below_success_limit(rate: float, finished: int) -> InsightSeverity:
    """How bad a success rate below the limit is: critical when so many runs leave no doubt that it is below."""
    surely = wilson(round(rate * finished), finished).high < SUCCESS_LIMIT
    return InsightSeverity.CRITICAL if surely and finished >= ENOUGH_RUNS else InsightSeverity.WARNING


def execution(figures: Headline, slowest: str | None = None) -> Finding | None:
    """The mean duration, judged by its limit."""
    figure = figures.avg_execution_time
    if figure.current is None:
        return None
    said = f"A run took {words.duration(figure.current)} on average"
    if figure.current <= EXECUTION_LIMIT_MS:
        return finding("avgExecutionTime", InsightSeverity.INFO, said, words.DURATION, figure)
    whose = f" Look first at {slowest!r}, which takes most of the time." if slowest else ""
    return finding(
        "avgExecutionTime",
        InsightSeverity.WARNING,
        f"{said}, more than the limit of {words.duration(EXECUTION_LIMIT_MS)}",
        words.DURATION,
        figure,
        advice=f"Find out what the runs wait for: a bottleneck analysis shows where the time goes.{whose}",
    )


def quality(figure: Compared, worst: str | None = None) -> Finding | None:
    """The mean quality, judged by its limit."""
    if figure.current is None:
        return None
    said = f"Quality was {words.score(figure.current)} on average"
    if figure.current >= QUALITY_LIMIT:
        return finding("avgQualityScore", InsightSeverity.INFO, said, words.SCORE, figure)
    begin = f", beginning with {worst!r}" if worst else ""
    return finding(
        "avgQualityScore",
        InsightSeverity.WARNING,
        f"{said}, below the limit of {words.score(QUALITY_LIMIT)}",
        words.SCORE,
        figure,
        advice=f"Look at the runs with the lowest scores{begin}, and at what changed before they were made.",
    )


def spending(figure: ComparedCost, dearest: str | None = None) -> Finding | None:
    """The cost, judged by its limit; None when nothing is known to have cost anything."""
    if not figure.current and not figure.previous:
        return None
    said = f"{words.money(float(figure.current))} was spent"
    if figure.current <= COST_LIMIT:
        return finding("totalCost", InsightSeverity.INFO, said, words.MONEY, figure)
    whose = f" Most of it went to {dearest!r}." if dearest else ""
    return finding(
        "totalCost",
        InsightSeverity.WARNING,
        f"{said}, more than the limit of {words.money(float(COST_LIMIT))}",
        words.MONEY,
        figure,
        advice=f"Check whether the work is worth it: a cheaper model or fewer tokens for the dearest agents.{whose}",
    )


def satisfaction(figure: Compared) -> Finding | None:
    """The mean rating, judged by the middle of its scale."""
    if figure.current is None:
        return None
    said = f"Users gave {words.rating(figure.current)} of 5 on average"
    if figure.current >= RATING_LIMIT:
        return finding("avgSatisfaction", InsightSeverity.INFO, said, words.RATING, figure)
    return finding(
        "avgSatisfaction",
        InsightSeverity.WARNING,
        f"{said}, below the middle of the scale",
        words.RATING,
        figure,
        advice="Ask the least content users what they missed, and look at the runs they rated.",
    )


def _plain(value: float | Decimal | None) -> float | None:
    return None if value is None else float(value)
