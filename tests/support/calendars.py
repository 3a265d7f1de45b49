"""The calendar as a tour of it, for tests of what its functions need."""

from datetime import timedelta

from tests.support.service import Service
from tests.support.steps import EVENTS, MILESTONES, a_campaign, an_event, get
from tests.support.tasks import Tasks
from watchbill.platform import clock


def drive_calendar(service: Service, key: str) -> None:
    """Have an event moved, done, listed, and removed, and milestones of a campaign that says its own dates."""
    dates = {"startDate": "2026-07-01T00:00:00Z", "endDate": "2026-08-01T00:00:00Z"}
    wish = {"campaignId": a_campaign(service, key, **dates)}
    service.request("POST", MILESTONES, wish, key=key, headers={"Idempotency-Key": "milestones"})
    event = f"{EVENTS}/{an_event(service, key)['id']}"
    service.request("PATCH", event, {"startTime": "2020-06-01T09:00:00Z", "sessionId": "s"}, key=key)
    get(service, key, f"{EVENTS}?sessionId=s")
    get(service, key, "/api/calendar/overdue")
    service.request("POST", f"{event}/complete", key=key)
    service.request("DELETE", event, key=key)
    an_event(service, key, recurrence={"type": "daily"})
    feed = service.request("POST", "/api/calendar/feed", key=key).json["path"]
    service.request("GET", feed, key=None)
    service.request("DELETE", "/api/calendar/feed", key=key)


def drive_moments(tasks: Tasks) -> None:
    """Have an event remind and publish, and another one's schedule kept, changed, and taken away."""
    now, reminders = clock.now(), {"reminders": [{"minutes": 0}]}
    tasks.post(EVENTS, {"title": "now", "type": "meeting", "startTime": clock.to_text(now), **reminders})
    later = {"title": "later", "type": "content_publish", "metadata": {"channels": ["instagram"]}}
    made = tasks.post(EVENTS, later | {"startTime": clock.to_text(now + timedelta(days=1))})
    tasks.go_on()
    for start in (now + timedelta(days=2), now):
        wish = {"startTime": clock.to_text(start)}
        tasks.service.request("PATCH", f"{EVENTS}/{made['id']}", wish, key=tasks.key)
        tasks.go_on()
