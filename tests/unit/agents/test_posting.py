"""When content goes out: at the asked time, or at an hour that suits the channel on the user's clock."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbill.agents.posting import fillable, instant_of, posts, title_of
from watchbill.decisions.models import Channel

MADRID, TOKYO = ZoneInfo("Europe/Madrid"), ZoneInfo("Asia/Tokyo")
FRIDAY = datetime(2026, 3, 27, 12, tzinfo=UTC)


def local(post, zone=MADRID):
    return post.at.astimezone(zone).strftime("%a %d %H:%M")


@pytest.mark.parametrize(
    ("channel", "zone", "when"),
    [
        (Channel.INSTAGRAM, MADRID, "Fri 27 18:00"),
        (Channel.FACEBOOK, MADRID, "Sat 28 13:00"),
        (Channel.LINKEDIN, MADRID, "Mon 30 09:00"),
        (Channel.TWITTER, TOKYO, "Sat 28 09:00"),
        (Channel.TIKTOK, TOKYO, "Sat 28 19:00"),
    ],
)
def test_content_goes_out_at_the_next_hour_of_its_channel(channel, zone, when):
    (post,) = posts([channel], None, FRIDAY, zone)

    assert (local(post, zone), post.channels) == (when, (channel,))


def test_every_channel_has_an_event_of_its_own_once():
    found = posts([Channel.TIKTOK, Channel.INSTAGRAM, Channel.TIKTOK], date(2026, 3, 30), FRIDAY, MADRID)

    assert [(post.name, local(post)) for post in found] == [
        ("tiktok", "Mon 30 19:00"),
        ("instagram", "Mon 30 18:00"),
    ]


def test_an_asked_time_is_kept_for_all_channels_together():
    at = instant_of("2026-03-30T07:15", MADRID)

    (post,) = posts([Channel.TIKTOK, Channel.LINKEDIN], at, FRIDAY, MADRID)

    assert post.at == datetime(2026, 3, 30, 5, 15, tzinfo=UTC)
    assert len(post.channels) == 2


@given(
    st.sampled_from([*Channel, None]),
    st.integers(0, 3_000_000).map(lambda minutes: FRIDAY + timedelta(minutes=minutes)),
    st.sampled_from([MADRID, TOKYO, ZoneInfo("America/New_York"), ZoneInfo("Pacific/Chatham")]),
    st.none() | st.integers(-3, 40),
)
def test_content_never_goes_out_in_the_past_nor_far_from_what_was_asked(channel, now, zone, ahead):
    day = None if ahead is None else now.astimezone(zone).date() + timedelta(days=ahead)

    (post,) = posts([channel] if channel else [], day, now, zone)

    assert post.at > now
    assert post.at - now < timedelta(days=max(4, (ahead or 0) + 2))
    assert post.at.astimezone(zone).minute == 0
    if day and day > now.astimezone(zone).date():
        assert post.at.astimezone(zone).date() == day


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-03-30", date(2026, 3, 30)),
        (" 2026-03-30T18:00:00Z", datetime(2026, 3, 30, 18, tzinfo=UTC)),
        ("2026-03-30 18:00+02:00", datetime(2026, 3, 30, 16, tzinfo=UTC)),
        ("2026-03-28T18:00", datetime(2026, 3, 28, 17, tzinfo=UTC)),
    ],
)
def test_a_time_without_a_zone_is_the_user_s(text, instant):
    assert instant_of(text, MADRID) == instant


@pytest.mark.parametrize("text", ["tomorrow", "2026-13-01", "", "18:00"])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        instant_of(text, MADRID)


PLAN = [
    "what somebody else planned",
    {"contentType": "post"},
    {"eventId": "filled", "contentType": "video", "content": "Hello"},
    {"eventId": "post", "type": "post", "channels": ["instagram"]},
    {"eventId": "video", "contentType": "Video"},
]


@pytest.mark.parametrize(("kind", "events"), [("video", ["video"]), ("post", ["post"]), ("story", ["post", "video"])])
def test_content_may_fill_planned_items_of_its_kind_or_else_any(kind, events):
    assert [item.event_id for item in fillable(PLAN, kind)] == events


@pytest.mark.parametrize("plan", [[], None, "plan", [1], {"a": 1}])
def test_a_plan_without_items_has_nothing_to_fill(plan):
    assert fillable(plan, "post") == []


@given(st.text(max_size=300))
def test_a_title_is_one_line(text):
    title = title_of(text)

    assert len(title) <= 80
    assert title == title.strip()
    assert title.isprintable()
