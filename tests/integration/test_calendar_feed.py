"""The calendar's feed: at a secret address, for whoever knows it, and for nobody else."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from tests.support.local_table import everything
from tests.support.steps import AN_EVENT, an_event
from watchbill.calendar import feed as calendar_feed
from watchbill.platform.clock import frozen_at, to_text

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
DAY = timedelta(days=1)
FEED = "/api/calendar/feed"


@pytest.fixture(autouse=True)
def at_noon():
    with frozen_at(NOON):
        yield


def opened(service, key):
    answer = service.request("POST", FEED, key=key)
    assert answer.status == 201
    return answer.json


def fetched(service, path, **headers):
    return service.request("GET", path, key=None, headers=headers)


def titles(answer):
    assert answer.status == 200
    return [str(one["SUMMARY"]) for one in Calendar.from_ical(answer.text).walk("VEVENT")]


def test_whoever_knows_the_address_has_the_events_of_a_year_back_and_two_ahead(service, key):
    for title, days in (("old", -370), ("over", -360), ("ahead", 730), ("far", 740)):
        an_event(service, key, title=title, startTime=to_text(NOON + days * DAY))
    series = {"title": "series", "startTime": to_text(NOON - 500 * DAY), "recurrence": {"type": "weekly"}}
    an_event(service, key, **AN_EVENT | series)
    path = opened(service, key)["path"]

    answer = fetched(service, path)

    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert titles(answer) == ["series", "ahead", "over"]


def test_what_is_as_it_was_is_not_sent_again(service, key):
    an_event(service, key)
    path = opened(service, key)["path"]
    tag = fetched(service, path).headers["ETag"]

    same = fetched(service, path, **{"If-None-Match": f'"other", W/{tag}'})
    an_event(service, key)
    changed = fetched(service, path, **{"If-None-Match": tag})

    assert (same.status, same.text) == (304, "")
    assert (changed.status, changed.headers["ETag"] != tag) == (200, True)


def test_an_address_that_was_renewed_or_switched_off_is_nobodys(service, key):
    first, other = opened(service, key), service.organisation("other")
    second = opened(service, key)
    theirs = opened(service, other)["token"].rpartition("_")[2]
    forged = f"{FEED}.ics?token=wbc_demo_{theirs}"

    assert fetched(service, second["path"]).status == 200
    for path in (first["path"], forged, f"{FEED}.ics", f"{FEED}.ics?token=x", f"{second['path']}x"):
        assert fetched(service, path).status == 404, path
    assert service.request("DELETE", FEED, key=key).status == 204
    assert fetched(service, second["path"]).status == 404


def test_the_secret_is_in_no_log_and_not_in_the_table(service, key, capfd, caplog):
    caplog.set_level(logging.DEBUG)
    token = opened(service, key)["token"]
    for path in (f"{FEED}.ics?token={token}", f"{FEED}.ics?token={token}x"):
        fetched(service, path)

    told = capfd.readouterr()

    assert token not in told.out + told.err + caplog.text
    assert token not in str(everything())


def test_events_ahead_go_before_those_that_are_over(service, key, monkeypatch):
    monkeypatch.setattr(calendar_feed, "MOST_SINGLE", 3)
    for days in (-3, -2, -1, 1, 2):
        an_event(service, key, title=str(days), startTime=to_text(NOON + days * DAY))

    assert titles(fetched(service, opened(service, key)["path"])) == ["1", "2", "-1"]
