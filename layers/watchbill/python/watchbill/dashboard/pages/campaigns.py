"""Campaigns: where each is, what was spent beside what may be, what was done for it, and having an agent run for it."""

from typing import Any

from watchbill.analytics.views import Range
from watchbill.campaigns.models import CampaignQuery, CampaignStatus, CampaignType
from watchbill.campaigns.views import CampaignPerformance
from watchbill.dashboard import charts
from watchbill.dashboard.filled import FilledRun
from watchbill.dashboard.routing import Pages
from watchbill.dashboard.visits import Answer, Visit
from watchbill.execution.views import ExecutionQuery
from watchbill.platform.access import Scope
from watchbill.platform.table import together
from watchbill.platform.wire import Model
from watchbill.services import Services

pages = Pages()

CAMPAIGNS = "/dashboard/campaigns"
_EXECUTIONS, _SUGGESTED = 20, 200
TONES: dict[str, str] = {
    CampaignStatus.ACTIVE: "good",
    CampaignStatus.SCHEDULED: "first",
    CampaignStatus.PAUSED: "warn",
}
"""How states look; the others are quiet."""


class RangeAsked(Model):
    """How far back the charts go."""

    range: Range = Range.MONTH


@pages.get("/campaigns")
def campaigns(visit: Visit) -> Answer:
    """Campaigns of a status, a type, an agent, or all, newest first."""
    use, asked = visit.services, visit.asked(CampaignQuery)
    listed = use.campaigns.campaigns(asked)
    return visit.page(
        "campaigns.html",
        asked=asked,
        listed=listed,
        spent=use.campaigns.spent(one.id for one in listed.items),
        statuses=list(CampaignStatus),
        types=list(CampaignType),
        suggested=use.registry.agents(_SUGGESTED, None).items,
        tones=TONES,
    )


@pages.get("/campaigns/<campaign>")
def campaign(visit: Visit, campaign: str) -> Answer:
    """One campaign: what was done for it, over its whole time and over a range."""
    use, asked = visit.services, visit.asked(RangeAsked)
    there = use.campaigns.campaign(campaign)
    made = together(
        performance=lambda: use.campaigns.performance(campaign, asked.range),
        executions=lambda: _executions(use, campaign),
    )
    return visit.page(
        "campaign.html",
        campaign=there,
        range=asked.range,
        ranges=list(Range),
        charts=charts.of_campaign(made["performance"].time_series or ()),
        suggested=use.registry.agents(_SUGGESTED, None).items,
        executions=made["executions"],
        **_figures(use, made["performance"], there.agents),
    )


@pages.get("/parts/campaigns/<campaign>")
def figures_now(visit: Visit, campaign: str) -> Answer:
    """What was done for a campaign, as of now."""
    use = visit.services
    performance, there = use.campaigns.performance(campaign, None), use.campaigns.campaign(campaign)
    return visit.page("parts/campaign.html", campaign=there, **_figures(use, performance, there.agents))


@pages.get("/parts/campaigns/<campaign>/executions")
def executions_now(visit: Visit, campaign: str) -> Answer:
    """The newest executions for a campaign, as of now."""
    use = visit.services
    there = use.campaigns.campaign(campaign)
    return visit.page("parts/campaign_executions.html", campaign=there, executions=_executions(use, campaign))


@pages.post("/campaigns/<campaign>/run", Scope.EXECUTE, action="campaign_runs.run")
def run(visit: Visit, campaign: str) -> Answer:
    """Have an agent run for a campaign, without waiting for its end."""
    asked = visit.form(FilledRun)
    there = visit.services.campaigns.campaign(campaign)
    answer = visit.services.campaign_runner.run(asked.agent, asked.wish(there.id), wait=0)
    return visit.go(f"/dashboard/tasks/{answer.data.execution_id}", "The run is queued.")


def _figures(use: Services, performance: CampaignPerformance, linked: tuple[str, ...]) -> dict[str, Any]:
    """What was done, by whom, and who else could do something."""
    idle = set(linked) - {agent.agent_id for agent in performance.agents}
    return {"performance": performance, "idle": list(use.registry.agents_of(idle).values()), "tones": TONES}


def _executions(use: Services, campaign_id: str) -> Any:
    return use.executions.executions(ExecutionQuery(campaign_id=campaign_id, limit=_EXECUTIONS)).items
