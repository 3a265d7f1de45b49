"""Which campaign an agent works for, and the one that is made for an agent that has none."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.unit.campaigns.demo import NOW, campaign
from watchbill.campaigns import rules
from watchbill.campaigns.models import Campaign, CampaignStatus, CampaignType

ACTIVE, PAUSED, DRAFT = CampaignStatus.ACTIVE, CampaignStatus.PAUSED, CampaignStatus.DRAFT


@pytest.mark.parametrize(
    ("agent_type", "expected"),
    [
        ("CONTENT_CREATOR", CampaignType.CONTENT_MARKETING),
        ("COPYWRITER", CampaignType.CONTENT_MARKETING),
        ("writer_agent", CampaignType.CONTENT_MARKETING),
        ("SOCIAL_MEDIA_MANAGER", CampaignType.SOCIAL_MEDIA),
        ("Social media manager", CampaignType.SOCIAL_MEDIA),
        ("social-media-manager", CampaignType.SOCIAL_MEDIA),
        ("SocialMediaManager", CampaignType.SOCIAL_MEDIA),
        ("EMAIL_MARKETER", CampaignType.EMAIL),
        ("SEO_SPECIALIST", CampaignType.SEO),
        ("PERFORMANCE_OPTIMIZER", CampaignType.PPC),
        ("OUTREACH_MANAGER", CampaignType.AFFILIATE),
        ("CUSTOMER_SUPPORT", CampaignType.PR),
        ("TREND_ANALYZER", CampaignType.INTEGRATED),
        ("AUDIENCE_RESEARCHER", CampaignType.INTEGRATED),
        ("scoring_agent", CampaignType.INTEGRATED),
        ("", CampaignType.INTEGRATED),
        (None, CampaignType.INTEGRATED),
    ],
)
def test_an_agents_type_says_what_kind_of_campaign_it_works_for(agent_type: str | None, expected: CampaignType) -> None:
    assert rules.campaign_type_of(agent_type) is expected


def test_an_agent_works_for_the_active_campaign_that_was_changed_last() -> None:
    found = [campaign(id="1", held=PAUSED), campaign(id="2"), campaign(id="3", held=ACTIVE), campaign(id="4")]

    chosen = rules.preferred(found, NOW)

    assert chosen is not None
    assert chosen.id == "3"


def test_without_an_active_one_it_works_for_the_scheduled_campaign_that_was_changed_last() -> None:
    ended = campaign(id="1", held=ACTIVE, end_date=NOW)
    found = [ended, campaign(id="2"), campaign(id="3", start_date=NOW + timedelta(days=1))]

    chosen = rules.preferred(found, NOW)

    assert chosen is not None
    assert chosen.id == "2"


def test_it_works_for_no_campaign_that_is_neither() -> None:
    assert rules.preferred([campaign(held=PAUSED), campaign(held=DRAFT)], NOW) is None
    assert rules.preferred([], NOW) is None


def test_no_more_campaigns_are_read_than_it_takes() -> None:
    taken: list[int] = []

    def many() -> Iterator[Campaign]:
        while len(taken) < 1_000:
            taken.append(1)
            yield campaign(held=ACTIVE if len(taken) == 3 else PAUSED)

    assert rules.preferred(many(), NOW) is not None
    assert len(taken) == 3

    assert rules.preferred(many(), NOW) is None
    assert len(taken) == 3 + rules.MOST_CONSIDERED


def test_the_campaign_made_for_an_agent_is_active_and_named_after_it() -> None:
    made = rules.automatic("Ada", "copywriter", "agent-1", "01", NOW)

    assert (made.name, made.agents) == ("Ada Campaign", ("agent-1",))
    assert made.campaign_type is CampaignType.CONTENT_MARKETING
    assert rules.status_at(made, NOW) is ACTIVE


def test_the_longest_of_names_leaves_room_for_what_it_is() -> None:
    made = rules.automatic("a" * 190 + " " + "b" * 9, None, "agent-1", "01", NOW)

    assert made.name == "a" * 190 + " Campaign"
    assert Campaign.model_validate(made.model_dump()) == made
