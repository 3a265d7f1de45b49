"""The threshold rules: each compares a window with what was usual before it, and answers with its reason, always.

Nothing is claimed from fewer finished runs in the baseline than the thresholds ask for, nor of a departure that the
baseline itself has seen often or that chance explains.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from math import comb, log, pi, sqrt
from typing import NamedTuple
from zoneinfo import ZoneInfo

from watchbill.anomalies.baselines import Baseline, baseline, scatter_of_one_run
from watchbill.anomalies.intervals import wilson
from watchbill.anomalies.models import AnomalyType, Failures, Figure, Judgement, Severity, Window
from watchbill.configuration.models import Thresholds

_ZONE = ZoneInfo("UTC")
SPREADS = 4.0
"""A departure is more than so many standard deviations of the mean of as many runs."""
COMMON = 0.05
"""What this share of the baseline's runs already showed is no departure."""
CHANCE = 0.0001
"""Failures that the baseline's rate brings about more often are no departure: a week has 168 hours to be judged."""
LEAST_FAILURES = 2
_HALF = 0.5
_VOLUME_SPREADS = 6.0
_MOST_PERCENT = 1e6

_ACTIONS = {
    AnomalyType.LATENCY: ("Look at the slowest runs of the window.", "Compare the versions and models in use."),
    AnomalyType.COST: ("Look at the most expensive runs of the window.", "Check models, prompts and token counts."),
    AnomalyType.ERROR_RATE: ("Read the errors of the failed runs.", "Check what was deployed before the window."),
    AnomalyType.QUALITY: ("Read the lowest-rated runs.", "Compare prompts, models and inputs with those before."),
    AnomalyType.SILENCE: ("Check whether the agent is running.", "Check its schedule and its credentials."),
    AnomalyType.VOLUME: ("Check what starts the runs.", "Look for retries and loops."),
}


_MULTIPLIERS: dict[AnomalyType, Callable[[Thresholds], float]] = {
    AnomalyType.LATENCY: lambda thresholds: thresholds.latency_multiplier,
    AnomalyType.COST: lambda thresholds: thresholds.cost_multiplier,
    AnomalyType.VOLUME: lambda thresholds: thresholds.volume_multiplier,
}


def plainly(value: float) -> str:
    """A figure for a sentence: four digits that count, and no exponent, as in 222,100 and 0.0000125."""
    return f"{Decimal(f'{value:.4g}'):,f}"


def suggested_actions(kind: AnomalyType) -> tuple[str, ...]:
    """What to do about an anomaly of a type."""
    return _ACTIONS[kind]


def allowed(kind: AnomalyType, usual: float, thresholds: Thresholds) -> float:
    """The last figure of which nothing is claimed where this one is usual: the lowest of quality, else the highest."""
    if kind is AnomalyType.QUALITY:
        return usual - thresholds.quality_drop_threshold
    if kind is AnomalyType.ERROR_RATE:
        return max(usual, thresholds.error_rate_threshold)
    return usual * _MULTIPLIERS[kind](thresholds)


def latency(figures: Sequence[Figure], window: Window, thresholds: Thresholds, zone: ZoneInfo = _ZONE) -> Judgement:
    """Whether the window's mean durations (ms) exceed the baseline by the latency multiplier."""
    return _excess(AnomalyType.LATENCY, figures, window, thresholds, zone)


def cost(figures: Sequence[Figure], window: Window, thresholds: Thresholds, zone: ZoneInfo = _ZONE) -> Judgement:
    """Whether the window's mean costs (USD a run) exceed the baseline by the cost multiplier."""
    return _excess(AnomalyType.COST, figures, window, thresholds, zone)


def quality(figures: Sequence[Figure], window: Window, thresholds: Thresholds, zone: ZoneInfo = _ZONE) -> Judgement:
    """Whether the window's mean quality (0 to 100) is below the baseline by more than the threshold."""
    kind, limit = AnomalyType.QUALITY, thresholds.quality_drop_threshold
    current = _current(figures, window)
    usual = baseline(figures, window, thresholds.minimum_baseline_runs, zone) if current else None
    if usual is None or current is None:
        return _nothing(kind, window, usual, current, thresholds)
    drop = usual.centre - current.value
    compared = f"{plainly(current.value)} against {plainly(usual.centre)}, the median of {_source(usual)}"
    if current.value >= allowed(kind, usual.centre, thresholds):
        return _quiet(kind, window, current.value, usual.centre, f"{compared}: a drop of at most {limit:g} is allowed")
    if doubt := _doubt(figures, window, usual, current, zone):
        return _quiet(kind, window, current.value, usual.centre, f"{compared}: {doubt.reason}", doubt.chance)
    severity = Severity.CRITICAL if drop > 2 * limit else Severity.HIGH if drop > 1.5 * limit else Severity.MEDIUM
    reason = f"{compared}: a drop of {plainly(drop)}, of which {limit:g} is allowed"
    return _claim(kind, window, severity, current.value, usual.centre, reason)


