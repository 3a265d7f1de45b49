"""The relationship agent: whom to approach of a stream's companies, in what order, and why."""

from datetime import timedelta

from watchbill.agents.approaches import Recommendation, recommended
from watchbill.agents.goals import work_of
from watchbill.agents.qualities import known_of
from watchbill.companies.service import CompanyService
from watchbill.execution.models import Metrics, Task
from watchbill.execution.worker import Done, Outcome, Upstream
from watchbill.platform import clock
from watchbill.platform.wire import Model
from watchbill.registry.models import AgentSettings
from watchbill.streams.service import StreamService


class Recommended(Model):
    """What a task of the agent brings."""

    recommendations: tuple[Recommendation, ...]
    items_considered: int


class RelationshipAgent:
    """Recommends from what is known; it writes nothing and calls nobody."""

    def __init__(self, settings: AgentSettings, streams: StreamService, companies: CompanyService) -> None:
        self._settings = settings
        self._streams = streams
        self._companies = companies

    @property
    def timeout(self) -> timedelta:
        """How long an attempt may take."""
        return timedelta(seconds=self._settings.timeout)

    def run(self, task: Task, upstream: Upstream) -> Outcome:  # noqa: ARG002 - what others found is in the items
        """Recommend for the items that there is something to be done about."""
        items = work_of(task, self._streams).open
        companies = self._companies.companies_of({item.company_id for item in items if item.company_id})
        known = {item.id: companies.get(item.company_id or "") or known_of(item) for item in items}
        found = recommended(items, known, clock.now())
        brought = Recommended(recommendations=tuple(found), items_considered=len(items))
        return Done(brought.model_dump(mode="json"), Metrics(items_processed=len(items)))
