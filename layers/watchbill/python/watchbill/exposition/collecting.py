"""A snapshot as metric families, written by Prometheus' own library. Pure; the only importer of `prometheus_client`.

Sums over runs are gauges: a run's cost, tokens or end may be corrected, and then a sum falls, which of a counter would
be read as a restart. The number of runs recorded is a counter, because that never falls.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    InfoMetricFamily,
    Metric,
    SummaryMetricFamily,
)
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.registry import Collector

from watchbill.analytics.models import Cell, Measure
from watchbill.exposition.models import AgentState, Exposition, Snapshot
from watchbill.health.models import RowHealth
from watchbill.health.rules import row_health
from watchbill.performance.breakdown import metrics
from watchbill.platform import clock
from watchbill.runs.models import Status

MOST_BYTES = 4_000_000
"""Of an answer, whose text has to fit into the 6 MB of a Lambda response as JSON, quotation marks taking twice."""
QUANTILES = (0.5, 0.95, 0.99)
_OF_STATUS = {
    Status.COMPLETED: Measure.COMPLETED,
    Status.FAILED: Measure.FAILED,
    Status.TIMEOUT: Measure.TIMEOUT,
    Status.CANCELLED: Measure.CANCELLED,
    Status.RUNNING: Measure.RUNNING,
    Status.QUEUED: Measure.QUEUED,
}
_SUMS = {
    "tokens": (Measure.TOKENS_TOTAL, "Tokens of all runs so far, as they are known now."),
    "input_tokens": (Measure.TOKENS_INPUT, "Input tokens of all runs so far, where they are told apart."),
    "output_tokens": (Measure.TOKENS_OUTPUT, "Output tokens of all runs so far, where they are told apart."),
    "runs_with_cost": (Measure.COSTED, "Runs so far of which the cost is known; of the others it is not zero."),
}

Rows = Iterable[tuple[tuple[str, ...], Cell]]
"""Cells with the values of their labels."""


def exposition(snapshot: Snapshot, *, openmetrics: bool) -> Exposition:
    """A snapshot as text; of fewer agents when all of them are too much for an answer."""
    write: Callable[[Collector], bytes] = generate_openmetrics if openmetrics else generate_latest
    kind = CONTENT_TYPE_LATEST if openmetrics else CONTENT_TYPE_PLAIN_0_0_4
    text = write(Snapped(snapshot)).decode()
    while len(text) + text.count('"') > MOST_BYTES or len(text.encode()) > MOST_BYTES:
        snapshot = fewer(snapshot)
        text = write(Snapped(snapshot)).decode()
    return Exposition(kind, text)


def fewer(snapshot: Snapshot) -> Snapshot:
    """A snapshot that shows half of the agents."""
    shown = snapshot.agents[: len(snapshot.agents) // 2]
    return replace(snapshot, agents=shown, left_out=snapshot.left_out + len(snapshot.agents) - len(shown))


class Snapped(Collector):
    """A snapshot for the library, which asks for metric families."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def collect(self) -> Iterator[Metric]:
        """The families: of the service, the organisation, the tasks, the agents, and the agents' versions."""
        snapshot = self._snapshot
        yield InfoMetricFamily("watchbill_build", "The version of Watchbill.", {"version": snapshot.build})
        whole: Rows = [((), snapshot.ever)]
        yield from _totals("watchbill", (), whole)
        yield _durations("watchbill_run_duration", (), [((), snapshot.day)])
        yield _gauge("watchbill_agents_active", "Agents with a run in the last 48 hours.", snapshot.active)
        yield _gauge("watchbill_agents", "Agents that have run.", len(snapshot.agents) + snapshot.left_out)
        yield _gauge("watchbill_agents_left_out", "Agents that have run and are not shown here.", snapshot.left_out)
        yield from _task_families(snapshot)
        yield from _anomaly_families(snapshot)
        yield from _agent_families(snapshot.agents)
        yield from _version_families(snapshot.agents)


def _totals(prefix: str, labels: tuple[str, ...], rows: Rows) -> Iterator[Metric]:
    """What is summed over all of the time."""
    about = "Runs recorded so far; it never falls."
    recorded = CounterMetricFamily(f"{prefix}_runs_recorded", about, labels=labels)
    for values, cell in rows:
        recorded.add_metric(values, int(cell[Measure.RUNS]))
    yield recorded
    yield _runs(f"{prefix}_runs", labels, rows)
    for name, (measure, described) in _SUMS.items():
        yield _sums(f"{prefix}_{name}", described, labels, rows, measure)
    yield _costs(prefix, labels, rows)


def _runs(name: str, labels: tuple[str, ...], rows: Rows) -> Metric:
    about = "Runs so far by the status they have now: use delta(), not increase()."
    family = GaugeMetricFamily(name, about, labels=(*labels, "status"))
    for values, cell in rows:
        for status, measure in _OF_STATUS.items():
            family.add_metric((*values, status.value), int(cell[measure]))
    return family


