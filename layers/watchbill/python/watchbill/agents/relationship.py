"""The relationship agent: whom to approach of a stream's companies, in what order, and why."""

from watchbill.agents.approaches import Recommendation, recommended
from watchbill.agents.builtin import BuiltinAgent
from watchbill.agents.goals import work_of
from watchbill.execution.happenings import Tell
from watchbill.execution.models import Metrics, Task
from watchbill.execution.worker import Done, Outcome, Upstream
from watchbill.platform import clock
from watchbill.platform.wire import Model


class Recommended(Model):
    """What a task of the agent brings."""

    recommendations: tuple[Recommendation, ...]
    items_considered: int


class RelationshipAgent(BuiltinAgent):
    """Recommends from what is known; it writes nothing and calls nobody."""

    def run(self, task: Task, upstream: Upstream, tell: Tell) -> Outcome:  # noqa: ARG002 - what others found is in the items
        """Recommend for the items that there is something to be done about."""
        items = work_of(task, self._streams).open
        found = recommended(items, self._known(items), clock.now())
        brought = Recommended(recommendations=tuple(found), items_considered=len(items))
        return Done(brought.model_dump(mode="json"), Metrics(items_processed=len(items)))
