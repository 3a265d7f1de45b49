"""At the time of an event people are reminded of it in every way there is, once, by the stack's own scheduler."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from websockets.sync.client import connect

from infra.local.processes import wait_until
from tests.support.emulated_alerts import Alerts
from tests.support.receiver import receiving
from tests.support.running_stack import Caller

ARRIVAL_SECONDS = 60
"""Cold functions, on a machine that is busy; behind that the minute's function would have found it too."""
AHEAD = timedelta(seconds=8)
SESSION = "tasting"


@pytest.fixture(scope="module")
def us(stack, caller):
    """An organisation of its own, at the front door, behind which sockets are."""
    visitor = Caller(stack.url, caller("planners").key)
    yield visitor
    visitor.close()


@pytest.fixture
def socket(us):
    """Somebody in the calendar's room and in the event's session."""
    ticket = us.post("/api/realtime/tickets", {})
    with connect(f"{ticket['url']}?ticket={ticket['ticket']}", proxy=None) as opened:
        opened.send(json.dumps({"action": "join_room", "room": "calendar"}))
        opened.send(json.dumps({"action": "join_session", "sessionId": SESSION}))
        yield opened


def reminded(socket, seconds):
    """Where and of what somebody was reminded through a socket until nothing was told for so long."""
    found = []
    while True:
        try:
            frame = json.loads(socket.recv(timeout=seconds))
        except TimeoutError:
            return found
        if frame["event"] == "event_reminder":
            found.append((frame.get("room") or frame["sessionId"], frame["data"]["title"], frame["data"]["eventId"]))
            seconds = 5


def test_people_are_reminded_live_by_mail_and_by_webhook_once(stack, us, socket):
    alerts = Alerts(stack)
    with receiving() as receiver:
        subscriptions = [("webhook", receiver.url), ("email", "planner@example.com")]
        hook, _ = (
            us.post("/api/alerts/subscriptions", {"channel": channel, "target": target, "kinds": ["event-reminder"]})
            for channel, target in subscriptions
        )
        start = datetime.now(UTC) + AHEAD
        ways = ("notification", "email", "webhook")
        event = us.post(
            "/api/calendar/events",
            {
                "title": "Tasting",
                "type": "meeting",
                "startTime": start.isoformat(),
                "sessionId": SESSION,
                "reminders": [{"minutes": 0, "type": way} for way in ways],
            },
        )
        told = reminded(socket, ARRIVAL_SECONDS)
        arrived = datetime.now(UTC)
        mails = lambda: alerts.mails_to("planner@example.com")  # noqa: E731
        assert wait_until(lambda: mails() and receiver.seen, ARRIVAL_SECONDS)
        # Whatever looks at the event again, its reminders have happened.
        us.call("PATCH", f"/api/calendar/events/{event['id']}", {"title": "The tasting"}).raise_for_status()
        again = reminded(socket, 5)

    assert arrived >= start
    assert sorted(told) == [(where, "Tasting", event["id"]) for where in ("calendar", SESSION)]
    assert again == []
    (mail,) = mails()
    assert mail["Subject"] == "[Watchbill] Now: Tasting"
    (payload,) = receiver.verified(hook["secret"])
    assert (payload["type"], payload["data"]["eventId"]) == ("event-reminder", event["id"])
