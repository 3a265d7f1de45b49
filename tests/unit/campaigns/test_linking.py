"""Linking agents and campaigns in any order: every agent's list says what the campaigns say."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.support.memory_table import MemoryTable
from tests.unit.campaigns.demo import NOW, campaign
from watchbill.campaigns import rules
from watchbill.campaigns.models import MOST_AGENTS, Campaign, CampaignChange
from watchbill.campaigns.store import CampaignStore
from watchbill.platform import keys
from watchbill.platform.table import AlreadyExists, Changed
from watchbill.platform.writes import MOST_WRITES

AGENTS = ["ada", "grace", "a#1"]
CAMPAIGNS = ["01", "02", "03", "04"]


class Links(RuleBasedStateMachine):
    """Campaigns are made, changed, linked, unlinked and removed; `there` is what each should be."""

    def __init__(self) -> None:
        super().__init__()
        self.table = MemoryTable()
        self.store = CampaignStore(self.table)
        self.there: dict[str, Campaign] = {}
        self.now = NOW

    @rule(seconds=st.integers(-1, 2))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(campaign_id=st.sampled_from(CAMPAIGNS), agents=st.lists(st.sampled_from(AGENTS), unique=True))
    def make(self, campaign_id: str, agents: list[str]) -> None:
        made = campaign(id=campaign_id, agents=tuple(agents), created_at=self.now, updated_at=self.now)
        if campaign_id in self.there:
            with pytest.raises(AlreadyExists):
                self.store.create(made)
        else:
            self.store.create(made)
            self.there[campaign_id] = made

    @precondition(lambda self: self.there)
    @rule(data=st.data(), agent=st.sampled_from(AGENTS))
    def link(self, data: st.DataObject, agent: str) -> None:
        self._change(data, lambda there: rules.linked(there, agent, self.now))

    @precondition(lambda self: self.there)
    @rule(data=st.data(), agent=st.sampled_from(AGENTS))
    def unlink(self, data: st.DataObject, agent: str) -> None:
        self._change(data, lambda there: rules.unlinked(there, agent, self.now))

    @precondition(lambda self: self.there)
    @rule(data=st.data(), name=st.sampled_from(["Summer", "Winter"]))
    def rename(self, data: st.DataObject, name: str) -> None:
        self._change(data, lambda there: rules.changed(there, CampaignChange(name=name), self.now))

    @precondition(lambda self: self.there)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        campaign_id = data.draw(st.sampled_from(sorted(self.there)))
        stored = self.store.campaign(campaign_id)
        assert stored is not None
        self.store.remove(stored)
        del self.there[campaign_id]
        with pytest.raises(Changed):
            self.store.replace(stored, stored.campaign)

    @invariant()
    def every_agents_list_says_what_the_campaigns_say(self) -> None:
        for agent in AGENTS:
            expected = [one for one in self.there.values() if agent in one.agents]
            expected.sort(key=lambda one: (one.updated_at, one.id), reverse=True)
            assert [stored.campaign for stored in self.store.of_agent(agent)] == expected
            assert list(self.store.listed(agent)) == [one.id for one in expected]

    @invariant()
    def campaigns_are_listed_newest_first(self) -> None:
        assert list(self.store.campaigns()) == [self.there[one] for one in sorted(self.there, reverse=True)]

    def _change(self, data: st.DataObject, change: Any) -> None:
        campaign_id = data.draw(st.sampled_from(sorted(self.there)))
        stored = self.store.campaign(campaign_id)
        assert stored is not None
        after = change(stored.campaign)
        assert change(after) is after
        self.store.replace(stored, after)
        if after is not stored.campaign:
            with pytest.raises(Changed):
                self.store.replace(stored, after)
        self.there[campaign_id] = after


TestLinks = Links.TestCase
TestLinks.settings = settings(max_examples=60, stateful_step_count=25)


def test_a_campaign_that_is_changed_while_a_list_is_read_comes_once_as_it_is_then() -> None:
    store = CampaignStore(table := MemoryTable())
    store.create(campaign(id="01", agents=("ada",)))

    def meanwhile() -> Iterator[str]:
        yield from store.listed("ada")
        stored = store.campaign("01")
        assert stored is not None
        store.replace(stored, rules.changed(stored.campaign, CampaignChange(name="Winter"), NOW + timedelta(days=1)))
        yield from store.listed("ada")

    reader = CampaignStore(table)
    reader.listed = lambda *_, **__: meanwhile()  # type: ignore[method-assign]

    assert [stored.campaign.name for stored in reader.of_agent("ada")] == ["Winter"]


def test_a_campaign_that_was_changed_since_it_was_read_is_not_removed() -> None:
    store = CampaignStore(table := MemoryTable())
    store.create(campaign(agents=("ada",)))
    stored = store.campaign("01")
    assert stored is not None
    store.replace(stored, rules.linked(stored.campaign, "grace", NOW + timedelta(days=1)))
    before = dict(table.items)

    with pytest.raises(Changed):
        store.remove(stored)

    assert table.items == before


def test_an_entry_that_leads_nowhere_is_passed_over() -> None:
    table = MemoryTable()
    store = CampaignStore(table)
    store.create(campaign(id="01", agents=("grace",)))
    table.put(keys.AGENT_CAMPAIGN("demo", "ada", "2026-06-01T12:00:00.000Z", "01"), {})
    table.put(keys.AGENT_CAMPAIGN("demo", "ada", "2026-06-01T12:00:00.000Z", "02"), {})

    assert list(store.of_agent("ada")) == []


def test_a_campaign_has_so_many_agents_that_a_change_of_all_fits_into_a_transaction() -> None:
    store = CampaignStore(MemoryTable())
    there = campaign(agents=())
    for number in range(MOST_AGENTS):
        there = rules.linked(there, f"agent-{number}", NOW)
    store.create(there)
    stored = store.campaign(there.id)
    assert stored is not None
    after = rules.changed(there, CampaignChange(name="Winter"), NOW + timedelta(seconds=1))

    with pytest.raises(rules.NotAllowed, match="at most 40 agents"):
        rules.linked(there, "one more", NOW)
    assert rules.linked(there, "agent-7", NOW) is there
    assert len(store.replacement(stored, after)) <= MOST_WRITES


def test_what_is_kept_comes_back_as_it_was() -> None:
    store = CampaignStore(MemoryTable())
    made = campaign(
        description="Two lines\nof it",
        goals=[{"reach": None, "clicks": 1.5}, "sell"],
        targeting={"age": None, "places": ["Köln", "#1"]},
        budget=1234.5678901234,
        start_date=NOW,
        end_date=NOW,
        agents=("ada",),
    )

    store.create(made)

    stored = store.campaign(made.id)
    assert stored is not None
    assert stored.campaign == made
