"""Campaigns: planned, moved on by the clock, changed, found, and linked to agents."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.steps import A_CAMPAIGN, CAMPAIGNS, a_campaign, get, register
from watchbill.campaigns import listing
from watchbill.campaigns.models import MOST_AGENTS, CampaignChange, NewCampaign
from watchbill.campaigns.store import CampaignStore
from watchbill.platform.clock import frozen_at
from watchbill.platform.table import Changed
from watchbill.services import services

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
JULY, AUGUST = "2026-07-01T00:00:00.000Z", "2026-08-01T00:00:00.000Z"
DAY = timedelta(days=1)


@pytest.fixture
def agent(service, key):
    return register(service, key, "ada")


def change(service, key, campaign, **fields):
    return service.request("PATCH", f"{CAMPAIGNS}/{campaign}", fields, key=key)


def link(service, key, campaign, agent, method="PUT"):
    return service.request(method, f"{CAMPAIGNS}/{campaign}/agents/{agent}", key=key)


def names(service, key, query=""):
    """The names of the campaigns that a query finds, page by page."""
    found, cursor = [], ""
    while cursor is not None:
        assert len(found) < 10, found
        page = get(service, key, f"{CAMPAIGNS}?{query}{cursor and '&cursor=' + cursor}")
        found.append([one["name"] for one in page["items"]])
        cursor = page["next_cursor"]
    return found


def test_a_campaign_is_what_was_said_of_it(service, key, agent):
    wish = {
        "name": "Summer",
        "description": "All of it.\nEverywhere.",
        "campaignType": "SEO",
        "goals": [{"metric": "clicks", "target": 1000}],
        "targeting": {"ages": [18, 35], "places": None},
        "budget": 1234.5,
        "startDate": "2026-07-01T02:00:00+02:00",
        "endDate": AUGUST,
        "agents": ["ada", agent],
    }
    with frozen_at(NOON):
        answer = service.request("POST", CAMPAIGNS, wish, key=key)
        there = get(service, key, f"{CAMPAIGNS}/{answer.json['id']}")

    assert answer.status == 201
    assert there == answer.json
    assert there == wish | {
        "id": there["id"],
        "status": "SCHEDULED",
        "startDate": JULY,
        "agents": [agent],
        "createdAt": "2026-06-01T12:00:00.000Z",
        "updatedAt": "2026-06-01T12:00:00.000Z",
    }


def test_a_campaign_needs_nothing_but_a_name(service, key):
    there = service.request("POST", CAMPAIGNS, {"name": "Summer"}, key=key).json

    unsaid = ("description", "goals", "targeting", "budget", "startDate", "endDate")
    assert (there["campaignType"], there["status"], there["agents"]) == ("INTEGRATED", "SCHEDULED", [])
    assert all(there[name] is None for name in unsaid)


def test_the_clock_moves_a_campaign_on_without_anybody_writing(service, key):
    with frozen_at(NOON):
        campaign = a_campaign(service, key, startDate=JULY, endDate=AUGUST)
    written = len(service.stream.records())

    seen = []
    for at in (NOON, NOON + 30 * DAY, NOON + 60 * DAY, NOON + 61 * DAY):
        with frozen_at(at):
            there = get(service, key, f"{CAMPAIGNS}/{campaign}")
            found = [
                status for status in ("SCHEDULED", "ACTIVE", "COMPLETED") if names(service, key, f"status={status}")[0]
            ]
            assert found == [there["status"]]
            seen.append(there["status"])

    assert seen == ["SCHEDULED", "ACTIVE", "ACTIVE", "COMPLETED"]
    assert written
    assert service.stream.records() == []


def test_a_status_is_set_by_hand_and_given_back_to_the_dates(service, key):
    with frozen_at(NOON):
        campaign = a_campaign(service, key, startDate=JULY, endDate=AUGUST, status="DRAFT")
        seen = [get(service, key, f"{CAMPAIGNS}/{campaign}")["status"]]
        seen += [change(service, key, campaign, status=one).json["status"] for one in ("ACTIVE", "PAUSED", "SCHEDULED")]
        seen += [change(service, key, campaign, status=one).json["status"] for one in ("COMPLETED", None)]

    assert seen == ["DRAFT", "ACTIVE", "PAUSED", "SCHEDULED", "COMPLETED", "SCHEDULED"]


def test_what_is_absent_stays_and_null_clears(service, key):
    campaign = a_campaign(service, key, description="All of it", startDate=JULY, targeting={"who": "all"})

    there = change(service, key, campaign, name="Autumn", budget=None, description=None, startDate=None).json

    assert (there["name"], there["budget"], there["description"], there["startDate"]) == ("Autumn", None, None, None)
    assert (there["goals"], there["targeting"]) == (A_CAMPAIGN["goals"], {"who": "all"})
    assert get(service, key, f"{CAMPAIGNS}/{campaign}") == there


def test_a_change_that_says_what_is_there_is_no_change(service, key):
    with frozen_at(NOON):
        campaign = a_campaign(service, key)
    service.stream.records()
    with frozen_at(NOON + DAY):
        same = change(service, key, campaign, **A_CAMPAIGN).json
        assert service.stream.records() == []
        other = change(service, key, campaign, budget=1).json

    assert same["updatedAt"] == "2026-06-01T12:00:00.000Z"
    assert other["updatedAt"] == "2026-06-02T12:00:00.000Z"


def test_the_dates_are_not_turned_round_by_changing_one(service, key):
    campaign = a_campaign(service, key, startDate=JULY, endDate=AUGUST)

    refused = change(service, key, campaign, startDate="2026-09-01T00:00:00Z")

    assert refused.status == 400
    assert refused.json["errors"] == [{"path": "endDate", "message": refused.json["detail"]}]
    assert change(service, key, campaign, startDate="2026-09-01T00:00:00Z", endDate=None).status == 200


def test_an_archived_campaign_is_left_alone_until_it_has_another_status(service, key, agent):
    campaign = a_campaign(service, key, status="ARCHIVED", agents=["ada"])
    register(service, key, "grace")

    refused = [
        change(service, key, campaign, name="Autumn"),
        link(service, key, campaign, "grace"),
        link(service, key, campaign, "ada", "DELETE"),
    ]

    assert [answer.status for answer in refused] == [422] * 3
    assert {answer.json["detail"] for answer in refused} == {"the campaign is archived: give it another status first"}
    assert link(service, key, campaign, "ada").status == 200
    assert change(service, key, campaign, status="PAUSED", name="Autumn").json["name"] == "Autumn"
    assert link(service, key, campaign, "grace").status == 200


def test_an_agent_is_linked_once_by_its_id_or_name(service, key, agent):
    with frozen_at(NOON):
        campaign = a_campaign(service, key)
    with frozen_at(NOON + DAY):
        first = link(service, key, campaign, "ada")
    service.stream.records()
    with frozen_at(NOON + 2 * DAY):
        again = link(service, key, campaign, agent)
    assert service.stream.records() == []

    assert (first.status, first.json["agents"], first.json["updatedAt"]) == (200, [agent], "2026-06-02T12:00:00.000Z")
    assert again.json == first.json

    removed = [link(service, key, campaign, one, "DELETE") for one in ("ada", agent)]
    assert [(answer.status, answer.text) for answer in removed] == [(204, "")] * 2
    assert get(service, key, f"{CAMPAIGNS}/{campaign}")["agents"] == []


def test_only_agents_and_campaigns_that_are_there_are_linked(service, key, agent):
    campaign = a_campaign(service, key)

    for method in ("PUT", "DELETE"):
        assert link(service, key, campaign, "nobody", method).status == 404
        assert link(service, key, "unknown", "ada", method).status == 404
    assert service.request("POST", CAMPAIGNS, A_CAMPAIGN | {"agents": ["nobody"]}, key=key).status == 404
    assert names(service, key) == [["Summer"]]


def test_a_campaign_has_a_bounded_number_of_agents(service, key):
    crew = [register(service, key, f"agent-{number}") for number in range(MOST_AGENTS + 1)]
    campaign = a_campaign(service, key, agents=crew[:-1])

    refused = link(service, key, campaign, crew[-1])
    renamed = change(service, key, campaign, name="Autumn")

    assert (refused.status, refused.json["detail"]) == (422, "a campaign has at most 40 agents")
    assert renamed.status == 200
    for one in (crew[0], crew[MOST_AGENTS - 1]):
        assert names(service, key, f"agentId={one}") == [["Autumn"]]


def test_campaigns_are_listed_newest_first_in_pages(service, key):
    for number in range(5):
        with frozen_at(NOON + number * DAY):
            a_campaign(service, key, name=f"c{number}")

    assert names(service, key, "limit=2") == [["c4", "c3"], ["c2", "c1"], ["c0"]]


def test_campaigns_are_found_by_type_status_and_agent(service, key, agent):
    for number, (kind, status) in enumerate([("SEO", None), ("PPC", "ACTIVE"), ("SEO", "ACTIVE"), ("SEO", "DRAFT")]):
        with frozen_at(NOON + number * DAY):
            a_campaign(service, key, name=f"c{number}", campaignType=kind, status=status, agents=["ada"][: number % 2])

    assert names(service, key, "type=SEO&limit=2") == [["c3", "c2"], ["c0"]]
    assert names(service, key, "status=ACTIVE&type=SEO") == [["c2"]]
    assert names(service, key, "agentId=ada&limit=1") == [["c3"], ["c1"]]
    assert names(service, key, f"agentId={agent}&status=ACTIVE") == [["c1"]]
    assert service.request("GET", f"{CAMPAIGNS}?agentId=nobody", key=key).status == 404


def test_an_agents_campaigns_are_listed_newest_first_whichever_was_changed_last(service, key, agent):
    made = []
    for number in range(3):
        with frozen_at(NOON + number * DAY):
            made.append(a_campaign(service, key, name=f"c{number}", agents=["ada"]))
    with frozen_at(NOON + 9 * DAY):
        change(service, key, made[0], budget=1)

    assert names(service, key, "agentId=ada&limit=2") == [["c2", "c1"], ["c0"]]
    by_change = [stored.campaign.name for stored in services("demo")._campaign_store.of_agent(agent)]
    assert by_change == ["c0", "c2", "c1"]


def test_looking_for_campaigns_costs_no_more_than_a_bounded_page_and_goes_on_with_the_cursor(service, key, monkeypatch):
    monkeypatch.setattr(listing, "MOST_LOOKED_AT", 2)
    for number in range(5):
        with frozen_at(NOON + number * DAY):
            a_campaign(service, key, name=f"c{number}", status="DRAFT" if number in (1, 4) else "PAUSED")

    found = names(service, key, "status=DRAFT&limit=3")

    assert found == [["c4"], ["c1"], []]


def test_a_cursor_is_of_the_list_it_came_from(service, key, agent):
    for _ in range(2):
        a_campaign(service, key, agents=["ada"])
    cursor = get(service, key, f"{CAMPAIGNS}?limit=1")["next_cursor"]

    for other in ("status=DRAFT", "type=EMAIL", "agentId=ada"):
        assert service.request("GET", f"{CAMPAIGNS}?{other}&cursor={cursor}", key=key).status == 400


def test_a_campaign_that_is_removed_is_gone_from_every_list(service, key, agent):
    campaign = a_campaign(service, key, agents=["ada"])

    removed = service.request("DELETE", f"{CAMPAIGNS}/{campaign}", key=key)

    assert (removed.status, removed.text) == (204, "")
    assert names(service, key) == names(service, key, "agentId=ada") == [[]]
    assert get(service, key, f"{CAMPAIGNS}") == {"items": [], "next_cursor": None}
    for method, body in (("GET", None), ("PATCH", {"name": "x"}), ("DELETE", None)):
        assert service.request(method, f"{CAMPAIGNS}/{campaign}", body, key=key).status == 404


def test_of_two_changes_at_once_both_are_kept(service, key, agent, monkeypatch):
    campaigns = services("demo").campaigns
    campaign = campaigns.create(NewCampaign(name="Summer")).id
    replace = CampaignStore.replace

    def others_first(store, before, after):
        monkeypatch.setattr(CampaignStore, "replace", replace)
        campaigns.link(campaign, "ada")
        return replace(store, before, after)

    monkeypatch.setattr(CampaignStore, "replace", others_first)
    changed = campaigns.amend(campaign, CampaignChange(name="Autumn"))

    assert (changed.name, changed.agents) == ("Autumn", (agent,))
    assert get(service, key, f"{CAMPAIGNS}/{campaign}")["name"] == "Autumn"


def test_a_campaign_that_others_always_change_is_a_conflict(service, key, monkeypatch):
    campaign = a_campaign(service, key)

    def never(*_):
        raise Changed(None)

    monkeypatch.setattr(CampaignStore, "replace", never)
    monkeypatch.setattr(CampaignStore, "remove", never)

    assert change(service, key, campaign, name="Autumn").status == 409
    assert service.request("DELETE", f"{CAMPAIGNS}/{campaign}", key=key).status == 409
