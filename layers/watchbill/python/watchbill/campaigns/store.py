"""Campaigns in the table, and beside them which of them each agent has, by when they were changed.

An agent's list follows from its campaigns: whatever changes a campaign moves it there in the same transaction.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from watchbill.campaigns.models import Campaign
from watchbill.platform import clock, keys
from watchbill.platform.items import REVISION, Item
from watchbill.platform.keys import Key
from watchbill.platform.table import Table
from watchbill.platform.writes import Check, Create, Delete, Put, Replace, Write

_READ_AT_ONCE = 25


@dataclass(frozen=True, slots=True)
class Stored:
    """A campaign as it was read."""

    campaign: Campaign
    revision: int


class CampaignStore:
    """One organisation's campaigns."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._organisation = table.organisation

    def campaign(self, campaign_id: str) -> Stored | None:
        """A campaign, or None."""
        item = self._table.get(self._key(campaign_id))
        return _to_stored(item) if item else None

    def campaigns(self, before: str | None = None, page_size: int = _READ_AT_ONCE) -> Iterator[Campaign]:
        """Campaigns, newest first, behind the one with the id `before`, read as they are taken."""
        behind = self._key(before).sk if before else None
        partition = keys.CAMPAIGN.partition(self._organisation)
        for stored in self._table.query(partition, before=behind, descending=True, page_size=page_size):
            yield _to_stored(stored.item).campaign

    def campaigns_of(self, campaign_ids: Iterable[str]) -> Iterator[Stored]:
        """Those of the campaigns that exist, in the order of the ids, read as they are taken."""
        wanted = iter(campaign_ids)
        while chunk := [self._key(campaign_id) for campaign_id in islice(wanted, _READ_AT_ONCE)]:
            found = self._table.get_many(chunk)
            yield from (_to_stored(found[key]) for key in chunk if key in found)

    def of_agent(self, agent_id: str, behind: tuple[str, str] | None = None) -> Iterator[Stored]:
        """The campaigns an agent is linked to, the one changed last first, read as they are taken.

        They are those behind an instant of change and an id, if these are given. One that is changed meanwhile comes as
        it is then, once at most.
        """
        met: set[str] = set()
        for stored in self.campaigns_of(self.listed(agent_id, behind=behind)):
            if agent_id in stored.campaign.agents and stored.campaign.id not in met:
                met.add(stored.campaign.id)
                yield stored

    def listed(
        self, agent_id: str, page_size: int | None = _READ_AT_ONCE, behind: tuple[str, str] | None = None
    ) -> Iterator[str]:
        """The ids of the campaigns in an agent's list, the one changed last first: those behind an instant and id."""
        partition = keys.AGENT_CAMPAIGN.partition(self._organisation, agent_id)
        before = keys.AGENT_CAMPAIGN(self._organisation, agent_id, *behind).sk if behind else None
        for stored in self._table.query(partition, descending=True, before=before, page_size=page_size):
            yield (keys.AGENT_CAMPAIGN.parse(stored.key) or {})["campaign"]

    def create(self, campaign: Campaign) -> None:
        """Store a new campaign. Raises AlreadyExists."""
        self._table.transact(self.creation(campaign))

    def replace(self, before: Stored, after: Campaign) -> None:
        """Store a campaign over the one that was read. Raises Changed."""
        self._table.transact(self.replacement(before, after))

    def remove(self, stored: Stored) -> None:
        """Forget a campaign as it was read; what was done for it stays. Raises Changed."""
        entries = [Delete(key) for key in self._entries(stored.campaign)]
        self._table.transact([Delete(self._key(stored.campaign.id), stored.revision), *entries])

    def creation(self, campaign: Campaign) -> list[Write]:
        """What creates a campaign, for a transaction."""
        entries = [Put(key, {}) for key in self._entries(campaign)]
        return [Create(self._key(campaign.id), _from_campaign(campaign) | {REVISION: 1}), *entries]

    def presence(self, campaign_id: str) -> Write:
        """What asks, in a transaction, that a campaign is there."""
        return Check(self._key(campaign_id))

    def replacement(self, before: Stored, after: Campaign) -> list[Write]:
        """What puts a campaign in the place of the one that was read, for a transaction."""
        there, here = self._entries(before.campaign), self._entries(after)
        gone: list[Write] = [Delete(key) for key in there if key not in here]
        come = [Put(key, {}) for key in here if key not in there]
        return [Replace(self._key(after.id), _from_campaign(after), before.revision), *gone, *come]

    def _entries(self, campaign: Campaign) -> dict[Key, None]:
        updated = clock.to_text(campaign.updated_at)
        return dict.fromkeys(
            keys.AGENT_CAMPAIGN(self._organisation, agent, updated, campaign.id) for agent in campaign.agents
        )

    def _key(self, campaign_id: str) -> Key:
        return keys.CAMPAIGN(self._organisation, campaign_id)


def _from_campaign(campaign: Campaign) -> Item:
    return {"campaign": campaign.model_dump_json(exclude_defaults=True)}


def _to_stored(item: Item) -> Stored:
    return Stored(Campaign.model_validate_json(item["campaign"]), item[REVISION])
