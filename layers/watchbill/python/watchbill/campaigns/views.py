"""What the routes of campaigns answer."""

from pydantic import Field

from watchbill.campaigns.models import CampaignFacts, CampaignStatus
from watchbill.metrics.views import MetricAggregate
from watchbill.platform.wire import CamelModel, Figure, Model, Moment, Money, Spend


class ShownCampaign(CampaignFacts):
    """A campaign, and where it is now. `agents` are the ids of those linked to it, in the order they were linked."""

    id: str
    status: CampaignStatus
    agents: tuple[str, ...]
    created_at: Moment
    updated_at: Moment


class CampaignList(Model):
    """Some campaigns, newest first, and where the list goes on."""

    items: tuple[ShownCampaign, ...]
    next_cursor: str | None = None


class TokenSums(CamelModel):
    """How many tokens."""

    input: int
    output: int
    total: int


class CampaignFigures(CamelModel):
    """What runs came to; cost in USD, of the runs whose cost is known, durations in ms.

    Rates are 0 to 1, over the runs that ended; what was not measured is null.
    """

    runs: int
    completed: int
    failed: int
    timeout: int
    cancelled: int
    running: int
    queued: int
    success_rate: float | None
    cost: Spend
    runs_with_cost: int
    cost_per_run: float | None
    tokens: TokenSums
    items_processed: int
    content_produced: int
    trends_detected: int
    average_duration_ms: float | None
    average_quality: float | None
    average_satisfaction: float | None


class AgentOfCampaign(CampaignFigures):
    """What one agent did for a campaign; without an id those together that are too many to tell apart."""

    agent_id: str | None
    name: str


class CampaignPoint(CamelModel):
    """What was done for a campaign in an hour, or a day of UTC."""

    timestamp: Moment
    runs: int
    completed: int
    failed: int
    timeout: int
    cost: Spend
    tokens: int
    content_produced: int
    p50_duration_ms: float | None = Field(alias="p50DurationMs")
    p95_duration_ms: float | None = Field(alias="p95DurationMs")


class CampaignPerformance(CampaignFigures):
    """What was done for a campaign since it began, and what of its budget is left.

    `budget_used` is a ratio, above 1 when more was spent than there was. `revenue` is the sum of the metrics of that
    name in USD, `roi` what it exceeds the budget by, in percent of that. The agents are those that had runs, the one
    with the most first; `time_series` is null unless a range is asked for.
    """

    campaign_id: str
    status: CampaignStatus
    budget: Money | None
    budget_remaining: Figure | None
    budget_used: float | None
    revenue: Figure | None
    roi: float | None
    agents: tuple[AgentOfCampaign, ...]
    metrics: tuple[MetricAggregate, ...]
    time_series: tuple[CampaignPoint, ...] | None
