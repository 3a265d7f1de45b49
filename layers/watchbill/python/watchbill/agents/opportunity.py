"""The opportunity bot: companies of the directory that fit a stream's goal become its items."""

from collections.abc import Sequence

from watchbill.agents.builtin import BuiltinAgent
from watchbill.agents.goals import Work, work_of
from watchbill.agents.prospects import HIGH_SCORE, USUAL_TARGET, best_first, criteria_of, signals_of
from watchbill.companies.models import Company
from watchbill.execution.happenings import Tell
from watchbill.execution.models import Metrics, Task
from watchbill.execution.worker import Done, Outcome, Upstream
from watchbill.platform import clock
from watchbill.platform.wire import Model
from watchbill.streams.models import NewItem

_FOUND_BY = "found_by"


class Found(Model):
    """What a task of the bot brings: averages are over the companies that qualified."""

    companies_found: int
    items_created: int
    qualified_count: int
    avg_quality_score: float | None
    high_quality_count: int


class OpportunityBot(BuiltinAgent):
    """Searches the directory by the stream's criteria and adds the best of what it finds until the target is met."""

    def run(self, task: Task, upstream: Upstream, tell: Tell) -> Outcome:  # noqa: ARG002 - it looks at the directory only
        """Add what fits. An attempt that died half-way is finished: what it has added already counts as this task's."""
        work = work_of(task, self._streams)
        criteria, others = criteria_of(work.goal), _others(work, task)
        target = work.target.companies_to_find or USUAL_TARGET
        found = self._companies.candidates(criteria, 2 * target, besides=others)
        good = best_first(found, criteria, work.target.min_quality_score or 0)
        room = max(0, target - len(work.items) + sum(_is_of(item.metadata.get(_FOUND_BY), task) for item in work.items))
        made = self._add(task, work.stream.id, good[:room])
        average = sum(fit for fit, _ in good) / len(good) if good else None
        brought = Found(
            companies_found=len(found),
            items_created=made,
            qualified_count=len(good),
            avg_quality_score=None if average is None else round(average, 2),
            high_quality_count=sum(fit >= HIGH_SCORE for fit, _ in good),
        )
        return Done(brought.model_dump(mode="json"), Metrics(items_processed=len(found)))

    def _add(self, task: Task, stream_id: str, chosen: Sequence[tuple[float, Company]]) -> int:
        now = clock.now()
        wishes = [
            NewItem(
                name=company.name,
                company_id=company.id,
                scores={"quality": fit, "fit": fit},
                signals=tuple(signals_of(company, now)) if fit >= HIGH_SCORE else (),
                metadata={_FOUND_BY: task.id},
            )
            for fit, company in chosen
        ]
        items = self._streams.add(stream_id, wishes) if wishes else []
        return sum(_is_of(item.metadata.get(_FOUND_BY), task) for item in items)


def _others(work: Work, task: Task) -> frozenset[str]:
    """The companies that were items before this task."""
    return frozenset(
        item.company_id for item in work.items if item.company_id and not _is_of(item.metadata.get(_FOUND_BY), task)
    )


def _is_of(found_by: object, task: Task) -> bool:
    return found_by == task.id
