"""Episodes: the life of an anomaly as a state machine. Detecting it again updates it; it resolves itself.

An episode opens with the first window that is claimed, takes in every later one, and closes when two windows in a row
claim nothing, so that a figure which flickers around its threshold is one episode. A window with too few runs to tell
neither opens nor calms. Windows come in ascending order;
one that was taken in before changes nothing, and so any division of the same windows into detections ends the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from watchbill.anomalies.models import AnomalyType, Judgement, Severity

CALM_WINDOWS = 2
"""Windows in a row that claim nothing before an episode is over."""


@dataclass(frozen=True, slots=True)
class Series:
    """What episodes are told apart by, besides their time: agent, type and task type ("" for all)."""

    agent_id: str
    type: AnomalyType
    task_type: str = ""


@dataclass(frozen=True, slots=True)
class Episode:
    """One anomaly of a series, identified by the instant its first window starts, or what was new in that window.

    `detected_at` is the end of the first window, `latest` the last claimed judgement, `severity` the worst so far,
    `calm` the windows since then without a claim, `calm_since` the end of the first of these.
    """

    series: Series
    opened_at: datetime
    detected_at: datetime
    severity: Severity
    latest: Judgement
    calm: int = 0
    calm_since: datetime | None = None
    resolved_at: datetime | None = None

    @property
    def identity(self) -> str:
        """The same for the same series and beginning, whoever finds it and however often."""
        start = self.opened_at.astimezone(UTC).strftime("%Y%m%dT%H%M")
        return ".".join((self.series.agent_id, self.series.type, self.series.task_type or "-", start))


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a series' detection stands: the episode that is open, and the end of the last window taken in."""

    series: Series
    open: Episode | None = None
    judged_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """An episode after a window: opened, updated, or resolved (see `episode.resolved_at`)."""

    episode: Episode
    opened: bool = False


def advance(progress: Progress, judgement: Judgement) -> tuple[Progress, Change | None]:
    """Take in the next window's judgement. Answers where the series stands now, and what became of an episode."""
    if progress.judged_until and judgement.window.end <= progress.judged_until:
        return progress, None
    until, episode = judgement.window.end, progress.open
    if judgement.severity is None and judgement.doubtful:
        change = None
    elif judgement.severity is None:
        change = _calmed(episode, judgement) if episode else None
    elif episode:
        change = Change(_continued(episode, judgement, judgement.severity))
    else:
        # A window may reach back over what was judged before, even into the time of an episode that is over.
        begin = max(judgement.window.start, progress.judged_until or judgement.window.start)
        new = Episode(progress.series, begin, until, judgement.severity, judgement)
        change = Change(new, opened=True)
    still = change.episode if change else episode
    return replace(progress, open=None if still and still.resolved_at else still, judged_until=until), change


def advance_all(progress: Progress, judgements: Iterable[Judgement]) -> tuple[Progress, list[Change]]:
    """Take in several windows' judgements, in order."""
    changes: list[Change] = []
    for judgement in judgements:
        progress, change = advance(progress, judgement)
        if change:
            changes.append(change)
    return progress, changes


def _calmed(episode: Episode, judgement: Judgement) -> Change:
    since, calm = episode.calm_since or judgement.window.end, episode.calm + 1
    resolved = since if calm >= CALM_WINDOWS else None
    return Change(replace(episode, calm=calm, calm_since=since, resolved_at=resolved))


def _continued(episode: Episode, judgement: Judgement, severity: Severity) -> Episode:
    worst = max(episode.severity, severity, key=lambda one: one.rank)
    return replace(episode, severity=worst, latest=judgement, calm=0, calm_since=None)
