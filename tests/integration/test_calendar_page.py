"""The page of the calendar: a month, its filters, and saying that something is done."""

from datetime import UTC, datetime

import pytest

from tests.support.pages import words_of
from tests.support.steps import EVENTS, an_event, get, issue_key
from watchbill.platform.clock import frozen_at

HOSTILE = "<img src=x onerror=alert(1)>"
PAGE = "/dashboard/calendar"


@pytest.fixture(autouse=True)
def in_july():
    with frozen_at(datetime(2026, 7, 10, 12, tzinfo=UTC)):
        yield


def rows(shown):
    """The events of the list."""
    return [words_of(row) for row in shown.all("//table[.//th='Begins']/tbody/tr")]


def days(shown):
    """The days of the month that something begins on."""
    return [words_of(cell) for cell in shown.all("//table[contains(@class, 'month')]//td[.//li]")]


def test_a_first_visit_says_how_something_is_planned(visitor):
    shown = visitor.get(PAGE)

    assert "Nothing is planned in July 2026" in shown.words
    assert "None of those asked for in May 2026." in visitor.get(f"{PAGE}?month=2026-05&type=review").words
    assert visitor.get(f"{PAGE}?month=2026-13").status == 400
    assert "August 2026" in shown.words


def test_a_month_shows_its_events_by_days_and_in_a_list(service, key, visitor):
    an_event(service, key, title=HOSTILE, metadata={"channels": ["x"], "campaignId": "spring"})
    an_event(
        service, key, title="Later", type="review", startTime="2026-07-31T23:00:00Z", endTime="2026-08-01T01:00:00Z"
    )
    an_event(service, key, title="Next", startTime="2026-08-01T00:00:00Z")

    shown, reviews = visitor.get(PAGE), visitor.get(f"{PAGE}?month=2026-07&type=review")

    assert rows(shown) == [
        f"{HOSTILE} content publish 2026-07-01 09:00 09:30 overdue x Campaign Done",
        "Later review 2026-07-31 23:00 2026-08-01 01:00 scheduled Done",
    ]
    assert days(shown) == [f"1 July 09:00 {HOSTILE}", "31 July 23:00 Later"]
    assert not shown.all("//img")
    assert rows(reviews) == rows(shown)[1:]
    assert "Next" in visitor.get(f"{PAGE}?month=2026-08").words
    assert rows(visitor.get("/dashboard/parts/calendar?campaignId=spring")) == rows(shown)[:1]


def test_an_event_is_said_to_be_done_by_who_may(service, key, visitor):
    event = an_event(service, key)["id"]

    shown = visitor.post(f"{PAGE}/{event}/complete")

    assert "A post on sails is done." in shown.words
    assert get(service, key, f"{EVENTS}/{event}")["status"] == "completed"
    assert "Done" not in rows(shown)[0]
    reader = type(visitor)().sign_in(issue_key(service, key, "read"))
    assert "What can be done" not in reader.get(PAGE).words
    assert reader.post(f"{PAGE}/{event}/complete").status == 403
