"""The performance tracker: records what agents' work took and cost without disturbing it, and asks what came of it."""

import weakref
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, TypeVar
from uuid import uuid4

from watchbill_client.performance.answers import (
    Anomaly,
    PerformanceAnalytics,
    PerformanceDashboard,
    PerformanceReport,
    PerformanceSnapshot,
    StrandHealth,
)
from watchbill_client.performance.channel import Channel
from watchbill_client.performance.complaints import Complaints
from watchbill_client.performance.decorating import decorated
from watchbill_client.performance.measuring import Measurement, Tracking, current_measurement
from watchbill_client.performance.pipeline import Counts, Pipeline
from watchbill_client.performance.records import encode
from watchbill_client.performance.settings import TrackerSettings, tracker_settings
from watchbill_client.resources.performance import Filters, Performance

F = TypeVar("F", bound=Callable[..., Any])

_trackers: dict[TrackerSettings, "PerformanceTracker"] = {}


def create_performance_tracker(config: Mapping[str, Any] | None = None, **options: Any) -> "PerformanceTracker":
    """The tracker with these settings (see `TrackerSettings`), as a mapping or as keyword arguments.

        tracker = create_performance_tracker(url="https://…", api_key="wb_…", flush_interval=2.0)

    Asking again with the same settings gives the same tracker, so that it may be asked for wherever it is needed. A
    setting that cannot be used is logged and left at its default; nothing is raised.
    """
    settings = tracker_settings(config, options)
    tracker = _trackers.get(settings)
    return tracker if tracker is not None else _trackers.setdefault(settings, PerformanceTracker(settings))


