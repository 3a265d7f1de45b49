"""How each strand does, and each of its versions and task types, beside the period before."""

from watchbill.reports import findings as shared
from watchbill.reports import rows, words
from watchbill.reports.data import PartLine, StrandData, StrandLine
from watchbill.reports.figures import Figures, Material
from watchbill.reports.findings import finding
from watchbill.reports.models import Finding, InsightSeverity
from watchbill.reports.rows import Named

PARTS_PER_STRAND = 5
"""A strand shows at most a fifth as many versions and task types as there are strands shown."""
NOTED = 5
DROP = 0.05
SLOWER = DEARER = 1.5
LEAST_RISE = 1.0
"""USD that dearer runs must have cost more altogether to be noted."""


def data(material: Material) -> StrandData:
    """The figures of every strand."""
    current, before = material.current, rows.earlier(material)

    def line(named: Named) -> StrandLine:
        return _line(named, material, current, before)

    return StrandData(
        figures=rows.headline(material),
        strands=rows.split(
            current.by_strand, before.by_strand if before else None, line, rows.runs, material.top, material.name_of
        ),
    )


def findings(data: StrandData, material: Material) -> list[Finding]:  # noqa: ARG001 - as every kind's
    """Overall figures, and the strands beyond limits or worse than before."""
    lines = [line for line in (data.strands.items if data.strands else ()) if line.runs >= shared.ENOUGH_RUNS]
    failing = sorted((line for line in lines if _fails(line)), key=lambda line: line.success_rate.current or 0)
    dropped = [line for line in lines if line not in failing and _dropped(line)]
    slower, dearer = [line for line in lines if _slower(line)], [line for line in lines if _dearer(line)]
    return shared.known(
        (
            shared.volume(data.figures),
            shared.success(data.figures, failing[0].name if failing else None),
            shared.execution(data.figures),
            shared.quality(data.figures.avg_quality_score),
            *map(_failing, failing[:NOTED]),
            *map(_falling, dropped[:NOTED]),
            *map(_slowing, slower[:NOTED]),
            *map(_rising, dearer[:NOTED]),
            *map(_poor, [line for line in lines if _is_poor(line)][:NOTED]),
        )
    )


def _line(named: Named, material: Material, current: Figures, before: Figures | None) -> StrandLine:
    versions = task_types = None
    if named.id is not None:
        top = max(1, material.top // PARTS_PER_STRAND)
        earlier_versions = rows.of_strand(before.versions, named.id) if before else None
        earlier_tasks = rows.of_strand(before.tasks, named.id) if before else None
        versions = rows.split(rows.of_strand(current.versions, named.id), earlier_versions, _part, rows.runs, top)
        task_types = rows.split(rows.of_strand(current.tasks, named.id), earlier_tasks, _part, rows.runs, top)
    return StrandLine(
        **named.head,
        finished=rows.finished(named.cell),
        failed=rows.failed(named.cell),
        timeouts=rows.timeouts(named.cell),
        success_rate=named.compared(rows.success_rate),
        avg_execution_time=named.compared(rows.mean_duration),
        p50_execution_time=named.compared(rows.p50),
        p95_execution_time=named.compared(rows.p95),
        p99_execution_time=named.compared(rows.p99),
        avg_quality_score=named.compared(rows.quality),
        avg_satisfaction=named.compared(rows.rating),
        total_cost=named.cost,
        cost_per_run=named.compared(rows.cost_per_run),
        total_tokens=rows.tokens(named.cell),
        versions=versions,
        task_types=task_types,
    )


def _part(named: Named) -> PartLine:
    return PartLine(
        **named.head,
        success_rate=named.compared(rows.success_rate),
        avg_execution_time=named.compared(rows.mean_duration),
        p95_execution_time=rows.p95(named.cell),
        avg_quality_score=named.compared(rows.quality),
        total_cost=named.cost,
    )


def _fails(line: StrandLine) -> bool:
    rate = line.success_rate.current
    return rate is not None and rate < shared.SUCCESS_LIMIT


def _dropped(line: StrandLine) -> bool:
    now, before = line.success_rate.current, line.success_rate.previous
    return _was_there(line) and now is not None and before is not None and before - now >= DROP


def _slower(line: StrandLine) -> bool:
    now, before = line.p95_execution_time.current, line.p95_execution_time.previous
    return _was_there(line) and now is not None and bool(before) and now >= SLOWER * (before or 0)


def _dearer(line: StrandLine) -> bool:
    now, before = line.cost_per_run.current, line.cost_per_run.previous
    if not _was_there(line) or now is None or not before or now < DEARER * before:
        return False
    return (now - before) * line.runs >= LEAST_RISE


def _is_poor(line: StrandLine) -> bool:
    quality = line.avg_quality_score.current
    return quality is not None and quality < shared.QUALITY_LIMIT


def _was_there(line: StrandLine) -> bool:
    return (line.previous_runs or 0) >= shared.ENOUGH_RUNS


def _failing(line: StrandLine) -> Finding:
    parts = line.task_types.items if line.task_types else ()
    rates = [(part.success_rate.current, part.name) for part in parts if part.success_rate.current is not None]
    where = f", most of all {min(rates)[1]!r}" if len(rates) > 1 else ""
    return finding(
        "successRate",
        shared.below_success_limit(line.success_rate.current or 0, line.finished),
        f"{words.rate(line.success_rate.current or 0)} of the finished runs of {line.name!r} succeeded, less than the"
        f" limit of {words.rate(shared.SUCCESS_LIMIT)}",
        words.RATE,
        line.success_rate,
        subject=line.name,
        advice=f"Read the errors of the {line.failed:,} failed runs of {line.name!r}{where}.",
    )


def _falling(line: StrandLine) -> Finding:
    return finding(
        "successRate",
        InsightSeverity.WARNING,
        f"{words.rate(line.success_rate.current or 0)} of the finished runs of {line.name!r} succeeded",
        words.RATE,
        line.success_rate,
        subject=line.name,
        advice=f"Compare the versions of {line.name!r}: it used to fail less.",
    )


def _slowing(line: StrandLine) -> Finding:
    return finding(
        "p95ExecutionTime",
        InsightSeverity.WARNING,
        f"The slowest 5% of the runs of {line.name!r} took {words.duration(line.p95_execution_time.current or 0)} and"
        " more",
        words.DURATION,
        line.p95_execution_time,
        subject=line.name,
        advice=f"Find out what {line.name!r} waits for that it did not wait for before.",
    )


def _rising(line: StrandLine) -> Finding:
    return finding(
        "costPerRun",
        InsightSeverity.WARNING,
        f"A run of {line.name!r} cost {words.money(line.cost_per_run.current or 0)} on average",
        words.MONEY,
        line.cost_per_run,
        subject=line.name,
        advice=f"Find out what {line.name!r} pays more for: another model, or more tokens; a cost analysis tells.",
    )


def _poor(line: StrandLine) -> Finding:
    figure = line.avg_quality_score
    return finding(
        "avgQualityScore",
        InsightSeverity.WARNING,
        f"The quality of {line.name!r} was {words.score(figure.current or 0)} on average, below the limit of"
        f" {words.score(shared.QUALITY_LIMIT)}",
        words.SCORE,
        figure,
        subject=line.name,
        advice=f"Look at the runs of {line.name!r} with the lowest scores.",
    )