def error_rate(hours: Sequence[Failures], window: Window, thresholds: Thresholds) -> Judgement:
    """Whether more of the window's finished runs failed than the threshold allows and the baseline explains."""
    kind, limit = AnomalyType.ERROR_RATE, thresholds.error_rate_threshold
    judged = [hour for hour in hours if window.start <= hour.hour < window.end]
    failed, finished = sum(hour.failed for hour in judged), sum(hour.finished for hour in judged)
    before = [hour for hour in hours if hour.hour < window.start]
    usual_failed, usual_finished = sum(hour.failed for hour in before), sum(hour.finished for hour in before)
    if not finished or usual_finished < thresholds.minimum_baseline_runs:
        return _without(kind, window, usual_finished, finished, thresholds)
    rate, usual = failed / finished, usual_failed / usual_finished
    sure = wilson(failed, finished)
    compared = (
        f"{failed} of {finished} runs failed ({rate:.0%}; with 95% confidence between {sure.low:.0%} and "
        f"{sure.high:.0%}) against {usual:.1%} of {usual_finished} before"
    )
    most = allowed(kind, usual, thresholds)
    if rate <= most:
        return _quiet(kind, window, rate, usual, f"{compared}: up to {most:.0%} is allowed")
    # Jeffreys' estimate: a baseline without a failure does not promise that there will never be one.
    if failed < LEAST_FAILURES or _chance(failed, finished, (usual_failed + 0.5) / (usual_finished + 1)) > CHANCE:
        return _quiet(kind, window, rate, usual, f"{compared}: too few to tell from chance", doubtful=True)
    return _claim(kind, window, _error_severity(rate, limit), rate, usual, f"{compared}: {limit:.0%} is allowed")


def volume(counts: Sequence[Figure], window: Window, thresholds: Thresholds, zone: ZoneInfo = _ZONE) -> Judgement:
    """Whether far more runs came an hour than usual. `counts` holds every hour, also those without a run."""
    kind, limit = AnomalyType.VOLUME, thresholds.volume_multiplier
    before = [figure for figure in counts if figure.hour < window.start]
    runs = round(sum(figure.value for figure in before))
    hours = [figure if figure.runs == 1 else figure._replace(runs=1) for figure in counts]
    judged = _current(hours, window)
    usual = baseline(hours, window, 1, zone)
    if judged is None or usual is None or runs < thresholds.minimum_baseline_runs:
        return _without(kind, window, runs, round(judged.value) if judged else 0, thresholds)
    compared = f"{plainly(judged.value)} runs an hour against {plainly(usual.centre)}, the median of {usual.kind}"
    # Counts scatter by chance alone by the root of what is expected.
    chance = max(usual.spread, sqrt(max(usual.centre, 1.0) / judged.runs))
    surplus = judged.value - usual.centre
    if judged.value <= allowed(kind, usual.centre, thresholds) or surplus <= _VOLUME_SPREADS * chance:
        return _quiet(kind, window, judged.value, usual.centre, f"{compared}: {limit:g} times that is allowed")
    if _share(hours, window, lambda value: value >= judged.value) > COMMON / 2:
        return _quiet(kind, window, judged.value, usual.centre, f"{compared}: that was seen before")
    severity = _excess_severity(_ratio(judged.value, usual.centre), limit)
    return _claim(kind, window, severity, judged.value, usual.centre, f"{compared}: {limit:g} times that is allowed")


def _excess(
    kind: AnomalyType,
    figures: Sequence[Figure],
    window: Window,
    thresholds: Thresholds,
    zone: ZoneInfo,
) -> Judgement:
    multiplier = _MULTIPLIERS[kind](thresholds)
    current = _current(figures, window)
    usual = baseline(figures, window, thresholds.minimum_baseline_runs, zone) if current else None
    if usual is None or current is None:
        return _nothing(kind, window, usual, current, thresholds)
    compared = f"{plainly(current.value)} against {plainly(usual.centre)}, the median of {_source(usual)}"
    if current.value <= allowed(kind, usual.centre, thresholds):
        return _quiet(kind, window, current.value, usual.centre, f"{compared}: {multiplier:g} times that is allowed")
    if doubt := _doubt(figures, window, usual, current, zone):
        return _quiet(kind, window, current.value, usual.centre, f"{compared}: {doubt.reason}", doubt.chance)
    severity = _excess_severity(_ratio(current.value, usual.centre), multiplier)
    return _claim(
        kind, window, severity, current.value, usual.centre, f"{compared}: {multiplier:g} times that is allowed"
    )


