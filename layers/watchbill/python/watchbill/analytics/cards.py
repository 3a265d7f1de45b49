"""The four cards of the dashboard: figures, their comparison with an earlier window, and the words for both. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from watchbill.analytics.models import COST_STEP, Measure, Rollup
from watchbill.analytics.views import Card, Trend
from watchbill.platform import clock

Hours = Mapping[str, Rollup]
"""The organisation's rollups by hour (YYYY-MM-DDTHH)."""

MINUTE, HOUR, DAY, WEEK = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
ACTIVE_WINDOW = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` (included) to `end` (excluded), both on whole minutes."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Windows:
    """The windows that the cards compare. No window that is compared with contains any of the one it is compared to."""

    active_before: Window
    today: Window
    yesterday: Window
    hour: Window
    hour_before: Window


def windows_at(now: datetime, zone: ZoneInfo) -> Windows:
    """The cards' windows at an instant, to the minute; days begin at midnight in `zone`."""
    # The minute under way belongs to now; the same minute of yesterday, not yet over then, does not.
    this_minute = now.replace(second=0, microsecond=0)
    end = this_minute + MINUTE
    local = this_minute.astimezone(zone)
    midnight = datetime.combine(local.date(), time(), zone).astimezone(now.tzinfo)
    midnight_before = datetime.combine(local.date() - DAY, time(), zone).astimezone(now.tzinfo)
    same_time = datetime.combine(local.date() - DAY, local.time(), zone).astimezone(now.tzinfo)
    return Windows(
        active_before=Window(this_minute - WEEK - ACTIVE_WINDOW, this_minute - WEEK),
        today=Window(midnight, end),
        yesterday=Window(midnight_before, same_time),
        hour=Window(this_minute - HOUR, end),
        hour_before=Window(this_minute - 2 * HOUR, this_minute - HOUR),
    )


def hours_of(window: Window) -> tuple[str, str]:
    """The first and the last hour that a window touches."""
    return _hour(window.start), _hour(window.end - MINUTE)


def amount(hours: Hours, measure: Measure, window: Window) -> int:
    """A measure summed over the minutes of a window."""
    first, last = hours_of(window)
    total = 0
    for hour, rollup in hours.items():
        if first <= hour <= last:
            begin = datetime.fromisoformat(f"{hour}:00+00:00")
            counts: Mapping[int, int] = rollup.minutes.get(measure, {})
            total += sum(n for minute, n in counts.items() if window.start <= begin + minute * MINUTE < window.end)
    return total


def money(hours: Hours, window: Window) -> Decimal:
    """The known costs of a window in USD."""
    return amount(hours, Measure.COST, window) / COST_STEP


def mean_seconds(hours: Hours, window: Window) -> float | None:
    """The mean duration of a window's finished runs in seconds; None without any."""
    timed = amount(hours, Measure.TIMED, window)
    return amount(hours, Measure.DURATION_MS, window) / timed / 1000 if timed else None


def cards(hours: Hours, windows: Windows, active: int, active_before: int) -> list[Card]:
    """The four cards, in their order."""
    runs = amount(hours, Measure.RUNS, windows.today)
    runs_before = amount(hours, Measure.RUNS, windows.yesterday)
    cost, cost_before = money(hours, windows.today), money(hours, windows.yesterday)
    mean, mean_before = mean_seconds(hours, windows.hour), mean_seconds(hours, windows.hour_before)
    shown = mean or 0.0
    return [
        _card("Active Agents", "Bot", f"{active:,}", active, _step(active, active_before), "last week"),
        _card("Total Runs Today", "Activity", f"{runs:,}", runs, _percent(runs, runs_before), "yesterday"),
        _card(
            "Avg Response Time",
            "Clock",
            f"{shown:,.1f}s",
            round(shown, 3),
            _seconds(mean, mean_before),
            "last hour",
        ),
        _card("Total Cost Today", "DollarSign", f"${cost:,.2f}", float(cost), _percent(cost, cost_before), "yesterday"),
    ]


def _card(title: str, icon: str, value: str, raw: float, change: tuple[str, float], since: str) -> Card:
    text, step = change
    trend = Trend.UP if step > 0 else Trend.DOWN if step < 0 else Trend.NEUTRAL
    return Card(title=title, value=value, change=f"{text} from {since}", icon=icon, trend=trend, raw=raw)


def _step(now: int, before: int) -> tuple[str, float]:
    # "No earlier figure, or no change" reads 0, with the unit of the card.
    step = now - before
    return (f"{step:+,}", step) if step else ("0%", 0)


def _percent(now: float | Decimal, before: float | Decimal) -> tuple[str, float]:
    step = round((float(now) - float(before)) / float(before) * 100) if before else 0
    return (f"{step:+,}%", step) if step else ("0%", 0)


def _seconds(now: float | None, before: float | None) -> tuple[str, float]:
    step = round(now - before, 1) if now is not None and before is not None else 0
    return (f"{step:+,.1f}s", step) if step else ("0%", 0)


def _hour(instant: datetime) -> str:
    return clock.to_text(instant)[:13]
