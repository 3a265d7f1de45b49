"""What is asked for in a conversation gets published at its time, and those who plan it are reminded."""

from datetime import UTC, datetime, timedelta

import pytest

from infra.local.processes import wait_until
from tests.support.emulated_alerts import Alerts
from tests.support.receiver import receiving
from tests.support.running_stack import COLD_SECONDS, Caller
from tests.support.watching import Watcher

SESSION = "a-campaign-of-ours"
ADDRESS = "campaigns@example.com"
AHEAD = timedelta(seconds=6)
WAYS = ("notification", "email", "webhook")
SAID = "Quiero una campaña en Twitter de una semana para vender más pan de masa madre"


@pytest.fixture(scope="module")
def us(stack, caller):
    """An organisation of its own, at the front door, behind which sockets are."""
    visitor = Caller(stack.url, caller("campaigners").key)
    yield visitor
    visitor.close()


def subscribe(us, channel, target):
    return us.post("/api/alerts/subscriptions", {"channel": channel, "target": target, "kinds": ["event-reminder"]})


def planned(us, campaign, kind):
    """The first event of a kind that a campaign has in the calendar."""
    return us.get(f"/api/calendar/events?campaignId={campaign}&type={kind}&limit=500")["items"][0]


def move(us, event, start):
    us.call("PATCH", f"/api/calendar/events/{event['id']}", {"startTime": start.isoformat()}).raise_for_status()


def test_a_campaign_made_by_chat_is_published_at_its_time_and_its_milestone_reminds(stack, us, other_platforms):
    other_platforms.connect(us, "twitter", SESSION)
    alerts = Alerts(stack)
    with receiving() as receiver, Watcher(us, SESSION) as watcher:
        hook = subscribe(us, "webhook", receiver.url)
        subscribe(us, "email", ADDRESS)
        us.post("/api/chat", {"message": SAID, "context": {"sessionId": SESSION, "negocio": "Panadería"}})
        response = watcher.until("chat_response")
        plan = next(one["result"] for one in response["results"] if one["agent"] == "campaign-agent")
        post, milestone = (planned(us, plan["campaignId"], kind) for kind in ("content_publish", "campaign_milestone"))
        at = datetime.now(UTC) + AHEAD
        move(us, post, at)
        move(us, milestone, at + timedelta(minutes=milestone["reminders"][0]["minutes"]))
        reminded = watcher.until("event_reminder")
        now = lambda: us.get(f"/api/calendar/events/{post['id']}")  # noqa: E731
        assert wait_until(lambda: now()["status"] == "completed", COLD_SECONDS), now()
        assert wait_until(lambda: receiver.seen and alerts.mails_to(ADDRESS), COLD_SECONDS)

    (publication,) = now()["publications"]
    (there,) = (one for one in other_platforms.platforms.posts if one["id"] == publication["postId"])
    assert (publication["channel"], there["text"]) == ("twitter", post["content"]["text"])
    assert datetime.fromisoformat(now()["completedAt"]) >= at.replace(microsecond=0)
    assert {each["type"] for each in milestone["reminders"]} == set(WAYS)
    assert reminded["eventId"] == milestone["id"]
    (payload,) = receiver.verified(hook["secret"])
    assert payload["data"]["eventId"] == milestone["id"]
    (mail,) = alerts.mails_to(ADDRESS)
    assert milestone["title"] in mail["Subject"]
