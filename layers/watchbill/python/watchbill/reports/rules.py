"""What a report covers, and how its parts become one that can be kept. Pure."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from watchbill.anomalies.models import Anomaly
from watchbill.performance.models import LONGEST_WINDOW, PerformanceFilters
from watchbill.platform.errors import BadRequest
from watchbill.reports import findings, words
from watchbill.reports.catalogue import CATALOGUE
from watchbill.reports.figures import Calendar, Material
from watchbill.reports.models import Finding, Period, Report, ReportFilters, ReportType
from watchbill.reports.rows import cost, runs, success_rate, whole

_WEIGHT = re.compile(r"[01](\.[0-9]{0,3})?")
TOPS = (50, 25, 12, 5)
"""How many names a split, and anomalies a report, shows: the most with which the report has room."""
MODELS_NAMED = 3
MOST_BYTES = 200_000
"""Of a report as ASCII JSON. An item has 400 KB, and an answer that is repeated for an Idempotency-Key is one."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Which report is to be made: of which type and period, of which tasks, under which id, for whom."""

    id: str
    type: ReportType
    filters: ReportFilters
    period: Period
    scheduled: bool = False


def period_of(type: ReportType, filters: ReportFilters, now: datetime) -> Period:
    """The period a report covers: the one asked for, or the type's own length up to its end.

    Raises BadRequest when it lies ahead.
    """
    # A run of this very millisecond is in it.
    end = filters.end_date or max(now, filters.start_date or now) + timedelta(milliseconds=1)
    start = filters.start_date or end - CATALOGUE[type].length
    if start > now:
        raise BadRequest("the period has not begun yet")
    # Time has gone on since the filters were found to be no longer than that.
    return Period(start=max(start, end - LONGEST_WINDOW), end=end)


def question(filters: ReportFilters, period: Period) -> PerformanceFilters:
    """The tasks of a period that a report with these filters is about."""
    return PerformanceFilters(
        strand_id=filters.strand_id,
        user_id=filters.user_id,
        task_type=filters.task_type,
        start_date=period.start,
        end_date=period.end,
    )


def composed(wish: Wish, material_for: Callable[[int], Material], anomalies: Sequence[Anomaly]) -> Report:
    """The report, with as many names in its splits as it has room for; the others are put together."""
    for top in TOPS[:-1]:
        report = _composed(wish, material_for(top), anomalies)
        if len(report.model_dump_json(by_alias=True, ensure_ascii=True)) <= MOST_BYTES:
            return report
    return _composed(wish, material_for(TOPS[-1]), anomalies)


def _composed(wish: Wish, material: Material, anomalies: Sequence[Anomaly]) -> Report:
    kind = CATALOGUE[wish.type]
    data = kind.data(material)
    found = _findings(wish.type, material, data)
    gravest = sorted(anomalies, key=lambda anomaly: (anomaly.severity.rank, anomaly.detected_at), reverse=True)
    return Report(
        id=wish.id,
        type=wish.type,
        title=f"{kind.title}, {_dates(material.calendar)}",
        description=kind.description,
        generated_at=material.now,
        period=wish.period,
        compared_with=wish.period.before,
        time_zone=material.calendar.zone.key,
        filters=wish.filters,
        scheduled=wish.scheduled,
        summary=_summary(material, found, len(anomalies)),
        data=data,
        insights=tuple(finding.insight for finding in found),
        recommendations=tuple(finding.recommendation for finding in found if finding.recommendation),
        anomalies=tuple(gravest[: material.top]),
        anomalies_left_out=max(0, len(anomalies) - material.top),
    )


def _findings(type: ReportType, material: Material, data: object) -> list[Finding]:
    everything = whole(material)
    if everything.runs == 0:
        return [findings.nothing_ran(everything.compared(runs))]
    return CATALOGUE[type].findings(data, material) or [findings.unmeasured(everything.compared(runs))]


def _summary(material: Material, found: Sequence[Finding], anomalies: int) -> str:
    """One line: what ran, how, for how much, and what is worth a look."""
    total = whole(material).cell
    if not runs(total):
        return found[0].insight.text
    rate, spent = success_rate(total), cost(total)
    parts = [words.plural(runs(total), "run")]
    if rate is not None:
        parts.append(f"{words.rate(rate)} succeeded")
    if spent:
        parts.append(f"{words.money(float(spent))} spent")
    advised = sum(finding.advice is not None for finding in found)
    parts.append(words.plural(anomalies, "anomaly", "anomalies") if anomalies else "no anomalies")
    parts.append(words.plural(advised, "recommendation") if advised else "nothing to recommend")
    return ", ".join(parts) + "."


def _dates(calendar: Calendar) -> str:
    """`19 November 2026`, or `13 to 20 November 2026`: the days that the period touches, where the organisation is."""
    zone = calendar.zone
    first = calendar.period.start.astimezone(zone)
    last = (calendar.period.end - timedelta(milliseconds=1)).astimezone(zone)
    if first.date() == last.date():
        return words.day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {words.day(last)}"
    if first.year == last.year:
        return f"{first.day} {first:%B} to {words.day(last)}"
    return f"{words.day(first)} to {words.day(last)}"


def models_named(models: Sequence[str]) -> str:
    """One name for the models of a version."""
    shown = " + ".join(sorted(models)[:MODELS_NAMED])
    more = len(models) - MODELS_NAMED
    return f"{shown} + {more} more" if more > 0 else shown


def wants_page(format: str | None, accept: str) -> bool:
    """Whether a reader wants HTML: what the address says counts, else what the Accept header prefers."""
    if format is not None:
        return format == "html"
    return _preference(accept, "text/html", "text/*") > _preference(accept, "application/json", "application/*", "*/*")


def _preference(accept: str, *ranges: str) -> float:
    """The weight of the first of these media ranges that an Accept header names; 0 for none."""
    weights: dict[str, float] = {}
    for part in accept.lower().split(","):
        media, *parameters = (word.strip() for word in part.split(";"))
        weight = next((word[2:] for word in parameters if word.startswith("q=")), "1")
        weights[media] = float(weight) if _WEIGHT.fullmatch(weight) else 0.0
    return next((weights[media] for media in ranges if media in weights), 0.0)