class PerformanceTracker:
    """Records work in the background, and asks the service about it.

    Recording (`track_performance`, `track`, `flush`) raises nothing of its own: what goes wrong is logged under
    `watchbill_client.performance`, each kind once a minute, and counted in `counts`. Asking (`get_…` and the others)
    raises `WatchbillError` when there is no answer, and first sends what was recorded, so that an answer includes it.
    Safe to share between threads, and across forks.
    """

    def __init__(self, settings: TrackerSettings) -> None:
        self._settings = settings
        self._complaints = Complaints()
        self._pipeline = Pipeline(settings, self._complaints)
        self._questions = Channel(settings, settings.retries)
        # At the end of the tracker, or of the process.
        weakref.finalize(self, self._questions.close)

    @property
    def counts(self) -> Counts:
        """How many records this process tracked, and what became of them."""
        return self._pipeline.counts

    def track_performance(
        self,
        strand_id: str,
        user_id: str | None,
        task_id: str | int,
        task_type: str,
        metrics: Mapping[str, Any] | object,
    ) -> None:
        """Record a piece of work that has ended; returns at once.

        `metrics`: `executionTime` (ms), `tokenUsage`, `cost` (USD), `successRate` (1.0 or 0.0), `userSatisfaction`
        (1 to 5, 0 when not rated), `qualityScore` (0 to 100), `timestamp` (with a zone; now unless given), also in
        snake_case. All but the success rate may be missing. A record has an id, so that it is stored once however
        often it is sent.
        """
        if not self._settings.enabled:
            return
        with self._complaints.guard("A record of performance could not be taken in"):
            self._take_in(strand_id, user_id, task_id, task_type, metrics)

    def track(self, strand: object, task: object) -> Tracking:
        """Measure a piece of work: as a block, or as a decorator of a function or coroutine function.

            with tracker.track(strand, task) as work:
                result = strand.execute(task)
                work.token_usage, work.cost = result.tokens, result.cost

        `strand` is its id, or a mapping or object with an `id`; `task` is its type, or a mapping or object with `id`,
        `type` and `user_id`. What raises is recorded as a failure and goes on unchanged.
        """
        return Tracking(strand, task, self._record, self._complaints)

    def current(self) -> Measurement:
        """The measurement of the tracked work around here, for a decorated function to complete."""
        return current_measurement()

    def flush(self, timeout: float | None = None) -> bool:
        """Send what was recorded before; whether all was settled within `timeout` seconds (5 unless configured)."""
        return self._pipeline.flush(timeout)

    async def aflush(self, timeout: float | None = None) -> bool:  # noqa: ASYNC109  # a thread cannot be cancelled
        """`flush`, without holding up the event loop."""
        import asyncio  # only programs that use it pay for it

        return await asyncio.to_thread(self.flush, timeout)

    def flushed(self) -> "Flushing":
        """A block or decorator that flushes at its end: for a Lambda handler, which is frozen when it returns.

        @tracker.flushed()
        def handler(event, context): ...
        """
        return Flushing(self)

    def close(self) -> None:
        """Flush, and let go of the thread and the connections; whatever comes later takes them up again."""
        self._pipeline.close()
        self._questions.close()

    def get_snapshot(self, strand_id: str) -> PerformanceSnapshot | None:
        """The strand's newest record; None when there is none."""
        return self._ask().snapshot(strand_id)

    def get_analytics(self, filters: Filters | None = None) -> PerformanceAnalytics:
        """Figures of what the filters let through; without filters of everything."""
        return self._ask().analytics(filters)

    def detect_anomalies(self, strand_id: str, timeframe: str = "7d") -> list[Anomaly]:
        """A strand's anomalies within a timeframe: a whole number and `h`, `d`, `w`, `m` (months) or `y`."""
        return self._ask().anomalies(strand_id, timeframe)

    def generate_report(self, type: str, filters: Filters | None = None) -> PerformanceReport:
        """Make and store a report, such as `daily-summary` or `cost-analysis`."""
        return self._ask().report(type, filters)

    def check_health(self, strand_id: str) -> StrandHealth:
        """How the strand is, and why."""
        return self._ask().health(strand_id)

    def dashboard(self, user_id: str | None = None) -> PerformanceDashboard:
        """The last 24 hours, of one user or of all."""
        return self._ask().dashboard(user_id)

    def _ask(self) -> Performance:
        self.flush()
        return self._questions.performance()

    def _record(self, measurement: Measurement, execution_time_ms: int, success: bool) -> None:
        task_id = measurement.task_id
        if task_id is None:
            task_id = f"{measurement.task_type}-{uuid4().hex[:12]}"
        metrics = {
            "execution_time": execution_time_ms,
            "token_usage": measurement.token_usage,
            "cost": measurement.cost,
            "success_rate": 1.0 if success else 0.0,
            "user_satisfaction": measurement.user_satisfaction,
            "quality_score": measurement.quality_score,
        }
        if self._settings.enabled:
            self._take_in(measurement.strand_id, measurement.user_id, task_id, measurement.task_type, metrics)

    def _take_in(self, strand_id: object, user_id: object, task_id: object, task_type: object, metrics: object) -> None:
        try:
            document, left_out = encode(strand_id, user_id, task_id, task_type, metrics)
        except ValueError as error:
            self._pipeline.count_unusable()
            self._complaints.say("A record of performance cannot be used", f"of {strand_id!r}: {error}")
            return
        self._pipeline.put(document)
        if left_out:
            self._complaints.say("Metrics were left out of a record", f"of {strand_id!r}: {', '.join(left_out)}")


class Flushing:
    """What `tracker.flushed` gives: at its end, what was recorded is sent."""

    def __init__(self, tracker: PerformanceTracker) -> None:
        self._tracker = tracker

    def __enter__(self) -> PerformanceTracker:
        return self._tracker

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._tracker.flush()

    async def __aenter__(self) -> PerformanceTracker:
        return self._tracker

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._tracker.aflush()

    def __call__(self, function: F) -> F:
        """Flush at the end of every call; raises TypeError for generator functions and classes."""
        return decorated(function, lambda: self)
