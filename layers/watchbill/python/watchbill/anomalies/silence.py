"""Silence: an agent that ran regularly has stopped, measured in hours in which it should have run."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from watchbill.anomalies.models import AnomalyType, Figure, Judgement, Severity, Window
from watchbill.configuration.models import Thresholds

_ZONE = ZoneInfo("UTC")
_HOUR = timedelta(hours=1)
LEAST_MISSED = 3.0
"""At least so many expected hours without a run are missed before anything is said."""
MARGIN = 1.5
"""By how much a silence exceeds the longest before it."""
_WEEKS, _DAYS, _LEAST_HOURS = 3, 3, 10


def silence(counts: Sequence[Figure], window: Window, thresholds: Thresholds, zone: ZoneInfo = _ZONE) -> Judgement:
    """Whether the agent should have run by the window's end and did not.

    `counts` are the hours with runs (`value` many). The hours since the last run are weighed by how often the agent
    ran at that hour of the week, or of the day while less than three weeks are known; so are the pauses before, and the
    longest of them is what it may take. A night or a weekend off weighs nothing.
    """
    ran = sorted(f.hour.astimezone(UTC) for f in counts if f.value > 0 and f.hour < window.end)
    runs = round(sum(figure.value for figure in counts if figure.hour < window.end))
    least = thresholds.minimum_baseline_runs
    if runs < least or len(ran) < _LEAST_HOURS or ran[-1] - ran[0] < timedelta(days=_DAYS):
        reason = f"fewer than {least} runs, or in fewer than {_LEAST_HOURS} hours of {_DAYS} days: nothing is claimed"
        return Judgement(AnomalyType.SILENCE, window, None, reason)
    if ran[-1] >= window.start:
        return Judgement(AnomalyType.SILENCE, window, None, "it ran in the window")
    habits = _Habits(ran, zone)
    longest = max(habits.missed(a, b) for a, b in pairwise(ran))
    missed, allowed = habits.missed(ran[-1], window.end), max(LEAST_MISSED, MARGIN * longest + 1)
    told = f"no run since {ran[-1]:%Y-%m-%d %H:00} UTC: {missed:.1f} expected hours missed, {allowed:.1f} are usual"
    if missed <= allowed:
        return Judgement(AnomalyType.SILENCE, window, None, told, 0.0, missed)
    severity = Severity.HIGH if missed > 2 * allowed else Severity.MEDIUM
    return Judgement(AnomalyType.SILENCE, window, severity, told, 0.0, missed, -100.0)


class _Habits:
    """How often an agent ran at each hour of the week, or of the day."""

    def __init__(self, ran: Sequence[datetime], zone: ZoneInfo) -> None:
        self._zone = zone
        self._weekly = ran[-1] - ran[0] >= timedelta(weeks=_WEEKS)
        known = Counter(map(self._place, _hours(ran[0], ran[-1] + _HOUR)))
        active = Counter(map(self._place, set(ran)))
        self._shares = {place: active[place] / times for place, times in known.items()}

    def missed(self, after: datetime, before: datetime) -> float:
        """How many hours with runs were to be expected between two instants, their own hours aside."""
        return sum(self._shares.get(self._place(hour), 0.0) for hour in _hours(after + _HOUR, before))

    def _place(self, hour: datetime) -> tuple[int, int]:
        local = hour.astimezone(self._zone)
        return (local.weekday() if self._weekly else 0, local.hour)


def _hours(start: datetime, end: datetime) -> Iterable[datetime]:
    hour = start.replace(minute=0, second=0, microsecond=0)
    while hour < end:
        yield hour
        hour += _HOUR
