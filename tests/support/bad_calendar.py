"""Malformed requests to the routes of the calendar."""

from typing import Any

from tests.support.bad_requests import BEYOND_OUR_TIME, NO_CURSOR, PRINTABLE, Bad
from tests.support.steps import AN_EVENT, EVENTS, MILESTONES, THE_MILESTONES

ONE = f"{EVENTS}/unknown"
A_DAY = "from=2026-07-01T00:00:00Z&to=2026-07-02T00:00:00Z"


def event(what: str, names: str, **fields: Any) -> Bad:
    """A wish for an event with something wrong in these fields."""
    return Bad(what, "POST", EVENTS, names, AN_EVENT | fields)


def recurring(what: str, names: str, **fields: Any) -> Bad:
    """A wish for a daily series with something wrong in these fields of its rule."""
    return event(what, names, recurrence={"type": "daily"} | fields)


def change(what: str, names: str, **fields: Any) -> Bad:
    """A change of an event with something wrong in these fields."""
    return Bad(what, "PATCH", ONE, names, fields)


def listed(what: str, names: str, query: str) -> Bad:
    """A question for events with something wrong in it."""
    return Bad(what, "GET", f"{EVENTS}?{query}", names)


def milestones(what: str, names: str, **fields: Any) -> Bad:
    """A wish for milestones with something wrong in these fields."""
    return Bad(what, "POST", MILESTONES, names, THE_MILESTONES | fields)


BAD_CALENDAR = (
    event("an event without a title", "title", title=None),
    event("an event of two lines", PRINTABLE, title="a\nb"),
    event("an event of a kind nobody knows", "type: input should be 'content_publish'", type="party"),
    event("an event with a status nobody knows", "status: input should be", status="late"),
    event("an event without a zone", "startTime: input should have timezone", startTime="2026-07-01T09:00:00"),
    event("an event beyond our time", BEYOND_OUR_TIME, startTime="2200-01-01T00:00:00Z"),
    event("an event that ends before it begins", "endTime lies before startTime", endTime="2026-07-01T08:00:00Z"),
    event("an event of a season", "an event lasts at most 31 days", endTime="2026-09-01T08:00:00Z"),
    event("an event on no clock", "timeZone: 'Mars/Olympus' is not a time zone", timeZone="Mars/Olympus"),
    event("an event with a long description", "description: string should have at most", description="a" * 4_001),
    event("an event in too many channels", "metadata.channels", metadata={"channels": ["x"] * 11}),
    event("an event about something unknown", "metadata.colour: extra inputs", metadata={"colour": "red"}),
    event("a reminder after an event", "reminders.0.minutes", reminders=[{"minutes": -1}]),
    event("a reminder by pigeon", "reminders.0.type: input should be", reminders=[{"minutes": 5, "type": "pigeon"}]),
    event("too many reminders", "reminders: tuple should have at most 10", reminders=[{"minutes": 5}] * 11),
    event("an event with an id of its own", "id: extra inputs", id="mine"),
    recurring("an event by a rule said twice", "not as both", rrule="FREQ=DAILY"),
    recurring("an event that recurs now and then", "recurrence.type: input should be 'daily', 'weekly'", type="rarely"),
    recurring("an event that recurs never", "recurrence.interval: input should be greater", interval=0),
    recurring("an event that recurs for centuries", "recurrence.count: input should be less", count=3_661),
    recurring("an event with two ends", "give one of them", count=3, endDate="2027-07-01T00:00:00Z"),
    recurring("an event that recurs until it began", "within ten years", endDate="2026-06-01T00:00:00Z"),
    recurring("an event on the days of a month by day", "monthDays (BYMONTHDAY) are for rules", monthDays=[1]),
    event("an event that recurs each second", "FREQ=SECONDLY is not supported", recurrence={"rrule": "FREQ=SECONDLY"}),
    event("an event by hours", "'BYHOUR=9' of the rrule", recurrence={"rrule": "FREQ=DAILY;BYHOUR=9"}),
    change("an event that is not changed", "nothing to change"),
    change("an event that loses its title", "an event always has a title", title=None),
    change("an event that loses its start", "an event always has a start time", startTime=None),
    listed("events of a kind that is none", "type: input should be", "type=party"),
    listed("events since a time without a zone", "from: input should have timezone", "from=2026-07-01T00:00:00"),
    listed("events of a window that ends first", "ends before it begins", f"{A_DAY}&to=2026-06-01T00:00:00Z"),
    listed("events of years", "at most 366 days", "from=2026-07-01T00:00:00Z&to=2028-07-01T00:00:00Z"),
    listed("events without a limit", "limit", "limit=501"),
    listed("events with a cursor of nobody", NO_CURSOR, "cursor=x"),
    Bad("what is upcoming in a year", "GET", "/api/calendar/upcoming?hours=8760", "hours: input should be less than"),
    Bad("what is overdue, with a cursor of nobody", "GET", "/api/calendar/overdue?cursor=x", NO_CURSOR),
    Bad("figures without a zone", "GET", "/api/calendar/stats?to=2026-07-01T00:00:00", "to: input should have"),
    milestones("milestones of nothing", "campaignId", campaignId=None),
    milestones("milestones of an hour", "duration", duration=0.5),
    milestones("milestones of a campaign of years", "duration: input should be less than", duration=366),
    milestones("milestones with two ends", "give one of them", endDate="2026-07-05T00:00:00Z"),
    milestones("milestones that begin last", "end before it starts", duration=None, endDate="2026-06-05T00:00:00Z"),
    milestones("milestones in no language", "language: input should be 'en' or 'es'", language="fr"),
)
