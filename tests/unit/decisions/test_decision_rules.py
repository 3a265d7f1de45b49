"""What single rules of the decision engine make of a message: denials, quotations, aliases, amounts, days."""

from datetime import date
from decimal import Decimal

import pytest

from tests.unit.decisions.deciding import FACTS, TODAY, channels, decide
from watchbill.decisions.models import Channel, Facts, Intent, Language, Medium, Priority, Sentiment
from watchbill.decisions.rules import complexity_of, priority_of


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("quiero una campaña para mi tienda", Intent.CAMPAIGN),
        ("quiero una campana para mi tienda", Intent.CAMPAIGN),
        ("I want a campaign for my shop", Intent.CAMPAIGN),
        ("CAMPAÑAAAA para mi tienda YA", Intent.CAMPAIGN),
        ("no quiero una campaña, solo un post", Intent.SINGLE_POST),
        ("no me hagas una campaña sino un video", Intent.MEDIA_GENERATION),
        ("I don't want a video but a campaign", Intent.CAMPAIGN),
        ("instead of a campaign, make a single post", Intent.SINGLE_POST),
        ("¿por qué no hacemos una campaña?", Intent.CAMPAIGN),
        ("no olvides la campaña de navidad", Intent.CAMPAIGN),
        ("not just a post, I want a campaign", Intent.CAMPAIGN),
        ("a video for youtube", Intent.MEDIA_GENERATION),
        ("un video para youtube", Intent.MEDIA_GENERATION),
        ('crea un post que diga "mañana empieza la campaña de vacunación"', Intent.SINGLE_POST),
        ("a post about our new campaign", Intent.SINGLE_POST),
        ("an image for the campaign", Intent.MEDIA_GENERATION),
        ("a report on the campaign", Intent.ANALYSIS),
        ("a campaign report", Intent.ANALYSIS),
        ("el calendario de contenidos de enero", Intent.PLANNING),
        ("¿cómo creo una campaña?", Intent.QUESTION),
        ("how do I create a campaign?", Intent.QUESTION),
        ("can you create a campaign?", Intent.CAMPAIGN),
        ("¿cómo va mi campaña?", Intent.ANALYSIS),
        ("what is a hashtag?", Intent.QUESTION),
        ("hola, ¿qué tal?", Intent.SMALLTALK),
        ("escrive una publicasion", Intent.SINGLE_POST),
        ("a campaing for my shop", Intent.CAMPAIGN),
        ("", Intent.SMALLTALK),
    ],
)
def test_the_intent_is_what_is_wanted_not_what_is_mentioned(text: str, intent: Intent) -> None:
    assert decide(text).intent == intent


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("a post for ig and fb", {Channel.INSTAGRAM, Channel.FACEBOOK}),
        ("unas stories y un tuit", {Channel.INSTAGRAM, Channel.TWITTER}),
        ("sube esto a X", {Channel.TWITTER}),
        ("an instagram and X campaign on X and LinkedIn", {Channel.INSTAGRAM, Channel.TWITTER, Channel.LINKEDIN}),
        ("a tik tok for yt", {Channel.TIKTOK, Channel.YOUTUBE}),
        ("una campaña en instragam", {Channel.INSTAGRAM}),
        ("the next text of the context", set()),
        ("a campaign for generation x", set()),
        ("3 x 4 posts", set()),
        ("a face to face event campaign", set()),
        ("un post en instagram, no en facebook", {Channel.INSTAGRAM}),
        ("a post without twitter", set()),
        ('un post titulado "por qué dejé facebook" para linkedin', {Channel.LINKEDIN}),
    ],
)
def test_channels_are_named_by_whole_words_and_not_where_they_are_refused(text: str, named: set[Channel]) -> None:
    assert channels(text) == named


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("campaign for $1,500.50", "1500.5", "USD"),
        ("campaña con 1.200 €", "1200", "EUR"),
        ("una campaña de 15 mil pesos", "15000", None),
        ("spend 2k gbp on ads", "2000", "GBP"),
        ("presupuesto: 300", "300", None),
    ],
)
def test_a_budget_is_an_amount_with_its_currency_where_that_is_known(
    text: str, amount: str, currency: str | None
) -> None:
    budget = decide(text).entities.budget

    assert budget is not None
    assert (budget.amount, budget.currency) == (Decimal(amount), currency)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("un post para mañana", date(2026, 11, 22), date(2026, 11, 22)),
        ("a post for tomorrow", date(2026, 11, 22), date(2026, 11, 22)),
        ("un post el 15 de marzo", date(2027, 3, 15), date(2027, 3, 15)),
        ("a post on March 15th, 2028", date(2028, 3, 15), date(2028, 3, 15)),
        ("un post el lunes", date(2026, 11, 23), date(2026, 11, 23)),
        ("a campaign next week", date(2026, 11, 23), date(2026, 11, 29)),
        ("una campaña en diciembre", date(2026, 12, 1), date(2026, 12, 31)),
        ("a campaign in two weeks", date(2026, 12, 5), date(2026, 12, 5)),
        ("un post el 03/04", date(2027, 4, 3), date(2027, 4, 3)),
        ("a post for 03/04", date(2027, 3, 4), date(2027, 3, 4)),
    ],
)
def test_days_are_seen_from_the_users_day(text: str, first: date, last: date) -> None:
    (named,) = decide(text).entities.dates

    assert (named.start, named.end) == (first, last)


