"""Series of the calendar: stored once, their occurrences listed among single events, changed and done one by one."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.bus import Bus
from tests.support.steps import AN_EVENT, EVENTS, an_event, get
from watchbill.calendar import listing
from watchbill.calendar import service as calendar_service
from watchbill.platform.clock import frozen_at, to_text

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
UPCOMING, OVERDUE, STATS = (f"/api/calendar/{name}" for name in ("upcoming", "overdue", "stats"))


@pytest.fixture(autouse=True)
def at_noon():
    with frozen_at(NOON):
        yield


def a_series(service, key, start=NOON, **fields):
    """A daily series of three, unless it says otherwise."""
    said = {"title": "daily", "startTime": to_text(start), "recurrence": {"type": "daily", "count": 3}}
    return an_event(service, key, **AN_EVENT | said | fields)


def ask(service, key, method, event, body=None, then=""):
    return service.request(method, f"{EVENTS}/{event}{then}", body, key=key)


def listed(service, key, address):
    """What is found, page by page."""
    found, cursor = [], ""
    while cursor is not None:
        assert len(found) < 20, found
        page = get(service, key, f"{address}{'&' if '?' in address else '?'}{cursor and 'cursor=' + cursor}")
        found.append(page["items"])
        cursor = page["next_cursor"]
    return found


def shown(service, key, address):
    """The titles and beginnings of what is found, page by page."""
    return [[(one["title"], one["startTime"][5:16]) for one in page] for page in listed(service, key, address)]


def test_a_series_shows_its_rule_and_lists_show_its_occurrences_by_ids_that_work(service, key):
    series = a_series(service, key)

    assert (series["recurrence"]["type"], series["recurrence"]["count"]) == ("daily", 3)
    assert series["lastStart"] == to_text(NOON + 2 * DAY)
    (page,) = listed(service, key, EVENTS)
    assert [one["originalStart"] for one in page] == [to_text(NOON + day * DAY) for day in range(3)]
    assert {one["seriesId"] for one in page} == {series["id"]}
    assert [get(service, key, f"{EVENTS}/{one['id']}") for one in page] == page
    assert ask(service, key, "GET", f"{series['id']}_20260630T120001Z").status == 404
    assert ask(service, key, "GET", f"{series['id']}_20269999T120001Z").status == 404


def test_an_occurrence_is_moved_changed_done_and_removed_and_the_others_are_not(service, key):
    series = a_series(service, key, recurrence={"type": "daily", "count": 5})["id"]
    first, second, third, fourth, fifth = (one["id"] for one in listed(service, key, EVENTS)[0])

    moved = ask(service, key, "PATCH", first, {"startTime": to_text(NOON + 3 * DAY + HOUR), "title": "late"})
    done = ask(service, key, "POST", second, then="/complete")
    cancelled = ask(service, key, "PATCH", fourth, {"status": "cancelled"})
    gone = ask(service, key, "DELETE", third)

    assert [answer.status for answer in (moved, done, cancelled, gone)] == [200, 200, 200, 204]
    assert (moved.json["id"], moved.json["originalStart"]) == (first, to_text(NOON))
    assert done.json["completedAt"] == to_text(NOON)
    assert [(one["id"], one["title"], one["status"]) for one in listed(service, key, EVENTS)[0]] == [
        (second, "daily", "completed"),
        (fourth, "daily", "cancelled"),
        (first, "late", "scheduled"),
        (fifth, "daily", "scheduled"),
    ]
    assert [ask(service, key, method, third).status for method in ("GET", "DELETE")] == [404, 404]
    assert [len(page) for page in listed(service, key, f"{EVENTS}?status=cancelled")] == [1]
    assert ask(service, key, "PATCH", first, {"recurrence": None}).status == 422
    assert ask(service, key, "POST", series, then="/complete").status == 422

    assert ask(service, key, "DELETE", series).status == 204
    assert listed(service, key, EVENTS) == [[]]
    assert ask(service, key, "GET", second).status == 404


def test_a_new_rule_says_which_exceptions_it_has_no_place_for(service, key):
    series = a_series(service, key)["id"]
    ids = [one["id"] for one in listed(service, key, EVENTS)[0]]
    for one in ids[:2]:
        ask(service, key, "PATCH", one, {"title": "other"})

    answer = ask(service, key, "PATCH", series, {"recurrence": {"rrule": "FREQ=DAILY;INTERVAL=2;COUNT=2"}})

    assert answer.json["droppedExceptions"] == [to_text(NOON + DAY)]
    assert shown(service, key, EVENTS) == [[("other", "06-30T12:00"), ("daily", "07-02T12:00")]]
    single = ask(service, key, "PATCH", series, {"recurrence": None}).json
    assert (single["recurrence"], single["lastStart"]) == (None, None)
    assert [one["id"] for one in listed(service, key, EVENTS)[0]] == [series]
    again = ask(service, key, "PATCH", series, {"recurrence": {"type": "weekly"}, "timeZone": "Europe/Madrid"})
    assert again.json["lastStart"] == "2036-06-24T12:00:00.000Z"


def test_pages_hold_series_and_single_events_in_one_order_also_when_they_change_meanwhile(service, key, monkeypatch):
    monkeypatch.setattr(listing, "_READ_AT_ONCE", 2)
    first = a_series(service, key, title="a")["id"]
    a_series(service, key, start=NOON + HOUR, title="b")
    for hours in (0.5, 24.5, 30):
        an_event(service, key, title="one", startTime=to_text(NOON + hours * HOUR))
    in_order = [one for page in shown(service, key, EVENTS) for one in page]
    assert [title for title, _ in in_order] == ["a", "one", "b", "a", "one", "b", "one", "a", "b"]
    assert [one for page in shown(service, key, f"{EVENTS}?limit=2") for one in page] == in_order

    page = get(service, key, f"{EVENTS}?limit=4")
    ask(service, key, "DELETE", page["items"][0]["id"])
    ask(service, key, "PATCH", first, {"description": "changed"})
    rest = get(service, key, f"{EVENTS}?limit=50&cursor={page['next_cursor']}")["items"]

    assert [(one["title"], one["startTime"][5:16]) for one in page["items"] + rest] == in_order


def test_a_page_that_looks_for_long_goes_on_in_the_middle_of_a_series(service, key, monkeypatch):
    monkeypatch.setattr(listing, "MOST_LOOKED_AT", 4)
    a_series(service, key, recurrence={"type": "daily", "count": 10})
    an_event(service, key, **AN_EVENT | {"type": "review", "startTime": to_text(NOON + 20 * DAY)})

    pages = listed(service, key, f"{EVENTS}?type=review&limit=1")

    assert [len(page) for page in pages] == [0] * (len(pages) - 1) + [1]


def test_occurrences_are_upcoming_overdue_counted_and_found_by_campaign_and_session(service, key):
    said = {"metadata": {"campaignId": "spring"}, "sessionId": "s-1", "recurrence": {"type": "daily"}}
    series = a_series(service, key, start=NOON - 3 * DAY, **said)["id"]
    an_event(service, key, **AN_EVENT | {"title": "one", "startTime": to_text(NOON - 2 * DAY - HOUR)})
    third = f"{series}_20260629T120000Z"
    ask(service, key, "PATCH", third, {"metadata": {"campaignId": "autumn"}, "startTime": to_text(NOON - 5 * DAY)})

    late = [("daily", "06-25T12:00"), ("daily", "06-27T12:00"), ("one", "06-28T11:00"), ("daily", "06-28T12:00")]
    assert [one for page in shown(service, key, f"{OVERDUE}?limit=2") for one in page] == late
    ask(service, key, "POST", f"{series}_20260627T120000Z", then="/complete")
    assert len(shown(service, key, OVERDUE)[0]) == 3
    assert shown(service, key, f"{UPCOMING}?hours=25") == [[("daily", "06-30T12:00"), ("daily", "07-01T12:00")]]
    assert [one for page in shown(service, key, f"{EVENTS}?campaignId=autumn") for one in page] == late[:1]
    week = f"from={to_text(NOON - 4 * DAY)}&to={to_text(NOON)}"
    assert [len(page) for page in listed(service, key, f"{EVENTS}?campaignId=spring&{week}")] == [2]
    assert [len(page) for page in listed(service, key, f"{EVENTS}?sessionId=s-1&{week}")] == [2]
    assert [len(page) for page in listed(service, key, f"{EVENTS}?sessionId=s-2")] == [0]
    figures = get(service, key, STATS)
    assert (figures["total"], figures["overdue"], figures["byStatus"]["completed"]) == (35, 3, 1)
    assert get(service, key, f"{STATS}?campaignId=autumn")["total"] == 1


def test_an_organisation_has_so_many_series_and_no_more(service, key, monkeypatch):
    monkeypatch.setattr(calendar_service, "MOST_SERIES", 1)
    series = a_series(service, key)["id"]
    single = an_event(service, key)["id"]
    rule = {"recurrence": {"type": "daily"}}

    refused = service.request("POST", EVENTS, AN_EVENT | rule, key=key)

    assert (refused.status, "at most 1 series" in refused.text) == (422, True)
    assert ask(service, key, "PATCH", single, rule).status == 422
    assert ask(service, key, "PATCH", series, rule).status == 200


def test_what_becomes_of_an_occurrence_is_told_as_of_an_event(service, key):
    series = a_series(service, key)["id"]
    first, second, third = (one["id"] for one in listed(service, key, EVENTS)[0])
    bus = Bus(service)
    ask(service, key, "PATCH", first, {"title": "other"})
    ask(service, key, "POST", second, then="/complete")
    ask(service, key, "DELETE", third)
    ask(service, key, "PATCH", series, {"title": "all"})

    told = [one for event in bus.settle() for one in event["detail"]["events"]]

    assert [(one["type"], one["event"]["id"], one["event"]["title"]) for one in told] == [
        ("event_updated", first, "other"),
        ("event_completed", second, "daily"),
        ("event_removed", third, "daily"),
        ("event_updated", series, "all"),
    ]
