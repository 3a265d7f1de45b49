"""Agents and versions, as stored and as shown."""

import json
import re
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from watchbill.identity.models import TimeZone
from watchbill.platform import addresses, schedules
from watchbill.platform.schedules import MOST_TEXT, Schedule
from watchbill.platform.wire import Label, Model, Moment, Name

MOST_CONFIGURATION = 16_000
LONGEST_TIMEOUT = 24 * 3600
LONGEST_IN_LAMBDA = 840
"""Seconds that an attempt may take which a Lambda function makes or waits for."""
UNVERSIONED = "unversioned"
_Names = Annotated[tuple[Label, ...], Field(max_length=100)]


class Registration(Model):
    """What registering an agent says about it. `name` may be left to the address."""

    name: Annotated[str, Field(max_length=200)] = ""
    project: Label
    type: Label | None = None


class BuiltinType(StrEnum):
    """The agents that Watchbill brings along."""

    OPPORTUNITY_BOT = "opportunity_bot"
    ENRICHMENT_AGENT = "enrichment_agent"
    SCORING_AGENT = "scoring_agent"
    SCOUT_AGENT = "scout_agent"
    RELATIONSHIP_AGENT = "relationship_agent"
    TREND_AGENT = "trend_agent"
    WRITER_AGENT = "writer_agent"
    TREND_SCANNER = "trend-scanner"
    VIDEO_SCRIPTOR = "video-scriptor"
    ANALYTICS_REPORTER = "analytics-reporter"
    FAQ_RESPONDER = "faq-responder"
    POST_SCHEDULER = "post-scheduler"
    CAMPAIGN_AGENT = "campaign-agent"
    VIDEO_GENERATOR = "video-generator"
    AUDIO_GENERATOR = "audio-generator"
    IMAGE_GENERATOR = "image-generator"


class BuiltinRuntime(Model):
    """The agent is one of those that Watchbill brings along; its `agent_type` says which."""

    kind: Literal["builtin"]


class LambdaRuntime(Model):
    """The agent's code is a Lambda function of this account and region, whose name begins with `watchbill-agent-`."""

    kind: Literal["lambda"]
    function: Annotated[str, Field(pattern=re.compile(r"^watchbill-agent-[A-Za-z0-9_-]{1,48}$"))]


class PullRuntime(Model):
    """The agent's code is a process of the user's, which leases its tasks over the API."""

    kind: Literal["pull"]


def _address(url: str) -> str:
    addresses.parsed(url)
    return url


class HttpRuntime(Model):
    """The agent is an endpoint of the user's, to which its tasks are posted, signed to Standard Webhooks."""

    kind: Literal["http"]
    url: Annotated[str, Field(max_length=addresses.MOST_CHARACTERS), AfterValidator(_address)]


def _bounded(configuration: dict[str, Any]) -> dict[str, Any]:
    if len(json.dumps(configuration)) > MOST_CONFIGURATION:
        raise ValueError(f"a configuration has at most {MOST_CONFIGURATION:,} bytes")
    return configuration


def _schedule(text: str) -> str:
    schedules.parse(text)
    return " ".join(text.split())


Runtime = Annotated[BuiltinRuntime | LambdaRuntime | HttpRuntime | PullRuntime, Field(discriminator="kind")]


class AgentSettings(Model):
    """How an agent is run.

    Without a runtime its code runs elsewhere, and only reports what it did; an agent whose type is one of the built-in
    ones is run as that one unless a runtime is given. `timeout` is in seconds for one attempt, at most 840 where a
    Lambda function makes it; `concurrency` how many of its tasks may be in flight, null for as many as the
    organisation has slots. `schedule_cron`, Unix's or EventBridge's, makes a task whenever it comes on the clock of
    `time_zone`. While an agent is paused, none of its tasks is
    started; a run for a campaign resumes it.
    """

    agent_type: Label | None = None
    runtime: Runtime | None = None
    configuration: Annotated[dict[str, Any], AfterValidator(_bounded)] = Field(default_factory=dict)
    is_active: bool = True
    is_paused: bool = False
    max_retries: Annotated[int, Field(ge=0, le=10, strict=True)] = 3
    timeout: Annotated[int, Field(ge=1, le=LONGEST_TIMEOUT, strict=True)] = 300
    concurrency: Annotated[int, Field(ge=1, le=1_000, strict=True)] | None = None
    schedule_cron: Annotated[str, Field(max_length=MOST_TEXT), AfterValidator(_schedule)] | None = None
    time_zone: TimeZone = "UTC"

    @property
    def runs_as(self) -> Runtime | None:
        """What runs the agent, or None when it is run elsewhere."""
        return self.runtime or (BuiltinRuntime(kind="builtin") if self.builtin_type else None)

    @property
    def works(self) -> bool:
        """Whether its tasks are started."""
        return self.is_active and not self.is_paused

    @property
    def schedule(self) -> Schedule | None:
        """When it runs by itself, or None when it does not."""
        return schedules.parse(self.schedule_cron) if self.schedule_cron else None

    @property
    def zone(self) -> ZoneInfo:
        """The time zone as Python knows it."""
        return ZoneInfo(self.time_zone)

    def next_run(self, after: datetime) -> datetime | None:
        """When its schedule comes first behind `after`; None without a schedule, or while it does not work."""
        schedule = self.schedule if self.works else None
        return schedule.next(after, self.zone) if schedule else None

    @property
    def builtin_type(self) -> BuiltinType | None:
        """Which of the built-in agents its type names, if it names one."""
        return BuiltinType(self.agent_type) if self.agent_type in frozenset(BuiltinType) else None


class AgentChange(AgentSettings):
    """What may be changed of an agent; what is absent stays."""

    project: Label | None = None
    type: Label | None = None


class Agent(Model):
    """Something that does work. `id` is derived from its organisation and name: 24 hex digits."""

    id: str
    name: Name
    project: str
    type: str | None = None
    created_at: Moment
    updated_at: Moment


class AgentDetail(Agent, AgentSettings):
    """An agent, how it is run, and when its schedule comes next."""

    next_run_at: Moment | None = None


class ChangedAgent(AgentDetail):
    """An agent after a change. `secret`, shown once, is given when the change made one: requests are signed with it."""

    secret: str | None = None


class IssuedSecret(Model):
    """The secret that an agent's requests are signed with, shown once; null when an idempotent repeat is answered."""

    agent_id: str
    secret: str | None


class NewVersion(Model):
    """A version as it is announced."""

    version: Name
    cluster: Label | None = None
    tools: _Names = ()
    models: _Names = ()
    deployment: Label | None = None


class Version(NewVersion):
    """A version of an agent."""

    agent_id: str
    created_at: Moment
