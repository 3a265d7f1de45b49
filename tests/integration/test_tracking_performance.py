"""The performance tracker over HTTP: what is told is a run, what is asked is answered exactly."""

from datetime import timedelta

import pytest

from tests.support.steps import A_RECORD, PERFORMANCE, get, made
from watchbill.platform.clock import frozen_at, now, to_text

STRAND = "/api/analytics/strands/test-strand/snapshot"


def told(**fields):
    """A record as the original's own test sends it."""
    metrics = {
        "executionTime": 1000,
        "tokenUsage": 500,
        "cost": 0.01,
        "successRate": 1.0,
        "userSatisfaction": 5.0,
        "qualityScore": 90,
        "timestamp": to_text(now()),
    }
    named = {name: fields.pop(name) for name in ("strandId", "userId", "taskId", "taskType") if name in fields}
    usual = {"strandId": "test-strand", "userId": "test-user", "taskId": "test-task", "taskType": "test-type"}
    return {**usual, **named, "metrics": metrics | fields}


def track(service, key, **fields):
    """Send a record; what was answered."""
    return made(service.request("POST", PERFORMANCE, told(**fields), key=key))


def test_a_tracked_task_is_in_the_analytics(service, key):
    run = track(service, key)
    service.settle()

    figures = get(service, key, f"{PERFORMANCE}?strandId=test-strand")

    assert (figures["totalTasks"], figures["avgQualityScore"]) == (1, 90)
    assert figures["byStrand"][run["agent_id"]]["totalCost"] == 0.01
    assert figures["byUser"]["test-user"]["totalTokens"] == 500
    assert figures["p95ExecutionTime"] == pytest.approx(1000, rel=0.01)


def test_unfiltered_and_per_user_questions_are_answered(service, key):
    track(service, key)
    track(service, key, userId="other", successRate=0.0, qualityScore=0)
    service.settle()

    everything = get(service, key, PERFORMANCE)
    one = get(service, key, f"{PERFORMANCE}?userId=other")

    assert (everything["totalTasks"], everything["successRate"], everything["avgQualityScore"]) == (2, 0.5, 90)
    assert (one["totalTasks"], one["successRate"], one["avgQualityScore"]) == (1, 0, None)


def test_two_records_of_one_millisecond_are_two_tasks(service, key):
    with frozen_at(now()):
        track(service, key)
        track(service, key)
    service.settle()

    assert get(service, key, PERFORMANCE)["totalTasks"] == 2


def test_a_record_sent_again_under_its_id_is_one_task(service, key):
    for _ in range(2):
        made(service.request("POST", PERFORMANCE, A_RECORD, key=key))
    service.settle()

    window = "startDate=2023-08-01T00:00:00Z&endDate=2023-08-02T00:00:00Z"
    assert get(service, key, f"{PERFORMANCE}?{window}")["totalTasks"] == 1


def test_missing_ratings_lower_no_mean(service, key):
    track(service, key, userSatisfaction=4)
    track(service, key, userSatisfaction=0)
    service.settle()

    assert get(service, key, PERFORMANCE)["avgSatisfaction"] == 4


def test_more_than_a_page_of_records_is_counted(service, key):
    records = [told(userId=f"user-{i % 7}") for i in range(230)]
    service.request("POST", PERFORMANCE, {"records": records}, key=key)
    service.settle()

    figures = get(service, key, f"{PERFORMANCE}?strandId=test-strand&minQualityScore=50")

    assert figures["totalTasks"] == 230
    assert sum(user["totalTasks"] for user in figures["byUser"].values()) == 230


def test_a_batch_over_several_strands_is_answered_item_by_item(service, key):
    records = [told(), {"strandId": "x"}, told(strandId="other-strand"), told()]

    answer = service.request("POST", PERFORMANCE, {"records": records}, key=key).json

    assert [item["index"] for item in answer["accepted"]] == [0, 2, 3]
    assert [item["index"] for item in answer["rejected"]] == [1]
    assert answer["rejected"][0]["errors"][0]["path"].startswith("records.1.")


def test_the_snapshot_is_the_newest_record(service, key):
    track(service, key, timestamp=to_text(now() - timedelta(hours=2)), qualityScore=10)
    track(service, key, taskId="newest")
    track(service, key, timestamp=to_text(now() - timedelta(days=3)), qualityScore=20)

    snapshot = get(service, key, STRAND)

    assert (snapshot["taskId"], snapshot["metrics"]["qualityScore"]) == ("newest", 90)


def test_there_is_no_snapshot_of_a_strand_that_never_worked(service, key):
    assert service.request("GET", STRAND, key=key).status == 404
    service.request("POST", "/api/v1/agents/test-strand/register", {"project": "p"}, key=key)

    answer = service.request("GET", STRAND, key=key)

    assert answer.status == 404
    assert "nothing is known of the work of 'test-strand'" in answer.json["detail"]


def test_the_series_is_by_the_hour_for_a_week_and_by_the_day_beyond(service, key):
    start = now().replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=9)
    for hours in (1, 2, 30):
        track(service, key, timestamp=to_text(start + timedelta(hours=hours)))
    service.settle()

    week = get(service, key, f"{PERFORMANCE}?startDate={to_text(start)}&endDate={to_text(start + timedelta(days=7))}")
    longer = get(service, key, f"{PERFORMANCE}?startDate={to_text(start)}&endDate={to_text(start + timedelta(days=8))}")

    assert [p["value"] for p in week["timeSeries"] if p["metric"] == "totalTasks"] == [1, 1, 1]
    assert [p["value"] for p in longer["timeSeries"] if p["metric"] == "totalTasks"] == [2, 1]
