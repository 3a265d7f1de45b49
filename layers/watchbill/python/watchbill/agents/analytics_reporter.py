"""The analytics-reporter: what agents did and campaigns brought, in figures and in words, as far as it was measured."""

from collections.abc import Iterable
from datetime import timedelta

from pydantic import ValidationError

from watchbill.agents import report_words
from watchbill.agents.builtin import not_runnable
from watchbill.agents.reporting import MOST_CAMPAIGNS, Group, Material, Subject, ended_of, range_of, subject_of
from watchbill.agents.requests import Said, fields_of, upstream_of
from watchbill.analytics.cards import Window
from watchbill.analytics.models import Cell
from watchbill.analytics.service import AnalyticsService
from watchbill.analytics.views import AgentsAnalytics, Range
from watchbill.campaigns.models import CampaignQuery
from watchbill.campaigns.service import CampaignService
from watchbill.campaigns.views import CampaignPerformance
from watchbill.decisions.models import Language
from watchbill.execution.happenings import Tell
from watchbill.execution.models import Metrics, Task
from watchbill.execution.worker import Done, NotRunnable, Outcome, Upstream
from watchbill.platform.errors import NotFound
from watchbill.platform.wire import CamelModel
from watchbill.registry.models import AgentSettings

EVERYTHING = "overview"


class Wish(CamelModel):
    """What is reported on, over which time, and in which language."""

    metric: Said | None = None
    period: Said | None = None
    language: Language = Language.ENGLISH


class AnalyticsReporter:
    """Reports; what it reads follows from the days and the agents, not from the number of runs."""

    def __init__(self, settings: AgentSettings, analytics: AnalyticsService, campaigns: CampaignService) -> None:
        self._settings = settings
        self._analytics = analytics
        self._campaigns = campaigns

    @property
    def timeout(self) -> timedelta:
        """How long an attempt may take."""
        return timedelta(seconds=self._settings.timeout)

    def run(self, task: Task, upstream: Upstream, tell: Tell) -> Outcome:  # noqa: ARG002 - figures are its own
        """Report what the task asks for."""
        wish = _wish(self._settings, task)
        asked = range_of(wish.period)
        if asked is None:
            raise NotRunnable(f"period: {wish.period!r} is none of {', '.join(Range)}")
        subject = subject_of(wish.metric)
        material = self._material(asked, subject, _campaign_ids(task, upstream))
        brought = report_words.report(material, subject, wish.metric or EVERYTHING, wish.language)
        return Done(
            brought.model_dump(mode="json", by_alias=True),
            Metrics(items_processed=ended_of(material.now.overview), summary=brought.summary or None),
        )

    def _material(self, asked: Range, subject: Subject, campaign_ids: Iterable[str]) -> Material:
        now = self._analytics.agents(asked)
        campaigns = self._performances(campaign_ids) if Group.CAMPAIGNS in subject.groups else []
        ever = any(total.total.judged for total in self._analytics.all_time().values())
        return Material(now, self._before(now), ever, campaigns)

    def _before(self, now: AgentsAnalytics) -> Cell:
        """What all agents did in as much time before."""
        total = Cell()
        for cell in self._analytics.course(Window(now.start - (now.end - now.start), now.start)).values():
            total.add(cell)
        return total

    def _performances(self, asked: Iterable[str]) -> list[tuple[str, CampaignPerformance]]:
        """What came of campaigns: of those that the task is about first, then of the newest."""
        newest = self._campaigns.campaigns(CampaignQuery(limit=MOST_CAMPAIGNS)).items
        found = list(dict.fromkeys((*asked, *(one.id for one in newest))))[:MOST_CAMPAIGNS]
        return [known for campaign_id in found if (known := self._performance(campaign_id))]

    def _performance(self, campaign_id: str) -> tuple[str, CampaignPerformance] | None:
        try:
            return self._campaigns.campaign(campaign_id).name, self._campaigns.performance(campaign_id, None)
        except NotFound:
            return None  # a task may name a campaign that is no longer there, or was never one of ours


def _campaign_ids(task: Task, upstream: Upstream) -> list[str]:
    """The campaigns that a task is about: its own, the one its payload names, and those that were planned before it."""
    planned = (output["campaignId"] for output in upstream_of(upstream, "campaignId"))
    named = (task.campaign_id, task.payload.get("campaignId"), *planned)
    return [one for one in named if isinstance(one, str) and 0 < len(one) <= 200]


def _wish(settings: AgentSettings, task: Task) -> Wish:
    try:
        return fields_of(Wish, settings.configuration, task.payload)
    except ValidationError as error:
        raise not_runnable(error) from error
