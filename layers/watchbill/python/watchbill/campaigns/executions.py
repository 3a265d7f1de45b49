"""What the routes of agents that run for campaigns take and answer; the names and envelopes are the original's."""

from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from watchbill.campaigns.projections import CampaignMetric, metrics_of
from watchbill.campaigns.views import ShownCampaign
from watchbill.execution.happenings import TaskEvent
from watchbill.execution.models import Payload, Task, TaskError, TaskStatus
from watchbill.execution.recording import run_of
from watchbill.metrics.models import ProjectedMetric, Window
from watchbill.platform.errors import Conflict
from watchbill.platform.wire import CamelModel, Count, Label, Model, Moment, PageQuery
from watchbill.runs.models import Tokens

LONGEST_WAIT = 25
"""Seconds that a run is waited for: what the API's 30 leave."""
CAMPAIGN = "campaignId"
"""The name in a run's input that says which campaign the run is for."""
_LABEL: TypeAdapter[str] = TypeAdapter(Label)


class TokenUsage(Tokens):
    """Tokens of a run, and the model whose they are."""

    model: Label | None = None


class UsedTokens(CamelModel):
    """Tokens of a run as they are answered."""

    input: int | None
    output: int | None
    total: int | None
    model: str | None


class RunWish(CamelModel):
    """The wish that an agent runs for a campaign: the one named here, or in `config`, or else the agent's own.

    `config` is what the agent is given. `token_usage` is what the run costs, where the caller knows that; it outranks
    what the agent says.
    """

    campaign_id: Label | None = None
    config: Payload = Field(default_factory=dict)
    token_usage: TokenUsage | None = None

    @model_validator(mode="after")
    def _names_a_campaign(self) -> Self:
        named = self.config.get(CAMPAIGN)
        if named is not None:
            try:
                _LABEL.validate_python(named, strict=True)
            except ValidationError as error:
                raise ValueError(f"config.{CAMPAIGN} is the id of a campaign") from error
        return self

    @property
    def campaign(self) -> str | None:
        """The campaign that is named."""
        return self.campaign_id or self.config.get(CAMPAIGN)

    @property
    def payload(self) -> dict[str, Any]:
        """What the agent is given."""
        return {name: value for name, value in self.config.items() if name != CAMPAIGN}


class Wait(Model):
    """For how many seconds a run is waited for before it is answered that it goes on."""

    wait: Annotated[int, Field(ge=0, le=LONGEST_WAIT)] = LONGEST_WAIT


class Result(StrEnum):
    """What came of a request."""

    SUCCESS = "success"
    FAILED = "failed"
    CANCELLED = "cancelled"
    ACCEPTED = "accepted"
    ALREADY_RUNNING = "already_running"


_RESULTS = {
    TaskStatus.COMPLETED: Result.SUCCESS,
    TaskStatus.FAILED: Result.FAILED,
    TaskStatus.CANCELLED: Result.CANCELLED,
}


class Happening(CamelModel):
    """What has happened in a run; `name` is what its agent calls an event of its own."""

    type: str
    timestamp: Moment
    attempt: int
    name: str | None = None
    data: dict[str, Any]


class RunData(CamelModel):
    """A run for a campaign, beside what its agent has brought. `execution_time` is in ms.

    `location` is where it is found while it goes on and afterwards.
    """

    model_config = ConfigDict(extra="allow")

    campaign_id: str
    session_id: str
    execution_id: str
    location: str
    execution_time: int | None
    token_usage: UsedTokens | None
    metrics: tuple[CampaignMetric, ...]
    events: tuple[Happening, ...]
    error: TaskError | None = None


_OURS = frozenset(name for field in RunData.model_fields for name in (field, to_camel(field)))
"""The names of a run's facts, in both spellings: no agent's word takes their place."""


class RunAnswer(Model):
    """What came of a run, or that it goes on."""

    status: Result
    data: RunData

    @property
    def http_status(self) -> int:
        """200 for a run that has ended, however; 202 for one that goes on."""
        return 202 if self.status is Result.ACCEPTED else 200


