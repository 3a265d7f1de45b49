"""The composition root: what a function may ask for, wired for one organisation.

What runs agents is in `executing`, what reaches other platforms in `reaching`, what only keeps and watches runs in
`observing`. An area is imported when it is first asked for: a function pays at its start for what it does, not for what
there is.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from watchbill.conversing import Conversing
from watchbill.platform.access import Principal
from watchbill.reaching import Reaching, webhooks_to

if TYPE_CHECKING:
    from watchbill.accounts.mentions import WebhookIntake
    from watchbill.budgets.service import BudgetService
    from watchbill.calendar.models import Known
    from watchbill.calendar.moments import Moments
    from watchbill.calendar.service import CalendarService
    from watchbill.calendar.store import CalendarStore
    from watchbill.campaigns.measuring import CampaignMetrics
    from watchbill.campaigns.planner import CampaignPlanner
    from watchbill.campaigns.running import CampaignRunner
    from watchbill.campaigns.service import CampaignService
    from watchbill.campaigns.store import CampaignStore
    from watchbill.companies.imports import ImportService
    from watchbill.companies.service import CompanyService
    from watchbill.documents.service import DocumentService
    from watchbill.execution.worker import Agent as RunnableAgent
    from watchbill.execution.worker import Begun
    from watchbill.exposition.service import ExpositionService
    from watchbill.registry.models import AgentSettings, BuiltinType
    from watchbill.schedules.service import ScheduleService
    from watchbill.streams.reviewer import StreamReviewer
    from watchbill.streams.service import StreamService
    from watchbill.streams.store import StreamStore
    from watchbill.telemetry.repricing import RepricingService
    from watchbill.workflows.following import WorkflowFollower
    from watchbill.workflows.service import WorkflowService
    from watchbill.workflows.starting import Starter
    from watchbill.workflows.store import WorkflowStore

_LOOKED_AT = 1_000
"""How many of the tasks that wait are looked at to say how many a budget holds."""


class Services(Conversing, Reaching):
    """The use cases of one organisation; each is made when it is first asked for."""

    @cached_property
    def companies(self) -> "CompanyService":
        """Its directory of companies."""
        from watchbill.companies.service import CompanyService
        from watchbill.companies.store import CompanyStore

        return CompanyService(CompanyStore(self._table), self._cursors)

    @cached_property
    def company_imports(self) -> "ImportService":
        """Its imports of companies."""
        from watchbill.companies.chunks import ImportStore
        from watchbill.companies.imports import ImportService

        return ImportService(ImportStore(self._table), self.companies)

    @cached_property
    def documents(self) -> "DocumentService":
        """Its documents."""
        from watchbill.documents.service import DocumentService
        from watchbill.documents.store import DocumentStore

        return DocumentService(DocumentStore(self._table), self._cursors)

    @cached_property
    def streams(self) -> "StreamService":
        """Its streams and their items."""
        from watchbill.streams.service import StreamService

        return StreamService(self._stream_store, self._cursors)

    @cached_property
    def stream_reviewer(self) -> "StreamReviewer":
        """How far its streams are, and what is worth knowing of them."""
        from watchbill.streams.reviewer import StreamReviewer
        from watchbill.workflows.facts import AssignedFacts

        agents = AssignedFacts(self._workflow_store, self.registry).of_stream
        return StreamReviewer(self._table.organisation, self._stream_store, agents, self._cursors)

    @cached_property
    def schedules(self) -> "ScheduleService":
        """Its agents' schedules."""
        from watchbill.schedules.service import ScheduleService

        return ScheduleService(
            self._table.organisation, self.registry, lambda wish, origin: self.tasks.create(wish, origin)
        )

    @cached_property
    def workflows(self) -> "WorkflowService":
        """Who is assigned to its streams."""
        from watchbill.workflows.service import WorkflowService

        return WorkflowService(self._workflow_store, self.registry, self._starter, self.tasks, self._zone)

    @cached_property
    def workflow_follower(self) -> "WorkflowFollower":
        """What starts agents of its streams by itself."""
        from watchbill.workflows.following import WorkflowFollower

        return WorkflowFollower(self._workflow_store, self._starter, self._zone)

    @cached_property
    def budgets(self) -> "BudgetService":
        """Its budgets."""
        from watchbill.budgets.service import BudgetService

        return BudgetService(
            self._table.organisation,
            self._budget_store,
            self.budget_reviewer,
            self._agent_named,
            self._campaign_named,
            lambda: (task.subjects for task in islice(self._task_store.ready(), _LOOKED_AT)),
        )

    @cached_property
    def campaigns(self) -> "CampaignService":
        """Its campaigns."""
        from watchbill.campaigns.service import CampaignService

        return CampaignService(self._campaign_store, self._rollup_store, self.registry, self.metrics, self._cursors)

    @cached_property
    def calendar(self) -> "CalendarService":
        """Its calendar."""
        from watchbill.calendar.service import CalendarService

        return CalendarService(
            self._table.organisation,
            self._calendar_store,
            lambda: self.identity.organisation().time_zone,
            self._course_of,
            self._cursors,
        )

    @cached_property
    def moments(self) -> "Moments":
        """What happens at the time of its events."""
        from watchbill.calendar.channels import Channels
        from watchbill.calendar.moments import Moments

        return Moments(self._table.organisation, self._calendar_store, Channels(self.posts, self.accounts))

    @cached_property
    def campaign_runner(self) -> "CampaignRunner":
        """Its agents, as they run for campaigns."""
        from watchbill.campaigns.locks import LockStore
        from watchbill.campaigns.running import CampaignRunner

        return CampaignRunner(
            LockStore(self._table),
            self._campaign_store,
            self._task_store,
            self.tasks,
            self.registry,
            self.prices.cost_of,
            self._cursors,
        )

    @cached_property
    def campaign_planner(self) -> "CampaignPlanner":
        """Its campaigns, for agents that plan them."""
        from watchbill.campaigns.planner import CampaignPlanner

        return CampaignPlanner(self._campaign_store, self.campaigns)

    @cached_property
    def campaign_metrics(self) -> "CampaignMetrics":
        """What its agents did for campaigns, as metrics."""
        from watchbill.campaigns.measuring import CampaignMetrics

        return CampaignMetrics(
            self.registry, self.runs, self.metrics, self.campaigns, self._campaign_store, self._cursors
        )

    def _course_of(self, campaign_id: str) -> "Known":
        from watchbill.calendar.models import Known

        campaign = self.campaigns.campaign(campaign_id)
        return Known(campaign.name, campaign.start_date, campaign.end_date)

    @cached_property
    def exposition(self) -> "ExpositionService":
        """What Prometheus scrapes of it."""
        from watchbill.exposition.service import ExpositionService

        return ExpositionService(
            self._rollup_store, self.anomalies, self.registry, self._task_store, self._most_at_once
        )

    def _agent_named(self, reference: str) -> tuple[str, str]:
        agent = self.registry.agent(reference)
        return agent.id, agent.name

    def _campaign_named(self, campaign_id: str) -> tuple[str, str]:
        campaign = self.campaigns.campaign(campaign_id)
        return campaign.id, campaign.name

    @cached_property
    def repricing(self) -> "RepricingService":
        """Its runs that wait for a price."""
        from watchbill.telemetry.repricing import RepricingService
        from watchbill.telemetry.unpriced import UnpricedStore

        # Who only asks has neither the list of prices nor the files that folding needs.
        def refold(trace_id: str) -> None:
            self.intake.refold(trace_id)

        store = UnpricedStore(self._table)
        return RepricingService(store, self._run_store, refold, self.prices.refresh, self._cursors)

    def _zone(self) -> ZoneInfo:
        return self.identity.organisation().zone

    def _builtin_of(self, kind: "BuiltinType", settings: "AgentSettings") -> "RunnableAgent":
        from watchbill.agents.catalogue import Catalogue

        return Catalogue(self.streams, self.companies, self.registry, self).agent(kind, settings)

    def _generates_media(self) -> bool:
        return self._known_platforms.has_media()

    @cached_property
    def _starter(self) -> "Starter":
        from watchbill.workflows.starting import Starter

        return Starter(self.tasks.drafted, self._task_store.creation, self.streams.stream, self.registry.settings)

    @cached_property
    def _workflow_store(self) -> "WorkflowStore":
        from watchbill.workflows.store import WorkflowStore

        return WorkflowStore(self._table)

    @cached_property
    def _calendar_store(self) -> "CalendarStore":
        from watchbill.calendar.store import CalendarStore

        return CalendarStore(self._table)

    @cached_property
    def _campaign_store(self) -> "CampaignStore":
        from watchbill.campaigns.store import CampaignStore

        return CampaignStore(self._table)

    @cached_property
    def _stream_store(self) -> "StreamStore":
        from watchbill.streams.store import StreamStore

        return StreamStore(self._table)


def services(who: Principal | str) -> Services:
    """The use cases of the organisation that asks, or of the one named."""
    return _services(who if isinstance(who, str) else who.organisation)


@lru_cache(maxsize=256)
def _services(organisation: str) -> Services:
    return Services(organisation)


@lru_cache(maxsize=1)
def webhooks() -> "WebhookIntake":
    """What takes in the webhooks of platforms, whatever organisations they name accounts of."""
    return webhooks_to(lambda organisation: services(organisation).mentions)


def begin_tasks(messages: Iterable[Mapping[str, Any]]) -> "dict[tuple[str, str], Begun]":
    """Begin the tasks that messages to the workers name, by organisation and id; the others are left to `work`."""
    named: dict[str, list[str]] = {}
    for message in messages:
        named.setdefault(message["organisation"], []).append(message["task"])
    return {
        (organisation, task_id): begun
        for organisation, task_ids in named.items()
        for task_id, begun in services(organisation).worker.begin(task_ids).items()
    }


def forget() -> None:
    """Forget every organisation's services, for a process whose AWS has changed, as in tests."""
    _services.cache_clear()
    webhooks.cache_clear()
