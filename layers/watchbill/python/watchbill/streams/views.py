"""What the routes of progress and insights answer."""

from enum import StrEnum

from watchbill.platform.wire import Model, Moment
from watchbill.streams.models import CurrentProgress, GoalStatus, ItemPriority


class StreamProgress(Model):
    """How far a stream is. Items that are cancelled are counted as such and nowhere else.

    `expected_percentage` is how far it would be now at an even pace towards its deadline, null without one.
    `average_quality` is over the `scored` items.
    """

    stream_id: str
    goal_status: GoalStatus
    current_progress: CurrentProgress
    goal_deadline: Moment | None
    expected_percentage: float | None
    items: int
    cancelled: int
    by_stage: dict[str, int]
    by_priority: dict[ItemPriority, int]
    scored: int
    average_quality: float | None


class InsightKind(StrEnum):
    """What an insight is about."""

    PROGRESS = "progress"
    PACE = "pace"
    QUALITY = "quality"
    RELIABILITY = "reliability"
    MISSING_ROLE = "missing_role"
    BOTTLENECK = "bottleneck"


class Concern(StrEnum):
    """How much an insight matters."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class StreamInsight(Model):
    """Something worth knowing of a stream, told once. `subject` is what it is about: an agent, a stage, a share."""

    id: str
    stream_id: str
    kind: InsightKind
    subject: str
    severity: Concern
    title: str
    message: str
    suggested_action: str
    created_at: Moment

    @property
    def completes(self) -> bool:
        """Whether it says that the stream has reached its goal."""
        return self.kind is InsightKind.PROGRESS and self.subject == "100"


class StreamInsightList(Model):
    """Some of a stream's insights, newest first, and where the list goes on."""

    items: tuple[StreamInsight, ...]
    next_cursor: str | None = None