def test_a_day_that_no_calendar_has_is_none() -> None:
    assert decide("un post el 31 de junio").entities.dates == ()


def test_what_goes_on_for_weeks_has_a_duration() -> None:
    assert decide("a campaign for two weeks").entities.duration == 14


def test_complexity_follows_length_channels_campaign_and_history() -> None:
    one, three = (Channel.FACEBOOK,), (Channel.FACEBOOK, Channel.TIKTOK, Channel.TWITTER)

    assert complexity_of(200, (), FACTS) == 5
    assert complexity_of(201, (), FACTS) == 7
    assert complexity_of(501, (), FACTS) == 9
    assert complexity_of(10, one, FACTS) == 6
    assert complexity_of(10, three, FACTS) == 9
    assert complexity_of(10, (), Facts(today=TODAY, channels=three)) == 6
    assert complexity_of(10, (), Facts(today=TODAY, in_campaign=True)) == 7
    assert complexity_of(10, (), Facts(today=TODAY, history_length=10)) == 5
    assert complexity_of(10, (), Facts(today=TODAY, history_length=11)) == 6
    assert complexity_of(501, three, Facts(today=TODAY, in_campaign=True, history_length=11)) == 10


def test_priority_steps_at_eight_six_and_four() -> None:
    assert [priority_of(urgency) for urgency in (3, 4, 6, 8)] == [
        Priority.LOW, Priority.MEDIUM, Priority.HIGH, Priority.URGENT,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "urgency"),
    [("urge un post", 8), ("a post asap", 8), ("no es urgente, un post", 5), ("urgent care nurses", 5), ("a post", 5)],
)
def test_urgency_is_eight_on_words_that_press_unless_they_are_denied(text: str, urgency: int) -> None:
    assert decide(text).urgency == urgency


def test_resources_follow_channels_media_and_intent() -> None:
    campaign = decide("una campaña en instagram")
    video = decide("a video for youtube")

    assert set(campaign.required_resources) == {"calendar_service", "database_storage", "social_media_apis"}
    assert set(video.required_resources) == {"external_media_backend", "token_management", "social_media_apis"}
    assert set(decide("analiza mis resultados").required_resources) == {"analytics_apis", "database_queries"}
    assert video.entities.media == (Medium.VIDEO,)


def test_the_reasoning_states_confidence_and_evidence_in_the_users_language() -> None:
    spanish = decide("no quiero una campaña, solo un post en instagram")
    english = decide("I want a campaign")

    assert f"{spanish.confidence:.0%}" in spanish.reasoning
    assert "«post»" in spanish.reasoning
    assert "descartado: «campaña»" in spanish.reasoning
    assert spanish.language == Language.SPANISH
    assert english.reasoning.startswith("What is asked for is a campaign")


def test_talk_needs_no_agent() -> None:
    decision = decide("hola, gracias")

    assert (decision.primary_agent, decision.supporting_agents, decision.required_resources) == (None, (), ())


def test_praise_that_is_denied_is_blame() -> None:
    assert decide("this is great").sentiment == Sentiment.POSITIVE
    assert decide("this is not great").sentiment == Sentiment.NEGATIVE
    assert decide("a post").sentiment == Sentiment.NEUTRAL