def _costs(prefix: str, labels: tuple[str, ...], rows: Rows) -> Metric:
    about = "Cost of all runs so far, as it is known now: use delta(), not increase()."
    return _sums(f"{prefix}_cost_usd", about, labels, rows, Measure.COST, unit="usd")


def _sums(name: str, about: str, labels: tuple[str, ...], rows: Rows, measure: Measure, unit: str = "") -> Metric:
    family = GaugeMetricFamily(name, about, labels=labels, unit=unit)
    for values, cell in rows:
        family.add_metric(values, float(cell[measure]))
    return family


def _durations(name: str, labels: tuple[str, ...], rows: Rows) -> Metric:
    """Quantiles of a day that moves on; a sum and a count would have to be of all time, and never fall."""
    about = "How long the runs of the last 24 hours took that ended, each quantile within 1 %."
    family = SummaryMetricFamily(name, about, labels=labels, unit="seconds")
    for values, cell in rows:
        for q in QUANTILES:
            milliseconds = cell.duration_quantile(q)
            if milliseconds is not None:
                given = dict(zip((*labels, "quantile"), (*values, str(q)), strict=True))
                family.add_sample(family.name, given, milliseconds / 1000)
    return family


def _task_families(snapshot: Snapshot) -> Iterator[Metric]:
    tasks = snapshot.tasks
    family = GaugeMetricFamily("watchbill_tasks", "Tasks by the status they have now.", labels=("status",))
    for status, count in tasks.by_status.items():
        family.add_metric((status.value,), count)
    yield family
    yield _gauge("watchbill_task_slots", "How many tasks may be in flight.", tasks.slots)
    yield _gauge(
        "watchbill_task_runner_running", "1 while tasks are started, 0 while that is stopped.", not tasks.stopped
    )


def _anomaly_families(snapshot: Snapshot) -> Iterator[Metric]:
    everywhere = GaugeMetricFamily("watchbill_anomalies_open", "Anomalies that are not over.", labels=("severity",))
    for severity, count in snapshot.open.items():
        everywhere.add_metric((severity.value,), count)
    yield everywhere
    about = "An agent's anomalies that are not over."
    family = GaugeMetricFamily("watchbill_agent_anomalies_open", about, labels=("agent", "severity"))
    for state in snapshot.agents:
        for severity, count in state.open.items():
            family.add_metric((state.agent.name, severity.value), count)
    yield family


def _agent_families(states: tuple[AgentState, ...]) -> Iterator[Metric]:
    described = InfoMetricFamily("watchbill_agent", "An agent.", labels=("agent",))
    for state in states:
        about = {"agent_id": state.agent.id, "project": state.agent.project, "type": state.agent.type or ""}
        described.add_metric((state.agent.name,), about)
    yield described
    yield from _totals("watchbill_agent", ("agent",), [((state.agent.name,), state.ever) for state in states])
    days: Rows = [((state.agent.name,), state.day) for state in states if state.day]
    yield _durations("watchbill_agent_run_duration", ("agent",), days)
    yield from _day_families(days)
    yield _gauges(
        "watchbill_agent_last_run_timestamp",
        "When the newest run began.",
        ((state.agent.name, clock.from_text(state.ever.newest).timestamp()) for state in states),
        "seconds",
    )
    about_left = "Versions of an agent that are not shown here."
    yield _gauges(
        "watchbill_agent_versions_left_out", about_left, ((state.agent.name, state.left_out) for state in states)
    )


def _day_families(days: Rows) -> Iterator[Metric]:
    """How the agents did that worked in the last day."""
    about = "Completed runs among those of the last 24 hours that completed, failed or timed out, 0 to 1."
    rates = ((name, cell.success_rate) for (name,), cell in days)
    yield _gauges("watchbill_agent_success_ratio", about, ((name, rate) for name, rate in rates if rate is not None))
    about = "1 for how an agent's last 24 hours were, as on the dashboard, 0 for how they were not."
    family = GaugeMetricFamily("watchbill_agent_health", about, labels=("agent", "health"))
    for (name,), cell in days:
        found = row_health(metrics(cell))
        for health in RowHealth:
            family.add_metric((name, health.value), health is found)
    yield family


def _version_families(states: tuple[AgentState, ...]) -> Iterator[Metric]:
    labels = ("agent", "version")
    rows: Rows = [((state.agent.name, version), cell) for state in states for version, cell in state.versions.items()]
    yield _runs("watchbill_agent_version_runs", labels, rows)
    yield _costs("watchbill_agent_version", labels, rows)


def _gauge(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(name, about, value=value)


def _gauges(name: str, about: str, values: Iterable[tuple[str, float]], unit: str = "") -> Metric:
    family = GaugeMetricFamily(name, about, labels=("agent",), unit=unit)
    for agent, value in values:
        family.add_metric((agent,), value)
    return family
