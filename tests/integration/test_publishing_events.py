"""At its time an event's content is published by the accounts of its channels, and the event knows what came of it."""

from datetime import timedelta

import pytest

from tests.integration.client.server import Reply
from tests.support.authorization_server import authority
from tests.support.bus import Bus, work
from tests.support.moments import Calendar
from tests.support.platforms import Mishap, Platforms
from tests.support.social import Social, configure
from tests.support.steps import EVENTS, get
from watchbill.platform import clock
from watchbill.platform.clock import frozen_at
from watchbill.platform.queue import Queue
from watchbill.services import services

SESSION = "session-1"


@pytest.fixture
def platforms(service, key, channels):
    """X, by which an account is connected in a session."""
    platforms = Platforms()
    with authority(platforms.answer) as server:
        configure("twitter", server.url)
        platforms.url = server.url
        platforms.social = Social(service, key, server, Bus(service))
        yield platforms
    assert platforms.wrong == []


@pytest.fixture
def calendar(service, key, platforms):
    return Calendar(service, key, Bus(service))


def settle(calendar):
    """Let events, posts and what is known of those follow from each other."""
    going_on = True
    while going_on:
        calendar.settle()
        going_on = bool(work(calendar.service, "social_worker", Queue.SOCIAL))


def publish(calendar, *channels, **fields):
    """An event whose time has come, as it is afterwards."""
    metadata = {"channels": list(channels)}
    at = clock.to_text(clock.now())
    event = calendar.plan(startTime=at, sessionId=SESSION, metadata=metadata, **fields)
    settle(calendar)
    return get(calendar.service, calendar.key, f"{EVENTS}/{event}")


def test_an_event_s_content_is_published_and_the_event_completed_with_the_post_s_id(calendar, platforms):
    account = platforms.social.connect("twitter")["id"]

    event = publish(calendar, "twitter", content={"text": "Pan recién hecho"})
    calendar.sweep()

    (post,) = platforms.posts
    (publication,) = event["publications"]
    assert (post["text"], event["status"]) == ("Pan recién hecho", "completed")
    assert (publication["status"], publication["postId"]) == ("published", post["id"])
    assert publication["postUrl"].endswith(post["id"])
    (kept,) = platforms.social.ask("GET", "posts").json["items"]
    assert (kept["accountId"], kept["id"]) == (account, publication["id"])
    assert kept["origin"] == {"eventId": event["id"], "occurrence": "", "channel": "twitter"}


def test_where_there_is_no_account_the_event_stays_open_and_says_what_to_do(calendar, platforms):
    event = publish(calendar, "twitter", "newsletter")

    assert event["status"] == "in_progress"
    said = {one["channel"]: (one["status"], one["error"]) for one in event["publications"]}
    assert {status for status, _ in said.values()} == {"no_account"}
    assert "POST /api/social/auth/twitter/initiate" in said["twitter"][1]
    assert said["newsletter"][1] == "nothing can be published on 'newsletter'"


def test_what_a_platform_refuses_is_said_by_the_event_in_its_words(calendar, platforms):
    platforms.social.connect("twitter")
    platforms.mishaps.append(Mishap("POST", "/2/tweets", Reply(403, {"detail": "You said that before"})))

    event = publish(calendar, "twitter")
    too_long = publish(calendar, "twitter", content={"text": "x" * 281})
    empty = publish(calendar, "twitter", content={"text": " "})

    (refused,), (long,), (nothing,) = (one["publications"] for one in (event, too_long, empty))
    assert (event["status"], refused["status"]) == ("in_progress", "failed")
    assert refused["error"] == "You said that before"
    assert "X takes 280 characters" in long["error"]
    assert "a post has a text" in nothing["error"]
    failed = [one["detail"]["error"] for one in calendar.told if one["detail-type"] == "publication_failed"]
    assert len(failed) == 3


def test_an_order_that_comes_again_publishes_once_also_when_its_account_is_gone_meanwhile(calendar, platforms):
    account = platforms.social.connect("twitter")["id"]
    channels, orders = services("demo").moments._publisher, []
    publish_once = channels.publish

    def die(order):
        orders.append(order)
        publish_once(order)
        raise KeyboardInterrupt

    channels.publish = die
    at = clock.now() + timedelta(hours=1)
    calendar.plan(startTime=clock.to_text(at), sessionId=SESSION, metadata={"channels": ["twitter"]})
    with frozen_at(at), pytest.raises(KeyboardInterrupt):
        calendar.sweep()
    channels.publish = publish_once
    platforms.social.ask("POST", "disconnect", {"accountId": account})

    again = [channels.publish(order) for order in orders * 2]

    assert again == [None, None]
    assert len(platforms.social.ask("GET", "posts").json["items"]) == 1