def _current(figures: Sequence[Figure], window: Window) -> Figure | None:
    judged = [figure for figure in figures if window.start <= figure.hour < window.end and figure.runs > 0]
    runs = sum(figure.runs for figure in judged)
    return Figure(window.start, sum(f.value * f.runs for f in judged) / runs, runs) if runs else None


class _Doubt(NamedTuple):
    """Why a departure may be none: by chance, or because the like was usual before."""

    reason: str
    chance: bool


def _doubt(
    figures: Sequence[Figure], window: Window, usual: Baseline, current: Figure, zone: ZoneInfo
) -> _Doubt | None:
    """Whether a departure may be none. Figures that multiply are compared as logarithms."""
    before = [figure for figure in figures if figure.hour < window.start and figure.runs > 0]
    rises = current.value > usual.centre
    far = current.value - usual.centre
    scale = log if rises and min(usual.centre, *(figure.value for figure in before)) > 0 else float
    one_run = scatter_of_one_run(before, scale, zone)
    departure = abs(scale(current.value) - scale(usual.centre))
    # Neither the window's mean is known exactly nor the baseline's median, which varies by the root of pi/2 more.
    scatter = one_run * sqrt(1 / current.runs + pi / 2 / usual.runs)
    if departure <= SPREADS * scatter or abs(far) <= usual.spread:
        return _Doubt(f"{_runs(current.runs)} may differ as much by chance", chance=True)
    share = _share(figures, window, lambda value: value >= current.value if rises else value <= current.value)
    return _Doubt(f"{share:.0%} of the baseline's runs lay as far", chance=False) if share > COMMON else None


def _runs(count: int) -> str:
    return "one run" if count == 1 else f"{count} runs"


def _share(figures: Sequence[Figure], window: Window, as_far: Callable[[float], bool]) -> float:
    before = [figure for figure in figures if figure.hour < window.start]
    total = sum(figure.runs for figure in before)
    return sum(figure.runs for figure in before if as_far(figure.value)) / total if total else 0.0


def _chance(failed: int, finished: int, rate: float) -> float:
    """The probability of so many failures or more at a rate."""
    if finished > 2000:  # the normal approximation is exact enough, and the sum long
        scatter = sqrt(finished * rate * (1 - rate))
        return 0.0 if failed > finished * rate + 4 * scatter else 1.0
    return 1 - sum(comb(finished, k) * rate**k * (1 - rate) ** (finished - k) for k in range(failed))


def _ratio(current: float, usual: float) -> float:
    """How many times the usual; 1 when that is zero, because no ratio can be taken of it."""
    return current / usual if usual > 0 else 1.0


def _excess_severity(ratio: float, multiplier: float) -> Severity:
    for factor, severity in ((2.0, Severity.CRITICAL), (1.5, Severity.HIGH), (1.2, Severity.MEDIUM)):
        if ratio > factor * multiplier:
            return severity
    return Severity.LOW


def _error_severity(rate: float, limit: float) -> Severity:
    # 0.3 is three times 0.1, although floating point has it a little less.
    times = rate / limit * (1 + 1e-9)
    if rate >= _HALF:
        return Severity.CRITICAL
    return Severity.HIGH if times >= 3 else Severity.MEDIUM if times >= 2 else Severity.LOW


def _source(usual: Baseline) -> str:
    return f"{usual.runs} runs in {usual.kind}"


def _claim(
    kind: AnomalyType, window: Window, severity: Severity, current: float, usual: float, reason: str
) -> Judgement:
    return Judgement(kind, window, severity, reason, current, usual, deviation(current, usual))


def _quiet(
    kind: AnomalyType, window: Window, current: float, usual: float, reason: str, doubtful: bool = False
) -> Judgement:
    return Judgement(kind, window, None, reason, current, usual, deviation(current, usual), doubtful)


def _nothing(
    kind: AnomalyType, window: Window, usual: Baseline | None, current: Figure | None, thresholds: Thresholds
) -> Judgement:
    known = usual.runs if usual else 0
    return _without(kind, window, known, current.runs if current else 0, thresholds)


def _without(kind: AnomalyType, window: Window, before: int, judged: int, thresholds: Thresholds) -> Judgement:
    if judged and before < thresholds.minimum_baseline_runs:
        reason = f"fewer than {thresholds.minimum_baseline_runs} finished runs before the window: nothing is claimed"
    else:
        reason = "no run in the window that could be judged"
    return Judgement(kind, window, None, reason)


def deviation(current: float, usual: float) -> float:
    """By how many percent a figure differs from the usual one, up to a million; of nothing, anything is 100 percent."""
    if usual == 0:
        return 0.0 if current == 0 else 100.0 if current > 0 else -100.0
    return max(-_MOST_PERCENT, min(_MOST_PERCENT, 100 * (current - usual) / abs(usual)))
