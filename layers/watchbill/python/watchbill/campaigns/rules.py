"""Where a campaign is, what changes of it, and which one an agent works for. Pure."""

from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import Any

from watchbill.campaigns.models import (
    BACKWARDS,
    MOST_AGENTS,
    Campaign,
    CampaignChange,
    CampaignQuery,
    CampaignStatus,
    CampaignType,
    NewCampaign,
)
from watchbill.campaigns.views import ShownCampaign

MOST_CONSIDERED = 200
"""So many of an agent's campaigns, those changed last, are looked at to find the one it works for."""

_SET_BY_HAND = (CampaignStatus.DRAFT, CampaignStatus.COMPLETED, CampaignStatus.ARCHIVED)
_TYPES = {
    "CONTENTCREATOR": CampaignType.CONTENT_MARKETING,
    "COPYWRITER": CampaignType.CONTENT_MARKETING,
    "WRITERAGENT": CampaignType.CONTENT_MARKETING,
    "SOCIALMEDIAMANAGER": CampaignType.SOCIAL_MEDIA,
    "EMAILMARKETER": CampaignType.EMAIL,
    "SEOSPECIALIST": CampaignType.SEO,
    "PERFORMANCEOPTIMIZER": CampaignType.PPC,
    "OUTREACHMANAGER": CampaignType.AFFILIATE,
    "CUSTOMERSUPPORT": CampaignType.PR,
}
_AUTOMATIC = " Campaign"
_LONGEST_NAME = 200


class NotAllowed(Exception):
    """The wish is well-formed, but not allowed as things are; the message says why."""


class Backwards(Exception):
    """A change would have a campaign end before it starts."""


def status_at(campaign: Campaign, now: datetime) -> CampaignStatus:
    """Where a campaign is at an instant: what was set by hand, as far as the clock has not moved it on."""
    if campaign.held in _SET_BY_HAND:
        return CampaignStatus(campaign.held)
    if campaign.end_date is not None and campaign.end_date <= now:
        return CampaignStatus.COMPLETED
    if campaign.held is not None:
        return CampaignStatus(campaign.held)
    started = campaign.start_date is not None and campaign.start_date <= now
    return CampaignStatus.ACTIVE if started else CampaignStatus.SCHEDULED


def shown(campaign: Campaign, now: datetime) -> ShownCampaign:
    """A campaign as it is answered."""
    facts = {name: value for name, value in campaign if name != "held"}
    return ShownCampaign(**facts, status=status_at(campaign, now))


def campaign(wish: NewCampaign, agents: Iterable[str], campaign_id: str, now: datetime) -> Campaign:
    """A new campaign for agents, by their ids."""
    facts = {name: value for name, value in wish if name not in ("status", "agents")}
    linked = tuple(dict.fromkeys(agents))
    return Campaign(**facts, held=_held(wish.status), id=campaign_id, agents=linked, created_at=now, updated_at=now)


def changed(there: Campaign, change: CampaignChange, now: datetime) -> Campaign:
    """A campaign with what the change names; itself when that is as it was.

    Raises NotAllowed while it stays archived, Backwards.
    """
    given = change.given
    if "status" in given:
        given["held"] = _held(given.pop("status"))
    after = _with(there, given, now)
    if after is not there and after.held is CampaignStatus.ARCHIVED:
        _check_open(there)
    if after.backwards:
        raise Backwards(BACKWARDS)
    return after


def linked(there: Campaign, agent_id: str, now: datetime) -> Campaign:
    """A campaign with an agent linked to it; itself when it was. Raises NotAllowed."""
    if agent_id in there.agents:
        return there
    _check_open(there)
    if len(there.agents) >= MOST_AGENTS:
        raise NotAllowed(f"a campaign has at most {MOST_AGENTS} agents")
    return _with(there, {"agents": (*there.agents, agent_id)}, now)


def unlinked(there: Campaign, agent_id: str, now: datetime) -> Campaign:
    """A campaign without an agent; itself when it was not linked. Raises NotAllowed."""
    if agent_id not in there.agents:
        return there
    _check_open(there)
    return _with(there, {"agents": tuple(one for one in there.agents if one != agent_id)}, now)


def campaign_type_of(agent_type: str | None) -> CampaignType:
    """The type of campaign that an agent of a type works for; case, spaces and hyphens do not matter."""
    letters = "".join(character for character in (agent_type or "").upper() if character.isalnum())
    return _TYPES.get(letters, CampaignType.INTEGRATED)


def automatic(agent_name: str, agent_type: str | None, agent_id: str, campaign_id: str, now: datetime) -> Campaign:
    """The campaign that is made for an agent which has none."""
    return Campaign(
        id=campaign_id,
        name=agent_name[: _LONGEST_NAME - len(_AUTOMATIC)].rstrip() + _AUTOMATIC,
        campaign_type=campaign_type_of(agent_type),
        held=CampaignStatus.ACTIVE,
        agents=(agent_id,),
        created_at=now,
        updated_at=now,
    )


def preferred(campaigns: Iterable[Campaign], now: datetime) -> Campaign | None:
    """Of an agent's campaigns the one it works for: the first that is active, else the first scheduled, else None.

    No more of them are taken than it needs, and never more than `MOST_CONSIDERED`.
    """
    scheduled: Campaign | None = None
    for one in islice(campaigns, MOST_CONSIDERED):
        status = status_at(one, now)
        if status is CampaignStatus.ACTIVE:
            return one
        if status is CampaignStatus.SCHEDULED and scheduled is None:
            scheduled = one
    return scheduled


def asked_for(campaign: ShownCampaign, query: CampaignQuery) -> bool:
    """Whether a campaign is of the status and type that are asked for."""
    return query.status in (None, campaign.status) and query.type in (None, campaign.campaign_type)


def _held(status: CampaignStatus | None) -> CampaignStatus | None:
    # A campaign that is to be scheduled is where its dates say.
    return None if status is CampaignStatus.SCHEDULED else status


def _check_open(there: Campaign) -> None:
    if there.held is CampaignStatus.ARCHIVED:
        raise NotAllowed("the campaign is archived: give it another status first")


def _with(there: Campaign, given: dict[str, Any], now: datetime) -> Campaign:
    after = there.model_copy(update=given)
    # Clocks of machines differ: a campaign never looks older than it was.
    return there if after == there else after.model_copy(update={"updated_at": max(now, there.updated_at)})
