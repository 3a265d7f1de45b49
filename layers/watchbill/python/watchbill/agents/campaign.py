"""The campaign agent: from an objective a strategy, a campaign, and events of the calendar for its content."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pydantic import ValidationError

from watchbill.agents import campaign_plans as plans
from watchbill.agents.asking import Models, Question
from watchbill.agents.builtin import not_runnable
from watchbill.agents.campaign_briefs import Brief, Thought, Wish, brief_of, instructions, material_of
from watchbill.agents.campaign_plans import Kept
from watchbill.agents.requests import conversed, fields_of, trends_of, without_model
from watchbill.calendar.service import CalendarService
from watchbill.campaigns import planning
from watchbill.campaigns.models import Campaign
from watchbill.campaigns.planner import CampaignPlanner
from watchbill.campaigns.predictions import PlanMetrics, predicted
from watchbill.execution.happenings import CustomEvent, Tell
from watchbill.execution.models import Metrics, Task
from watchbill.execution.worker import Done, Failed, Outcome, Upstream
from watchbill.platform import clock, ids
from watchbill.registry.models import AgentSettings

_BRIEFLY = 200


@dataclass(frozen=True, slots=True)
class Desk:
    """What the agent works with: `zone` is the organisation's."""

    planner: CampaignPlanner
    calendar: CalendarService
    models: Models
    zone: str


@dataclass(frozen=True, slots=True)
class _Begun:
    """A campaign that is there, what it says of its plan, and what thinking of it has cost."""

    campaign: Campaign
    kept: Kept
    spent: Metrics | None = None


class CampaignAgent:
    """Plans campaigns. What it makes has ids that follow from its task: done again, it goes on where it was."""

    def __init__(self, settings: AgentSettings, desk: Desk) -> None:
        self._settings = settings
        self._desk = desk

    @property
    def timeout(self) -> timedelta:
        """How long an attempt may take."""
        return timedelta(seconds=self._settings.timeout)

    def run(self, task: Task, upstream: Upstream, tell: Tell) -> Outcome:
        """Make the campaign that the task asks for, and plan its content and milestones."""
        wish, brief = self._brief(task, upstream)
        count = planning.items_of(brief.kind, brief.days)
        metrics = predicted(count, len(brief.channels), brief.budget, self._desk.planner.before())
        begun = self._begun(task, wish, brief, metrics)
        if isinstance(begun, Failed):
            return begun
        campaign, strategy = begun.campaign, begun.kept.strategy
        told = {"campaignId": campaign.id}
        goal = {
            "type": strategy.type,
            "approach": strategy.approach[:_BRIEFLY],
            "postsAWeek": strategy.posting_frequency,
        }
        tell(CustomEvent(name="strategy_created", data=told | goal))
        plan = self._planned(task, brief, begun, metrics)
        tell(CustomEvent(name="content_calendar_created", data=told | {"contentCount": count}))
        tell(CustomEvent(name="campaign_completed", data=told | {"title": campaign.name, "metrics": plan["metrics"]}))
        spent = (begun.spent or Metrics()).model_copy(update={"items_processed": count})
        return Done(plan, spent)

    def _brief(self, task: Task, upstream: Upstream) -> tuple[Wish, Brief]:
        try:
            said = conversed(task.payload)
            wish = fields_of(Wish, self._settings.configuration, without_model(task.payload))
        except ValidationError as error:
            raise not_runnable(error) from error
        wish = wish.model_copy(update={"session_id": wish.session_id or task.session_id})
        return wish, brief_of(wish, said, trends_of(upstream), self._desk.zone)

    def _begun(self, task: Task, wish: Wish, brief: Brief, metrics: PlanMetrics) -> _Begun | Failed:
        """The campaign of the task: as an attempt before has made it, or made now."""
        campaign_id = ids.derived_id("campaign", task.org_id, task.id)
        there = self._desk.planner.campaign(campaign_id)
        if there is not None:
            return _Begun(there, plans.kept_of(there) or plans.thought(brief, None, None))
        question = Question(Thought, instructions(brief), material_of(brief))
        told = self._desk.models.ask(wish.model, question, task, self._settings.timeout)
        if isinstance(told, Failed):
            return told
        kept = plans.thought(brief, told.answer, told.lacking)
        new = plans.campaign_of(brief, kept, metrics, clock.now())
        made = self._desk.planner.keep(new, campaign_id, task.agent_id)
        return _Begun(made, plans.kept_of(made) or kept, told.metrics)

    def _planned(self, task: Task, brief: Brief, begun: _Begun, metrics: PlanMetrics) -> dict[str, Any]:
        """Put content and milestones into the calendar; the plan."""
        campaign, now = begun.campaign, clock.now()
        items = plans.items_of(brief, campaign.start_date or now)
        content = plans.content_of(brief, begun.kept, items, campaign.id, task.agent_id, now)
        self._desk.calendar.keep([*content, *plans.milestones_of(brief, task.org_id, campaign, now)])
        return plans.plan_of(brief, begun.kept, campaign, content, metrics)
