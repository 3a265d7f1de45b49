"""An experiment: which versions of an agent work side by side, and who gets which."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from watchbill.platform.wire import Bound, Label, Model, Moment, Name

MOST_VERSIONS = 8


class Sticky(StrEnum):
    """What stays with the version that it was given first."""

    STREAM = "stream"
    SESSION = "session"
    NONE = "none"


class Metric(StrEnum):
    """What versions are compared by."""

    SUCCESS = "success"
    DURATION_P50 = "duration_p50"
    DURATION_P95 = "duration_p95"
    COST = "cost"
    QUALITY = "quality"
    RATING = "rating"


class ExperimentState(StrEnum):
    """Where an experiment is: it runs, has come to its planned end, or was stopped before."""

    RUNNING = "running"
    ENDED = "ended"
    STOPPED = "stopped"


class Share(Model):
    """A version, and how often it is taken beside the others."""

    version: Name
    weight: Annotated[float, Field(gt=0, le=1_000)] = 1.0


Shares = Annotated[tuple[Share, ...], Field(min_length=2, max_length=MOST_VERSIONS)]


class Weights(Model):
    """Versions with their weights. The first is the one that the others are compared with."""

    versions: Shares

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len({share.version for share in self.versions}) < len(self.versions):
            raise ValueError("a version is named once")
        return self


class NewExperiment(Weights):
    """The wish for an experiment.

    `hypothesis` is what it is made for: that is judged by itself, and everything else beside it.
    """

    name: Label
    sticky_by: Sticky = Sticky.NONE
    hypothesis: Metric | None = None
    ends_at: Bound | None = None


class Experiment(Model):
    """An experiment as it is kept. The weights that changed on the way are its newest."""

    id: str
    agent_id: str
    name: str
    versions: tuple[Share, ...]
    sticky_by: Sticky
    hypothesis: Metric | None = None
    started_at: Moment
    ends_at: Moment | None = None
    stopped_at: Moment | None = None
    weights_changed_at: Moment | None = None

    def state(self, now: datetime) -> ExperimentState:
        """Where it is at an instant."""
        if self.stopped_at is not None:
            return ExperimentState.STOPPED
        return ExperimentState.ENDED if self.ends_at is not None and self.ends_at <= now else ExperimentState.RUNNING


class Chosen(Model):
    """The version that a task is done by, and the experiment it was chosen in."""

    experiment_id: str
    version: str
