"""A rebuild of an organisation's rollups, and how far it has come."""

from enum import StrEnum

from watchbill.platform.wire import Model, Moment


class RebuildState(StrEnum):
    """What a rebuild is doing."""

    SETTLING = "settling"  # waits until every write that began before it has ended
    COUNTING = "counting"  # replays the runs, agent by agent, day by day
    APPLYING = "applying"  # waits until the stream has counted what was replayed
    COMPLETED = "completed"


class Position(Model):
    """The next run to replay: behind this line of this agent's list."""

    agent_id: str
    line: dict[str, str] | None = None


class Rebuild(Model):
    """A rebuild: the generation it makes, and how far it has come."""

    id: str
    state: RebuildState
    generation: int
    started_at: Moment
    completed_at: Moment | None = None
    replayed: int = 0
    total: int = 0
    position: Position | None = None


class Progress(Model):
    """How many runs of how many are counted again."""

    done: int
    total: int
    percentage: float


class RebuildStatus(Model):
    """A rebuild as it is shown. Ask again after `retry_after` seconds; null when there is nothing left to do."""

    id: str
    state: RebuildState
    progress: Progress
    started_at: Moment
    completed_at: Moment | None
    retry_after: int | None
