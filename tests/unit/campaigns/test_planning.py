"""The content of a campaign: how much, of which types, where and when, for any days, channels and clocks."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbill.campaigns.planning import LONGEST, ContentType, Item, first_day, items_of, planned, type_of
from watchbill.campaigns.strategies import StrategyKind, strategy_of
from watchbill.decisions.models import Channel

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
ZONES = ("UTC", "Europe/Madrid", "America/Santiago", "Pacific/Apia", "Asia/Kolkata", "America/New_York")
some_channels = st.lists(st.sampled_from(Channel), min_size=1, unique=True)
some_types = st.lists(st.sampled_from(ContentType), min_size=1, unique=True)
days = st.integers(1, LONGEST)
zones = st.sampled_from(ZONES).map(ZoneInfo)


@pytest.mark.parametrize(
    ("objective", "kind"),
    [
        ("brand awareness", "brand_awareness"),
        ("Que se conozca nuestra MARCA", "brand_awareness"),
        ("más reconocimiento y más ventas", "brand_awareness"),
        ("lead generation", "lead_generation"),
        ("Vender más zapatillas", "lead_generation"),
        ("subir las conversiones", "lead_generation"),
        ("boost sales of our book", "lead_generation"),
        ("hablar con nuestra comunidad", "engagement"),
        ("market leadership in salads", "engagement"),
        ("", "engagement"),
    ],
)
def test_an_objective_comes_to_a_strategy_in_both_languages(objective: str, kind: str) -> None:
    assert strategy_of(objective) == kind


@pytest.mark.parametrize(
    ("kind", "lasts", "count"),
    [
        (StrategyKind.BRAND_AWARENESS, 30, 43),
        (StrategyKind.LEAD_GENERATION, 30, 15),
        (StrategyKind.LEAD_GENERATION, 14, 7),
        (StrategyKind.ENGAGEMENT, 7, 8),
        (StrategyKind.ENGAGEMENT, 1, 2),
        (StrategyKind.BRAND_AWARENESS, LONGEST, 522),
    ],
)
def test_the_number_of_items_goes_by_the_week_and_is_rounded_up(kind: StrategyKind, lasts: int, count: int) -> None:
    assert items_of(kind, lasts) == count


def test_types_go_round_among_those_allowed() -> None:
    everything = [type_of(number, tuple(ContentType)).value for number in range(1, 13)]

    assert everything[:6] == ["post", "post", "image", "video", "story", "image"]
    assert everything[6:] == ["post", "video", "image", "story", "post", "video"]
    assert [type_of(number, (ContentType.VIDEO,)).value for number in range(1, 4)] == ["video"] * 3
    turns = [type_of(number, (ContentType.STORY, ContentType.IMAGE)) for number in range(1, 61)]
    assert set(turns) == {ContentType.STORY, ContentType.IMAGE}
    assert [type_of(number, (ContentType.POST, ContentType.VIDEO)).value for number in (3, 4, 12)] == [
        "post",
        "video",
        "video",
    ]


@given(
    st.sampled_from(StrategyKind), days, some_channels, some_types, zones, st.dates(date(2026, 1, 1), date(2030, 1, 1))
)
def test_items_are_spread_over_days_and_channels_at_hours_people_are_awake(
    kind: StrategyKind, lasts: int, channels: list[Channel], types: list[ContentType], zone: ZoneInfo, first: date
) -> None:
    count = items_of(kind, lasts)
    items = list(planned(first, lasts, count, channels, types, zone))

    assert [item.number for item in items] == list(range(1, count + 1))
    assert {item.type for item in items} <= set(types)
    local = [item.at.astimezone(zone) for item in items]
    assert all(9 <= at.hour <= 19 for at in local)
    offsets = [(at.date() - first).days for at in local]
    assert offsets == sorted(offsets)
    assert 0 <= offsets[0] <= offsets[-1] < lasts
    assert len(set(items_at(items))) == count, "no two items at once"
    spread = [sum(item.channel is channel for item in items) for channel in channels]
    assert max(spread) - min(spread) <= 1
    a_day = [offsets.count(offset) for offset in range(lasts)]
    assert max(a_day) - min(a_day) <= 1
    assert items == list(planned(first, lasts, count, channels, types, zone))


def items_at(items: list[Item]) -> list[datetime]:
    return [item.at for item in items]


@given(st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1)), zones)
def test_nothing_is_planned_for_today_or_before(wished: date | None, zone: ZoneInfo) -> None:
    tomorrow = NOON.astimezone(zone).date() + timedelta(days=1)

    first = first_day(wished, NOON, zone)

    assert first == (wished if wished and wished > tomorrow else tomorrow)
