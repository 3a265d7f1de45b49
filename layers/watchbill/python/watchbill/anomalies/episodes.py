"""Episodes: the life of an anomaly as a state machine. Detecting it again updates it; it resolves itself.

An episode opens with the first window that is claimed, takes in every later one, and closes when two windows in a row
claim nothing, so that a figure which flickers around its threshold is one episode. A window with too few runs to tell
neither opens nor calms. Windows come in ascending order;
one that was taken in before changes nothing, and so any division of the same windows into detections ends the same.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from watchbill.anomalies.models import AnomalyType, Judgement, Severity
from watchbill.platform import ids

CALM_WINDOWS = 2
"""Windows in a row that claim nothing before an episode is over."""
_OPENED = "%Y%m%dT%H%M"
_IDENTITY = re.compile(r"([0-9a-f]{24})\..+\.([0-9]{8}T[0-9]{4})")
_IN_ADDRESSES = re.compile(r"[\w.~-]{1,80}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Series:
    """What episodes are told apart by, besides their time: agent, type and task type ("" for all)."""

    agent_id: str
    type: AnomalyType
    task_type: str = ""


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """That somebody knows of an episode: when they said so, and the id of their key."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Episode:
    """One anomaly of a series, identified by the instant its first window starts, or what was new in that window.

    `detected_at` is the end of the first window, `latest` the last claimed judgement, `severity` the worst so far,
    `calm` the windows since then without a claim, `calm_since` the end of the first of these. That it is acknowledged
    changes nothing of what becomes of it.
    """

    series: Series
    opened_at: datetime
    detected_at: datetime
    severity: Severity
    latest: Judgement
    calm: int = 0
    calm_since: datetime | None = None
    resolved_at: datetime | None = None
    acknowledged: Acknowledgement | None = None

    @property
    def identity(self) -> str:
        """The same for the same series and beginning, whoever finds it and however often; it is part of addresses."""
        start = self.opened_at.astimezone(UTC).strftime(_OPENED)
        return ".".join((self.series.agent_id, self.series.type, _in_addresses(self.series.task_type or "-"), start))


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


def place_of(identity: str) -> tuple[str, datetime] | None:
    """The agent and the beginning that an episode's identity tells, or None when it is none."""
    match = _IDENTITY.fullmatch(identity)
    try:
        return (match[1], datetime.strptime(match[2], _OPENED).replace(tzinfo=UTC)) if match else None
    except ValueError:
        return None


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


def _in_addresses(task_type: str) -> str:
    """A task type as it can be part of an address: as it is, or what is made from it when it holds other signs."""
    return task_type if _IN_ADDRESSES.fullmatch(task_type) else f"~{ids.derived_id('task type', task_type)}"


def _calmed(episode: Episode, judgement: Judgement) -> Change:
    since, calm = episode.calm_since or judgement.window.end, episode.calm + 1
    resolved = since if calm >= CALM_WINDOWS else None
    return Change(replace(episode, calm=calm, calm_since=since, resolved_at=resolved))


def _continued(episode: Episode, judgement: Judgement, severity: Severity) -> Episode:
    worst = max(episode.severity, severity, key=lambda one: one.rank)
    return replace(episode, severity=worst, latest=judgement, calm=0, calm_since=None)