class AlreadyRunning(Conflict):
    """The agent has as many runs as it may have at once."""


class Refusal(Model):
    """That an agent has as many runs as it may have at once."""

    error: str
    status: Result = Result.ALREADY_RUNNING


class AgentStatus(StrEnum):
    """How an agent is."""

    IDLE = "IDLE"
    RUNNING = "RUNNING"
    ERROR = "ERROR"
    PAUSED = "PAUSED"
    COMPLETED = "COMPLETED"


_AFTERWARDS = {TaskStatus.FAILED: AgentStatus.ERROR, TaskStatus.COMPLETED: AgentStatus.COMPLETED}
"""How an agent is after a task of it has ended so."""


class AgentState(CamelModel):
    """An agent, how it is, when it last ran, and the executions that go on."""

    agent_id: str
    name: str
    type: str | None
    status: AgentStatus
    last_run_at: Moment | None
    executions: tuple[str, ...]


class AgentAnswer(Model):
    """How an agent is."""

    status: Result = Result.SUCCESS
    data: AgentState


class Stopped(AgentState):
    """An agent that was asked to stop, and the executions that were called off."""

    stopped: tuple[str, ...]


class StopAnswer(Model):
    """What came of asking an agent to stop."""

    status: Result = Result.SUCCESS
    data: Stopped


class CampaignsAnswer(CamelModel):
    """The campaigns that an agent is linked to, the one changed last first, and where the list goes on."""

    status: Result = Result.SUCCESS
    count: Count
    data: tuple[ShownCampaign, ...]
    next_cursor: str | None = None


class AgentMetricsQuery(PageQuery, Window):
    """Which page of which of an agent's metrics is wanted."""

    @property
    def projected(self) -> bool:
        """Whether what is named comes from runs."""
        return self.name in ProjectedMetric.__members__


class MetricsAnswer(CamelModel):
    """An agent's metrics, newest first, and where the list goes on."""

    status: Result = Result.SUCCESS
    count: Count
    data: tuple[CampaignMetric, ...]
    next_cursor: str | None = None


def answer_of(task: Task) -> RunAnswer:
    """A task that runs for a campaign, as it is answered."""
    return RunAnswer(status=_RESULTS.get(task.status, Result.ACCEPTED), data=data_of(task))


def data_of(task: Task) -> RunData:
    """A task's data: what its agent has brought, and the facts of the run, which the agent has no say in."""
    run = run_of(task)
    facts: dict[str, Any] = {
        "campaign_id": task.campaign_id or "",
        "session_id": task.session_id or task.id,
        "execution_id": task.id,
        "location": f"/api/executions/{task.id}",
        "execution_time": run.duration_ms,
        "token_usage": _usage(run.tokens, run.models),
        "metrics": tuple(metrics_of(run, task.agent_id, task.id)),
        "events": tuple(_happening(event) for event in task.events),
        "error": task.error if task.status is TaskStatus.FAILED else None,
    }
    return RunData(**{name: value for name, value in _brought(task).items() if name not in _OURS}, **facts)


def status_of(newest: tuple[Task, ...], paused: bool) -> AgentStatus:
    """How an agent is, by its newest tasks, the newest first."""
    if any(task.status.in_flight for task in newest):
        return AgentStatus.RUNNING
    if paused:
        return AgentStatus.PAUSED
    if any(task.waits for task in newest):
        return AgentStatus.RUNNING
    ended = (_AFTERWARDS.get(task.status, AgentStatus.IDLE) for task in newest if task.status.ended)
    return next(ended, AgentStatus.IDLE)


def _brought(task: Task) -> dict[str, Any]:
    if task.output is None:
        return {}
    return task.output if isinstance(task.output, dict) else {"result": task.output}


def _usage(tokens: Tokens | None, models: tuple[str, ...]) -> UsedTokens | None:
    if tokens is None:
        return None
    return UsedTokens(input=tokens.input, output=tokens.output, total=tokens.total, model=next(iter(models), None))


def _happening(event: TaskEvent) -> Happening:
    return Happening(type=event.type, timestamp=event.at, attempt=event.attempt, name=event.name, data=event.data)
