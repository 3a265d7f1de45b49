"""The scoring agent: how good each item of a stream is, how much it matters, and their order."""

from datetime import datetime

from watchbill.agents.builtin import BuiltinAgent
from watchbill.agents.goals import Work, work_of
from watchbill.agents.qualities import HIGH_QUALITY, Parts, parts_of, priority_of
from watchbill.execution.happenings import Tell
from watchbill.execution.models import Metrics, Task
from watchbill.execution.worker import Done, Outcome, Upstream
from watchbill.platform import clock
from watchbill.platform.wire import Model
from watchbill.streams.models import Item


class Scored(Model):
    """What a task of the agent brings."""

    items_updated: int
    avg_quality_score: float | None
    high_quality_count: int


class ScoringAgent(BuiltinAgent):
    """Scores the items there is something to be done about, and puts the best first, ties by name."""

    def run(self, task: Task, upstream: Upstream, tell: Tell) -> Outcome:  # noqa: ARG002 - what others found is in the items
        """Score and reorder; done again it comes to the same."""
        work = work_of(task, self._streams)
        parts = self._parts(work, clock.now())
        order = sorted(work.open, key=lambda item: (-parts[item.id].quality, item.name.casefold(), item.id))

        def scored(item: Item) -> Item:
            rated = parts[item.id]
            update = {"scores": {**item.scores, **rated.scores}, "priority": priority_of(rated.quality)}
            return item.model_copy(update=update)

        self._streams.reorder(work.stream.id, [item.id for item in order], scored)
        qualities = [parts[item.id].quality for item in order]
        brought = Scored(
            items_updated=len(order),
            avg_quality_score=round(sum(qualities) / len(qualities), 2) if qualities else None,
            high_quality_count=sum(quality >= HIGH_QUALITY for quality in qualities),
        )
        return Done(brought.model_dump(mode="json"), Metrics(items_processed=len(order)))

    def _parts(self, work: Work, now: datetime) -> dict[str, Parts]:
        known = self._known(work.open)
        return {item.id: parts_of(item, known[item.id], work.goal, now) for item in work.open}
