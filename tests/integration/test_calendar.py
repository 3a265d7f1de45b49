"""The calendar: events planned, changed, done, and found by time, campaign and session; and a campaign's milestones."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.bus import Bus
from tests.support.sockets import gateway_of
from tests.support.steps import AN_EVENT, EVENTS, MILESTONES, THE_MILESTONES, a_campaign, an_event, get
from watchbill.calendar import listing
from watchbill.calendar.models import EventChange, NewEvent
from watchbill.calendar.rules import drafted
from watchbill.calendar.store import CalendarStore
from watchbill.platform.clock import frozen_at, to_text
from watchbill.platform.table import AlreadyExists, Changed
from watchbill.services import services

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
UPCOMING, OVERDUE, STATS = (f"/api/calendar/{name}" for name in ("upcoming", "overdue", "stats"))


@pytest.fixture(autouse=True)
def at_noon():
    with frozen_at(NOON):
        yield


def at(hours, title=None, lasts=1, **fields):
    """An event so many hours behind noon."""
    start = NOON + hours * HOUR
    said = {"title": title or f"at {hours}", "startTime": to_text(start), "endTime": to_text(start + lasts * HOUR)}
    return AN_EVENT | said | fields


def change(service, key, event, **fields):
    return service.request("PATCH", f"{EVENTS}/{event}", fields, key=key)


def titles(service, key, address):
    """The titles of the events that are found, page by page."""
    found, cursor = [], ""
    while cursor is not None:
        assert len(found) < 10, found
        page = get(service, key, f"{address}{'&' if '?' in address else '?'}{cursor and 'cursor=' + cursor}")
        found.append([one["title"] for one in page["items"]])
        cursor = page["next_cursor"]
    return found


def test_an_event_is_what_was_said_of_it(service, key):
    wish = {
        "title": "Un vídeo",
        "description": "For the summer.\nOn all channels.",
        "startTime": "2026-07-01T09:00:00+02:00",
        "endTime": "2026-07-01T08:00:00Z",
        "timeZone": "Europe/Madrid",
        "type": "content_publish",
        "status": "in_progress",
        "priority": "high",
        "metadata": {
            "contentId": "c-1",
            "campaignId": "spring",
            "channels": ["instagram", "facebook"],
            "contentType": "video",
            "assignedAgent": "post-scheduler",
        },
        "sessionId": "s-1",
        "reminders": [{"minutes": 30, "type": "email"}, {"minutes": 5, "type": "webhook"}],
    }
    answer = service.request("POST", EVENTS, wish, key=key)

    assert answer.status == 201
    assert get(service, key, f"{EVENTS}/{answer.json['id']}") == answer.json
    assert answer.json == wish | {
        "id": answer.json["id"],
        "startTime": "2026-07-01T07:00:00.000Z",
        "endTime": "2026-07-01T08:00:00.000Z",
        "recurrence": None,
        "lastStart": None,
        "seriesId": None,
        "originalStart": None,
        "content": None,
        "publications": [],
        "completedAt": None,
        "createdAt": to_text(NOON),
        "updatedAt": to_text(NOON),
        "overdue": False,
    }


def test_an_event_lasts_half_an_hour_on_the_clock_of_its_organisation(service):
    key = service.organisation("madrid", time_zone="Europe/Madrid")

    there = an_event(service, key)

    assert (there["startTime"], there["endTime"]) == ("2026-07-01T09:00:00.000Z", "2026-07-01T09:30:00.000Z")
    assert (there["timeZone"], there["status"], there["priority"]) == ("Europe/Madrid", "scheduled", "medium")


def test_what_is_absent_stays_and_a_start_alone_moves_the_event(service, key):
    event = an_event(service, key, metadata={"contentId": "c", "channels": ["x"]}, reminders=[{"minutes": 5}])["id"]

    there = change(service, key, event, startTime="2026-08-01T09:00:00Z", metadata={"contentId": None}).json

    assert (there["startTime"], there["endTime"]) == ("2026-08-01T09:00:00.000Z", "2026-08-01T09:30:00.000Z")
    assert (there["metadata"]["contentId"], there["metadata"]["channels"]) == (None, ["x"])
    assert there["reminders"] == [{"minutes": 5, "type": "notification"}]
    assert change(service, key, event, endTime="2026-07-31T00:00:00Z").status == 400
    assert change(service, key, event, reminders=None, metadata=None).json["reminders"] == []


def test_an_event_is_found_where_it_was_moved_to_and_no_more_where_it_was(service, key):
    event = an_event(service, key, sessionId="s-1", metadata={"campaignId": "spring"})["id"]
    moved = {"startTime": "2026-09-10T09:00:00Z", "sessionId": "s-2", "metadata": {"campaignId": "autumn"}}

    change(service, key, event, **moved)

    july, september = ("from=2026-07-01T00:00:00Z&to=2026-08-01T00:00:00Z", "from=2026-09-10T00:00:00Z")
    found = {
        query: titles(service, key, f"{EVENTS}?{query}")
        for query in (july, september, "sessionId=s-1", "sessionId=s-2", "campaignId=spring", "campaignId=autumn")
    }
    there = {query for query, pages in found.items() if pages == [[AN_EVENT["title"]]]}
    assert there == {september, "sessionId=s-2", "campaignId=autumn"}


def test_a_window_shows_what_touches_it_in_order_over_the_ends_of_months(service, key):
    for hours, lasts in ((-30, 24), (-5, 4), (0, 1), (-20 * 24, 25 * 24), (14, 1), (30 * 24, 1), (60 * 24, 1)):
        an_event(service, key, **at(hours, lasts=lasts))

    assert titles(service, key, f"{EVENTS}?limit=2") == [["at -480", "at 0"], ["at 14", "at 720"], ["at 1440"]]
    window = f"from={to_text(NOON - 7 * HOUR)}&to={to_text(NOON + 14 * HOUR)}"
    assert titles(service, key, f"{EVENTS}?{window}") == [["at -480", "at -30", "at -5", "at 0"]]


def test_events_are_found_by_type_status_campaign_and_session_and_by_several_of_them(service, key):
    of_spring = {"metadata": {"campaignId": "spring"}}
    an_event(service, key, **at(1, **of_spring))
    an_event(service, key, **at(-5_000, type="review", sessionId="s-1", **of_spring))
    an_event(service, key, **at(2, status="cancelled", sessionId="s-1"))

    assert titles(service, key, f"{EVENTS}?type=content_publish") == [["at 1", "at 2"]]
    assert titles(service, key, f"{EVENTS}?status=cancelled") == [["at 2"]]
    assert titles(service, key, f"{EVENTS}?campaignId=spring") == [["at -5000", "at 1"]]
    assert titles(service, key, f"{EVENTS}?campaignId=spring&from={to_text(NOON)}") == [["at 1"]]
    assert titles(service, key, f"{EVENTS}?sessionId=s-1") == [["at -5000", "at 2"]]
    assert titles(service, key, f"{EVENTS}?campaignId=spring&sessionId=s-1") == [["at -5000"]]


def test_a_page_that_looks_for_long_is_given_up_and_goes_on_where_it_was(service, key, monkeypatch):
    monkeypatch.setattr(listing, "MOST_LOOKED_AT", 2)
    for hours in range(5):
        an_event(service, key, **at(hours, type="review" if hours == 4 else "meeting"))

    assert titles(service, key, f"{EVENTS}?type=review&limit=1") == [[], [], ["at 4"]]


def test_what_begins_soon_and_what_is_overdue_is_told_until_it_is_done(service, key):
    events = {hours: an_event(service, key, **at(hours))["id"] for hours in (-50, -2, 0, 23, 24, 40)}
    an_event(service, key, **at(5, status="cancelled"))
    assert titles(service, key, UPCOMING) == [["at 0", "at 23"]]
    assert titles(service, key, f"{UPCOMING}?hours=48&limit=2") == [["at 0", "at 23"], ["at 24", "at 40"]]
    assert titles(service, key, f"{OVERDUE}?limit=1") == [["at -50"], ["at -2"]]

    done = [service.request("POST", f"{EVENTS}/{events[hours]}/complete", key=key) for hours in (-50, 23, 23)]

    assert [answer.status for answer in done] == [200, 200, 200]
    assert (done[0].json["completedAt"], done[0].json["overdue"]) == (to_text(NOON), False)
    assert done[2].json == done[1].json
    assert (titles(service, key, UPCOMING), titles(service, key, OVERDUE)) == ([["at 0"]], [["at -2"]])
    change(service, key, events[-50], status="scheduled")
    assert titles(service, key, OVERDUE) == [["at -50", "at -2"]]


def test_what_was_cancelled_is_not_completed(service, key):
    event = an_event(service, key, status="cancelled")["id"]

    refused = service.request("POST", f"{EVENTS}/{event}/complete", key=key)

    assert (refused.status, get(service, key, f"{EVENTS}/{event}")["status"]) == (422, "cancelled")


def test_figures_count_what_touches_a_window(service, key):
    for hours, fields in (
        (-3, {}),
        (-5, {"status": "completed"}),
        (-7, {"status": "cancelled"}),
        (4, {"type": "review"}),
    ):
        an_event(service, key, **at(hours, **fields))
    an_event(service, key, **at(40 * 24, metadata={"campaignId": "spring"}))

    whole = get(service, key, STATS)

    assert (whole["total"], whole["upcoming"], whole["overdue"], whole["completionRate"]) == (4, 1, 1, 0.5)
    assert {name: count for name, count in whole["byType"].items() if count} == {"content_publish": 3, "review": 1}
    assert whole["byStatus"] == {"scheduled": 2, "in_progress": 0, "completed": 1, "cancelled": 1}
    assert get(service, key, f"{STATS}?campaignId=spring")["total"] == 1
    assert get(service, key, f"{STATS}?from=2027-01-01T00:00:00Z")["completionRate"] is None


def test_a_removed_event_is_nowhere_any_more(service, key):
    event = an_event(service, key, **at(-2, sessionId="s-1", metadata={"campaignId": "spring"}))["id"]

    assert service.request("DELETE", f"{EVENTS}/{event}", key=key).status == 204

    assert service.request("GET", f"{EVENTS}/{event}", key=key).status == 404
    assert service.request("DELETE", f"{EVENTS}/{event}", key=key).status == 404
    addresses = (
        f"{EVENTS}?from=2026-06-01T00:00:00Z",
        f"{EVENTS}?sessionId=s-1",
        f"{EVENTS}?campaignId=spring",
        OVERDUE,
    )
    assert [titles(service, key, address) for address in addresses] == [[[]]] * 4
    assert get(service, key, STATS)["total"] == 0


def test_a_campaign_has_its_milestones_once(service, key):
    first = service.request("POST", MILESTONES, THE_MILESTONES | {"sessionId": "s-1"}, key=key)
    again = service.request("POST", MILESTONES, THE_MILESTONES, key=key)

    assert (first.status, again.status) == (201, 409)
    shown = [(one["title"], one["type"], one["startTime"][:16], one["endTime"][:16]) for one in first.json["items"]]
    assert shown == [
        ("Kick-off: Spring", "campaign_milestone", "2026-07-01T09:00", "2026-07-01T11:00"),
        ("Mid-campaign review: Spring", "review", "2026-07-16T09:00", "2026-07-16T10:00"),
        ("Completion: Spring", "campaign_milestone", "2026-07-31T09:00", "2026-07-31T10:00"),
        ("Analysis: Spring", "analysis", "2026-08-02T09:00", "2026-08-02T11:00"),
    ]
    assert get(service, key, f"{EVENTS}?sessionId=s-1")["items"] == first.json["items"]


def test_milestones_go_by_what_the_campaign_says_of_itself(service, key):
    week = {"startDate": "2026-07-01T00:00:00Z", "endDate": "2026-07-08T00:00:00Z"}
    dated, undated = a_campaign(service, key, name="Verano", **week), a_campaign(service, key)

    made = service.request("POST", MILESTONES, {"campaignId": dated, "language": "es"}, key=key)

    assert [one["title"] for one in made.json["items"]] == ["Lanzamiento: Verano", "Cierre: Verano", "Análisis: Verano"]
    assert service.request("POST", MILESTONES, {"campaignId": undated}, key=key).status == 422
    assert service.request("POST", MILESTONES, {"campaignId": "unknown"}, key=key).status == 404


def test_events_that_follow_from_something_are_kept_once_however_often_that_is_tried(service, key):
    wishes = [NewEvent.model_validate(at(hours)) for hours in range(45)]
    events = [drafted(wish, f"{number:026}", NOON) for number, wish in enumerate(wishes)]
    calendar = services("demo").calendar
    calendar.keep(events[10:30])
    change(service, key, events[12].id, title="moved")

    for _ in range(2):
        calendar.keep(events)

    (found,) = titles(service, key, f"{EVENTS}?limit=100")
    assert found == [f"at {hours}" if hours != 12 else "moved" for hours in range(45)]


def test_two_who_keep_the_same_events_at_once_keep_them_once(service, key, monkeypatch):
    events = [drafted(NewEvent.model_validate(at(hours)), f"{hours:026}", NOON) for hours in range(4)]
    calendar, create = services("demo").calendar, CalendarStore.create_together

    def beaten(store, some):
        monkeypatch.setattr(CalendarStore, "create_together", create)
        create(store, events[:2])
        create(store, some)

    monkeypatch.setattr(CalendarStore, "create_together", beaten)
    calendar.keep(events)

    assert titles(service, key, EVENTS) == [["at 0", "at 1", "at 2", "at 3"]]


def test_events_are_created_in_a_transaction_of_others_or_not_at_all(service, key):
    first, second = (drafted(NewEvent.model_validate(at(hours)), f"{hours:026}", NOON) for hours in range(2))
    calendar, store = services("demo").calendar, services("demo").calendar._store
    store._table.transact(calendar.creation([first]))

    with pytest.raises(AlreadyExists):
        store._table.transact(calendar.creation([second, first]))

    assert titles(service, key, EVENTS) == [["at 0"]]


def test_two_changes_at_once_are_both_made(service, key, monkeypatch):
    event, replace = an_event(service, key)["id"], CalendarStore.replace

    def beaten(store, before, after):
        monkeypatch.setattr(CalendarStore, "replace", replace)
        change(service, key, event, priority="urgent")
        replace(store, before, after)

    monkeypatch.setattr(CalendarStore, "replace", beaten)
    there = services("demo").calendar.amend(event, EventChange(title="Other"))

    assert (there.title, there.priority) == ("Other", "urgent")


def test_who_is_always_beaten_is_told_so(service, key, monkeypatch):
    event = an_event(service, key)["id"]

    def beaten(*_):
        raise Changed(None)

    monkeypatch.setattr(CalendarStore, "replace", beaten)

    assert change(service, key, event, title="Other").status == 409


def news_of(socket):
    """What came through a socket of the calendar, each number once, as clients take it."""
    numbered = {event["seq"]: event["data"]["events"] for event in socket.events()}
    return [(one["type"], one["event"]["title"]) for events in numbered.values() for one in events]


def test_what_becomes_of_events_is_told_once_in_the_calendar_and_in_their_sessions(service, channels, key, monkeypatch):
    gateway = gateway_of(service, monkeypatch)
    everybody, person, other = (gateway.open(key) for _ in range(3))
    everybody.join("calendar")
    person.say("join_session", sessionId="s-1")
    other.say("join_session", sessionId="s-2")
    bus = Bus(service)
    planned, _ = an_event(service, key, sessionId="s-1"), an_event(service, key)
    change(service, key, planned["id"], title="Other")
    service.request("POST", f"{EVENTS}/{planned['id']}/complete", key=key)
    service.request("DELETE", f"{EVENTS}/{planned['id']}", key=key)

    told = bus.settle()
    for _ in range(2):
        gateway.tell(*told)

    of_session = [
        ("event_created", AN_EVENT["title"]),
        *((f"event_{what}", "Other") for what in ("updated", "completed", "removed")),
    ]
    assert news_of(person) == of_session
    assert sorted(news_of(everybody)) == sorted([of_session[0], *of_session])
    assert other.events() == []
