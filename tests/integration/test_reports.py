"""Reports over the API: made, kept, listed, shown; and those that the clock makes, once a day each."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.bus import work as work_through
from tests.support.channels import received
from tests.support.deliveries import delivered_to
from tests.support.local_table import Stream, every_item
from tests.support.service import Service
from tests.support.steps import PERFORMANCE, REPORTS, announce, get, made, post_run, register
from watchbill.outbox.rules import events_of
from watchbill.platform import keys, stream
from watchbill.platform.clock import frozen_at
from watchbill.platform.queue import Queue
from watchbill.platform.table import Table
from watchbill.services import services

NOW = datetime(2026, 3, 10, 12, 30, tzinfo=UTC)
TYPES = (
    "daily-summary",
    "weekly-summary",
    "monthly-summary",
    "strand-performance",
    "cost-analysis",
    "quality-trends",
    "user-satisfaction",
    "bottleneck-analysis",
)


@pytest.fixture(autouse=True)
def at_noon():
    """A clock that stands still."""
    with frozen_at(NOW):
        yield


def work(service: Service, key: str, agent: str = "scout", **facts) -> None:
    """Register an agent with a model, and record runs of the last hours, some of them in hours under way."""
    register(service, key, agent)
    announce(service, key, agent, "1.0", models=["nova-lite"])
    for hours in (0.1, 2, 2.7, 23.9, 25, 47.8):
        at = (NOW - timedelta(hours=hours)).isoformat()
        post_run(service, key, agent, "1.0", created=at, cost=0.5, duration_ms=1000, initiator="ana", **facts)
    service.settle()


def generate(service: Service, key: str, type: str, **filters):
    return made(service.request("POST", REPORTS, {"reportType": type, "filters": filters}, key=key))


@pytest.mark.parametrize("type", TYPES)
def test_a_report_is_made_kept_and_shown(service, key, type):
    work(service, key, quality_score=80, user_satisfaction=4, task_type="search")

    report = generate(service, key, type)

    assert report["type"] == type
    assert {"id", "title", "description", "generatedAt", "data", "insights", "recommendations", "anomalies"} <= set(
        report
    )
    assert report["period"]["end"] == "2026-03-10T12:30:00.001Z"
    assert report["comparedWith"]["end"] == report["period"]["start"]
    assert get(service, key, f"{REPORTS}/{report['id']}") == report
    page = service.request("GET", f"{REPORTS}/{report['id']}", key=key, headers={"Accept": "text/html"})
    assert (page.status, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert page.text == service.request("GET", f"{REPORTS}/{report['id']}?format=html", key=key).text
    assert report["title"] in page.text


def test_the_eight_types_differ_in_what_they_hold(service, key):
    work(service, key, quality_score=80, user_satisfaction=4)

    reports = [generate(service, key, each) for each in TYPES]

    assert len({tuple(sorted(report["data"])) for report in reports}) == 6
    assert len({report["description"] for report in reports}) == len({report["title"] for report in reports}) == 8
    assert len({report["period"]["start"] for report in reports}) == 3


def test_a_report_agrees_with_analytics_to_the_run(service, key):
    work(service, key)
    work(service, key, agent="writer", task_type="write")
    window = {"startDate": "2026-03-09T12:45:00Z", "endDate": "2026-03-10T10:15:00Z"}
    for filters in ({}, {"strandId": "writer"}, {"taskType": "write"}, {"userId": "ana"}, {"userId": "nobody"}):
        address = "&".join(f"{name}={value}" for name, value in (window | filters).items())

        figures = generate(service, key, "weekly-summary", **window, **filters)["data"]["figures"]

        analytics = get(service, key, f"{PERFORMANCE}?{address}")
        assert figures["totalTasks"]["current"] == analytics["totalTasks"]
        assert figures["successRate"]["current"] == analytics["successRate"]
        assert figures["p95ExecutionTime"]["current"] == pytest.approx(analytics["p95ExecutionTime"])
        assert figures["totalCost"]["current"] == analytics["totalCost"]


def test_a_report_of_nothing_says_so(service, key):
    report = generate(service, key, "cost-analysis", strandId="nobody")

    assert [insight["text"] for insight in report["insights"]] == [
        "Nothing ran in this period, with no earlier figure to compare with."
    ]
    assert report["recommendations"] == []
    assert report["summary"] == report["insights"][0]["text"]


def test_costs_are_those_of_the_models_that_versions_name(service, key):
    work(service, key)

    data = generate(service, key, "cost-analysis", startDate="2026-03-09T12:30:00Z")["data"]

    assert [(line["name"], line["cost"]["current"]) for line in data["byModel"]["items"]] == [("nova-lite", 2)]
    assert [(line["name"], line["cost"]["current"]) for line in data["byUser"]["items"]] == [("ana", 2)]


def test_reports_are_listed_newest_first_by_type_over_months(service, key):
    months = [datetime(2026, month, 28, tzinfo=UTC) for month in (1, 2, 3)]
    for at in months:
        with frozen_at(at):
            generate(service, key, "daily-summary")
            generate(service, key, "cost-analysis")

    with frozen_at(months[-1] + timedelta(days=5)):
        everything = get(service, key, REPORTS)
        first = get(service, key, f"{REPORTS}?type=cost-analysis&limit=2")
        rest = get(service, key, f"{REPORTS}?type=cost-analysis&limit=2&cursor={first['next_cursor']}")
        other = service.request("GET", f"{REPORTS}?cursor={first['next_cursor']}", key=key)

    assert [item["generatedAt"][:7] for item in everything["items"]] == [
        "2026-03",
        "2026-03",
        "2026-02",
        "2026-02",
        "2026-01",
        "2026-01",
    ]
    assert everything["next_cursor"] is None
    assert "data" not in everything["items"][0]
    assert [item["generatedAt"][:7] for item in first["items"]] == ["2026-03", "2026-02"]
    assert [item["generatedAt"][:7] for item in rest["items"]] == ["2026-01"]
    assert {item["type"] for item in (*first["items"], *rest["items"])} == {"cost-analysis"}
    assert other.status == 400


def test_a_report_of_a_combination_that_only_runs_can_answer_is_refused_when_there_are_too_many(
    service, key, monkeypatch
):
    work(service, key)
    monkeypatch.setattr("watchbill.performance.service.MOST_RUNS_READ", 2)

    body = {"reportType": "daily-summary", "filters": {"userId": "ana", "strandId": "scout"}}
    answer = service.request("POST", REPORTS, body, key=key)

    assert answer.status == 422
    assert "only the runs themselves can answer this" in answer.json["detail"]
    assert get(service, key, REPORTS)["items"] == []


def test_borders_with_very_many_runs_are_moved_to_whole_hours_and_nothing_is_read_run_by_run(service, key, monkeypatch):
    work(service, key)
    monkeypatch.setattr("watchbill.reports.service.MOST_RUNS_READ", 0)
    monkeypatch.setattr("watchbill.runs.service.RunService.records", lambda *_: pytest.fail("a run was read"))

    report = generate(service, key, "daily-summary", startDate="2026-03-09T12:45:00Z")

    assert report["period"] == {"start": "2026-03-09T12:00:00.000Z", "end": "2026-03-10T13:00:00.000Z"}
    assert report["comparedWith"]["start"] == "2026-03-08T11:00:00.000Z"
    assert report["data"]["figures"]["totalTasks"] == {"current": 4, "previous": 2, "change": 100.0}


@pytest.mark.parametrize("most", [0, 5_000])
def test_the_longest_period_there_is_may_be_asked_for(service, key, monkeypatch, most):
    work(service, key)
    monkeypatch.setattr("watchbill.reports.service.MOST_RUNS_READ", most)

    report = generate(service, key, "cost-analysis", startDate=(NOW - timedelta(days=92)).isoformat())

    length = datetime.fromisoformat(report["period"]["end"]) - datetime.fromisoformat(report["period"]["start"])
    assert length == timedelta(days=92)
    assert report["data"]["runs"]["current"] == 6


def test_a_report_that_is_kept_is_one_event(service, key):
    written = Stream()
    generate(service, key, "daily-summary")

    records = delivered_to("outbox", written.records())
    events = [event for record in stream.records_of({"Records": records}) for event in events_of(record)]

    (event,) = [event for event in events if event.type == "report_generated"]
    (listed,) = get(service, key, REPORTS)["items"]
    assert event.data == {
        "report_id": listed["id"],
        **{name: listed[name] for name in ("type", "title", "period", "scheduled", "summary")},
    }


def test_a_report_and_its_entry_expire_together_after_400_days(service, key):
    generate(service, key, "daily-summary")

    expiries = {int(item["expires_at"]["N"]) for item in every_item() if "#REPORT" in item["pk"]["S"]}

    assert expiries == {int((NOW + timedelta(days=400)).timestamp())}


def clock_strikes(service: Service, at: datetime) -> None:
    """Run the schedule's function and the queue's."""
    with frozen_at(at):
        service.invoke("daily_report", {})
        work_through(service, "report_worker", Queue.REPORTS)


def test_the_clock_makes_one_report_of_each_day_where_the_organisation_is(service, channels):
    key = service.organisation("far", time_zone="Asia/Kolkata")
    work(service, key)

    for hour in range(25):
        clock_strikes(service, NOW.replace(hour=0, minute=0) + timedelta(hours=hour))

    (entry,) = get(service, key, REPORTS)["items"]
    assert entry["generatedAt"] == "2026-03-10T02:00:00.000Z"
    assert (entry["type"], entry["scheduled"]) == ("daily-summary", True)
    assert entry["period"] == {"start": "2026-03-08T18:30:00.000Z", "end": "2026-03-09T18:30:00.000Z"}
    report = get(service, key, f"{REPORTS}/{entry['id']}")
    assert report["data"]["figures"]["totalTasks"]["current"] == 2
    assert report["title"] == "Daily summary, 9 March 2026"


def test_the_hour_is_the_organisation_s(service, channels):
    early, late = service.organisation("early"), service.organisation("late")
    for key, hour in ((early, 3), (late, 20)):
        service.request("PATCH", "/api/analytics/configuration", {"reportHour": hour}, key=key)

    clock_strikes(service, NOW.replace(hour=3, minute=0))

    assert len(get(service, early, REPORTS)["items"]) == 1
    assert get(service, late, REPORTS)["items"] == []


def test_a_day_that_was_reported_stays_as_it_is_when_its_message_comes_again(service, channels):
    key = service.organisation("demo")
    work(service, key)
    at = NOW.replace(hour=7, minute=0)
    clock_strikes(service, at)
    there = every_item()

    post_run(service, key, "scout", "1.0", created="2026-03-09T10:00:00Z")
    services("demo").reports.generate_of_day((NOW - timedelta(days=1)).date())
    clock_strikes(service, at + timedelta(hours=2))

    kept = [item for item in there if "#REPORT" in item["pk"]["S"]]
    assert [item for item in every_item() if "#REPORT" in item["pk"]["S"]] == kept
    assert len(kept) == 2


def test_of_two_messages_at_the_same_moment_one_makes_the_report(service, channels, monkeypatch):
    service.organisation("demo")
    reports, day = services("demo").reports, (NOW - timedelta(days=1)).date()
    monkeypatch.setattr(reports._store, "report", lambda _: None)

    reports.generate_of_day(day)
    reports.generate_of_day(day)

    assert len([item for item in every_item() if "#REPORTS#" in item["pk"]["S"]]) == 1


def test_an_organisation_that_cannot_answer_holds_up_no_other(service, channels):
    service.organisation("broken")
    key = service.organisation("sound")
    table = Table("broken")
    table.set(keys.ORGANISATION("broken"), {"time_zone": "Atlantis/Capital"})
    with frozen_at(NOW.replace(hour=7, minute=0)):
        service.invoke("daily_report", {})
    event = received(Queue.REPORTS)

    answer = service.invoke("report_worker", event)

    (failed,) = [each["messageId"] for each in event["Records"] if "broken" in each["body"]]
    assert answer == {"batchItemFailures": [{"itemIdentifier": failed}]}
    assert len(get(service, key, REPORTS)["items"]) == 1


def test_a_message_that_was_late_by_a_day_still_makes_its_report(service, channels):
    key = service.organisation("demo")
    with frozen_at(NOW.replace(hour=7, minute=0)):
        service.invoke("daily_report", {})

    with frozen_at(NOW + timedelta(days=1)):
        work_through(service, "report_worker", Queue.REPORTS)
        (entry,) = get(service, key, REPORTS)["items"]

    assert entry["period"]["start"] == "2026-03-09T00:00:00.000Z"
