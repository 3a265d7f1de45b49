"""How an episode is told: the anomaly as callers see it, and as it lies in the table."""

from collections.abc import Mapping
from typing import Any

from watchbill.analytics.rules import NONE
from watchbill.anomalies.episodes import Episode
from watchbill.anomalies.figures import significant
from watchbill.anomalies.models import Anomaly, AnomalyType
from watchbill.anomalies.rules import suggested_actions

_ANOMALY = "anomaly"
_SHOWN_DIGITS = 6
_METRICS = {
    AnomalyType.LATENCY: "executionTime",
    AnomalyType.COST: "cost",
    AnomalyType.ERROR_RATE: "errorRate",
    AnomalyType.QUALITY: "qualityScore",
    AnomalyType.SILENCE: "activeHours",
    AnomalyType.VOLUME: "runsPerHour",
}
_TITLES = {
    AnomalyType.LATENCY: "Execution time in ms",
    AnomalyType.COST: "Cost of a run in USD",
    AnomalyType.ERROR_RATE: "Failures",
    AnomalyType.QUALITY: "Quality",
    AnomalyType.SILENCE: "Silence",
    AnomalyType.VOLUME: "Number of runs",
}


def told(episode: Episode, agent_name: str) -> Anomaly:
    """An episode of the agent of that name."""
    series, latest, known = episode.series, episode.latest, episode.acknowledged
    task_type = series.task_type if series.task_type not in ("", NONE) else None
    about = f" ({task_type})" if task_type else ""
    return Anomaly(
        id=episode.identity,
        strand_id=series.agent_id,
        task_type=task_type,
        type=series.type,
        severity=episode.severity,
        description=f"{_TITLES[series.type]}{about}: {latest.reason}",
        affected_component=agent_name,
        metric=_METRICS[series.type],
        detected_at=episode.detected_at,
        window_start=episode.opened_at,
        window_end=latest.window.end,
        current_value=significant(latest.current or 0.0, _SHOWN_DIGITS),
        expected_value=significant(latest.expected or 0.0, _SHOWN_DIGITS),
        deviation=round(latest.deviation, 1),
        suggested_actions=suggested_actions(series.type),
        resolved=episode.resolved_at is not None,
        resolved_at=episode.resolved_at,
        acknowledged_at=known.at if known else None,
        acknowledged_by=known.by if known else None,
    )


def from_anomaly(anomaly: Anomaly) -> dict[str, Any]:
    """An anomaly as an item's attributes."""
    return {_ANOMALY: anomaly.model_dump_json(by_alias=True)}


def to_anomaly(item: Mapping[str, Any]) -> Anomaly:
    """The anomaly in an item."""
    return Anomaly.model_validate_json(item[_ANOMALY])
