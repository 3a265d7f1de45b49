"""Campaigns: as wished, as changed, as kept. camelCase on the wire, as its callers have it."""

from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, JsonValue, model_validator

from watchbill.analytics.views import Range
from watchbill.platform.wire import CamelModel, Label, Model, Moment, Money, PageQuery, When, bounded

MOST_AGENTS = 40
"""Of a campaign: a change moves it in the list of each of them, in one transaction."""
BACKWARDS = "a campaign does not end before it starts: endDate lies before startDate"
_MOST_JSON, _MOST_DESCRIPTION = 8_000, 2_000


class CampaignStatus(StrEnum):
    """Where a campaign is."""

    DRAFT = "DRAFT"
    SCHEDULED = "SCHEDULED"
    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    COMPLETED = "COMPLETED"
    ARCHIVED = "ARCHIVED"


class CampaignType(StrEnum):
    """What kind of marketing a campaign is."""

    SOCIAL_MEDIA = "SOCIAL_MEDIA"
    EMAIL = "EMAIL"
    CONTENT_MARKETING = "CONTENT_MARKETING"
    SEO = "SEO"
    PPC = "PPC"
    INFLUENCER = "INFLUENCER"
    AFFILIATE = "AFFILIATE"
    EVENT = "EVENT"
    PR = "PR"
    INTEGRATED = "INTEGRATED"


Description = Annotated[str, Field(max_length=_MOST_DESCRIPTION)]
Targeting = Annotated[dict[str, JsonValue], AfterValidator(lambda value: bounded(_MOST_JSON, value))]
Goals = Annotated[dict[str, JsonValue] | list[JsonValue], AfterValidator(lambda value: bounded(_MOST_JSON, value))]


class CampaignFacts(CamelModel):
    """What a user says of a campaign. The budget is in USD; the campaign lasts from its start to before its end."""

    name: Label
    description: Description | None = None
    campaign_type: CampaignType = CampaignType.INTEGRATED
    goals: Goals | None = None
    targeting: Targeting | None = None
    budget: Money | None = None
    start_date: When | None = None
    end_date: When | None = None

    @property
    def backwards(self) -> bool:
        """Whether it would end before it starts."""
        return self.start_date is not None and self.end_date is not None and self.end_date < self.start_date


class NewCampaign(CampaignFacts):
    """The wish for a campaign, for these agents, by their ids or names. Without a status its dates say where it is."""

    status: CampaignStatus | None = None
    agents: Annotated[tuple[Label, ...], Field(max_length=MOST_AGENTS)] = ()

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.backwards:
            raise ValueError(BACKWARDS)
        return self


class CampaignChange(CamelModel):
    """What may be changed of a campaign; what is absent stays, null clears what a campaign can be without.

    The status SCHEDULED, or null, leaves it to the dates where the campaign is.
    """

    name: Label | None = None
    description: Description | None = None
    status: CampaignStatus | None = None
    campaign_type: CampaignType | None = None
    goals: Goals | None = None
    targeting: Targeting | None = None
    budget: Money | None = None
    start_date: When | None = None
    end_date: When | None = None

    @model_validator(mode="after")
    def _keeps_what_it_needs(self) -> Self:
        for name in ("name", "campaign_type"):
            if name in self.model_fields_set and getattr(self, name) is None:
                raise ValueError("a campaign always has a name and a type")
        return self

    @property
    def given(self) -> dict[str, Any]:
        """What it names, null included."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class Campaign(CampaignFacts):
    """A campaign as it is kept. `held` is the status that somebody has set, if any; `agents` are ids, as linked."""

    id: str
    held: CampaignStatus | None = None
    agents: tuple[str, ...] = ()
    created_at: Moment
    updated_at: Moment


class PerformanceQuery(Model):
    """Over which time a campaign's figures are also wanted by the hour or day, if over any."""

    range: Range | None = None


class CampaignQuery(PageQuery, CamelModel):
    """Which campaigns are listed: of a status, a type, an agent by its id or name, or all."""

    status: CampaignStatus | None = None
    type: CampaignType | None = None
    agent_id: Label | None = None
