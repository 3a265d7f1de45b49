"""What the API says of campaigns, of the agents that run for them, and of what came of that. camelCase on the wire."""

from decimal import Decimal
from typing import Any

from pydantic import Field

from watchbill_client.models import Answer, Body, CamelAnswer, Money, UtcDatetime
from watchbill_client.tasking import TaskError


class Campaign(CamelAnswer):
    """A campaign, and where it is: DRAFT, SCHEDULED, ACTIVE, PAUSED, COMPLETED or ARCHIVED. `agents` are ids."""

    id: str
    name: str
    status: str
    campaign_type: str
    description: str | None = None
    goals: Any = None
    targeting: dict[str, Any] | None = None
    budget: Money | None = None
    start_date: UtcDatetime | None = None
    end_date: UtcDatetime | None = None
    agents: tuple[str, ...] = ()
    created_at: UtcDatetime
    updated_at: UtcDatetime


class CampaignTokens(CamelAnswer):
    """How many tokens were used for a campaign."""

    input: int = 0
    output: int = 0
    total: int = 0


class AgentOfCampaign(CamelAnswer):
    """What one agent did for a campaign."""

    agent_id: str | None
    name: str
    runs: int
    success_rate: float | None
    cost: Money
    content_produced: int = 0
    trends_detected: int = 0


class CampaignPerformance(CamelAnswer):
    """What was done for a campaign since it began: cost and budget in USD, rates 0 to 1, `roi` in percent."""

    campaign_id: str
    status: str
    runs: int
    completed: int
    failed: int
    success_rate: float | None
    cost: Money
    tokens: CampaignTokens = CampaignTokens()
    content_produced: int = 0
    trends_detected: int = 0
    average_duration_ms: float | None = None
    budget: Money | None = None
    budget_remaining: Decimal | None = None
    budget_used: float | None = None
    revenue: Decimal | None = None
    roi: float | None = None
    agents: tuple[AgentOfCampaign, ...] = ()


class TokenUsage(Body):
    """What a run for a campaign costs, where its caller knows that; `total` is derived. With a model it is priced."""

    input: int = Field(ge=0)
    output: int = Field(ge=0)
    total: int | None = Field(default=None, ge=0)
    model: str | None = None


class UsedTokens(CamelAnswer):
    """The tokens of a run for a campaign."""

    input: int | None = None
    output: int | None = None
    total: int | None = None
    model: str | None = None


class CampaignMetric(CamelAnswer):
    """A figure at an instant: of an agent's run for a campaign, of a campaign, or posted. None is not known."""

    name: str
    value: Decimal | None
    unit: str | None = None
    agent_id: str | None = None
    campaign_id: str | None = None
    execution_id: str | None = None
    timestamp: UtcDatetime
    metadata: dict[str, Any] = Field(default_factory=dict)


class RunEvent(CamelAnswer):
    """Something that happened in a run; `name` is what its agent calls an event of its own."""

    type: str
    timestamp: UtcDatetime
    attempt: int
    name: str | None = None
    data: dict[str, Any] = Field(default_factory=dict)


class CampaignRunData(CamelAnswer):
    """A run for a campaign; what its agent has brought lies beside these, under the agent's own names.

    `execution_time` is in ms.
    """

    campaign_id: str
    session_id: str
    execution_id: str
    location: str
    execution_time: int | None = None
    token_usage: UsedTokens | None = None
    metrics: tuple[CampaignMetric, ...] = ()
    events: tuple[RunEvent, ...] = ()
    error: TaskError | None = None

    @property
    def result(self) -> dict[str, Any]:
        """What the agent has brought."""
        return dict(self.model_extra or {})


class CampaignRun(Answer):
    """What came of a run. `status` is success, failed, cancelled, or accepted: then it goes on at `data.location`."""

    status: str
    data: CampaignRunData


class AgentState(CamelAnswer):
    """How an agent is: IDLE, RUNNING, ERROR, PAUSED or COMPLETED; `stopped` are the executions a stop called off."""

    agent_id: str
    name: str
    type: str | None = None
    status: str
    last_run_at: UtcDatetime | None = None
    executions: tuple[str, ...] = ()
    stopped: tuple[str, ...] = ()
