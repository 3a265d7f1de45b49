"""The page of reports: made, listed, read, and the daily one subscribed to."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.pages import Visitor, words_of
from watchbill.platform.clock import frozen_at

HOSTILE = "<img src=x onerror=alert(1)>"
REPORTS = "/dashboard/reports"
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def visitor(key):
    with frozen_at(NOON):
        visitor = Visitor().sign_in(key)
        visitor.get(REPORTS)
        yield visitor


def record(service, key, at):
    told = {"successRate": 0, "executionTime": 100, "cost": 1, "timestamp": at.isoformat()}
    body = {"strandId": HOSTILE, "userId": "me", "taskId": "1", "taskType": "hello", "metrics": told}
    assert service.request("POST", "/api/analytics/performance", body, key=key).status == 201
    service.settle()


def listed(shown):
    return [words_of(entry) for entry in shown.all("//section[@aria-labelledby='all']//li")]


def test_a_report_is_made_read_and_listed(service, key, visitor):
    record(service, key, NOON - timedelta(hours=1))

    made = visitor.post(REPORTS, type="daily-summary")

    assert "The report is made." in made.words
    assert "1 run, 0.0% succeeded" in made.words
    (entry,) = listed(visitor.get(REPORTS))
    assert entry.startswith("Daily summary, 9 to 10 March 2026")
    whole = visitor.get(f"{made.path}/whole")
    assert HOSTILE in whole.words
    assert not whole.all("//img")
    assert "style-src 'sha256-" in whole.headers["Content-Security-Policy"]


def test_days_are_those_of_the_organisation_and_the_last_one_counts(service, key, visitor):
    assert service.request("PATCH", "/api/organisation", {"time_zone": "Asia/Tokyo"}, key=key).status == 200

    made = visitor.post(REPORTS, type="cost-analysis", first="2026-03-01", last="2026-03-02")

    times = made.all("//dl//time/@datetime")
    assert times[:2] == ["2026-02-28T15:00:00.000+00:00", "2026-03-02T15:00:00.000+00:00"]


@pytest.mark.parametrize(
    "typed", [{"type": HOSTILE}, {"first": "2026-03-09", "last": "2026-03-01"}, {"first": "yesterday"}], ids=str
)
def test_what_is_no_report_is_not_made(visitor, typed):
    shown = visitor.post(REPORTS, **{"type": "daily-summary"} | typed)

    assert shown.status == 400
    assert not shown.all("//img")


def test_reports_are_filtered_by_type_and_paged_by_the_address(visitor):
    for kind in ("cost-analysis", "quality-trends", "cost-analysis"):
        visitor.post(REPORTS, type=kind)

    first = visitor.get(f"{REPORTS}?type=cost-analysis&limit=1")
    (address,) = first.all("//a[@rel='next']/@href")
    second = visitor.get(address)

    assert [one.split(",")[0] for one in listed(first) + listed(second)] == ["Cost analysis", "Cost analysis"]
    assert listed(first) != listed(second) or first.all("//li/a/@href") != second.all("//li/a/@href")
    assert not second.all("//a[@rel='next']")
    part = visitor.get("/dashboard/parts/reports?type=quality-trends", **{"hx-request": "true"})
    assert part.words.startswith("Quality trends")


def test_an_empty_list_says_what_to_do(visitor):
    assert "There is none yet. Make one" in visitor.get(REPORTS).words


def test_the_daily_summary_is_subscribed_to(key, visitor):
    (kinds,) = visitor.get(REPORTS).all("//form[.//select[@name='channel']]/input[@name='kinds']/@value")

    made = visitor.post("/dashboard/settings/subscriptions", kinds=kinds, channel="email", target="ops@example.com")

    assert "ops@example.com is subscribed." in made.words
    assert "email ops@example.com" in visitor.get(REPORTS).words


def test_who_may_read_makes_reports_and_subscribes_to_none(service, key):
    reader = service.request("POST", "/api/keys", {"name": "reader", "scopes": ["read"]}, key=key).json
    visitor = Visitor().sign_in(reader["secret"])

    shown = visitor.get(REPORTS)

    assert not shown.all("//select[@name='channel']")
    assert visitor.post(REPORTS, type="daily-summary").status == 200


def test_another_organisation_s_report_is_not_found(service, visitor):
    other = service.organisation("other")
    theirs = service.request("POST", "/api/analytics/reports", {"reportType": "daily-summary"}, key=other).json

    for address in (f"{REPORTS}/{theirs['id']}", f"{REPORTS}/{theirs['id']}/whole"):
        assert visitor.get(address).status == 404
