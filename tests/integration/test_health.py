"""How strands are, one by one and on the dashboard: from the records that were posted, over the API."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.steps import PERFORMANCE, get, register
from watchbill.performance import service as performance
from watchbill.platform import aws
from watchbill.platform.clock import frozen_at, now, to_text
from watchbill.services import services

NOON = datetime(2026, 3, 10, 12, 30, tzinfo=UTC)
HEALTH = "/api/analytics/strands/{}/health"
DASHBOARD = "/api/analytics/dashboard"


@pytest.fixture(autouse=True)
def noon():
    """A frozen clock, half an hour into the running hour."""
    with frozen_at(NOON):
        yield


def track(service, key, strand="writer", user="amara", hours_ago=0.0, **metrics):
    """Post a record whose task ended some hours ago, and let the figures follow."""
    at = to_text(now() - timedelta(hours=hours_ago))
    record = a_record(strand, user, timestamp=at, **metrics)
    assert service.request("POST", PERFORMANCE, record, key=key).status == 201
    service.settle()


def a_record(strand="writer", user="amara", **metrics):
    """A record of a task that went well, unless the metrics say otherwise."""
    told = {"executionTime": 1000, "successRate": 1.0, "qualityScore": 90, "cost": 0.25}
    return {"strandId": strand, "userId": user, "taskId": "t", "taskType": "summary", "metrics": {**told, **metrics}}


def health(service, key, strand="writer"):
    return get(service, key, HEALTH.format(strand))


def rows(board):
    return {row["name"]: row["health"] for row in board["strands"]}


class TestOneStrand:
    def test_nothing_is_known_of_a_strand_that_never_worked_or_that_nobody_knows(self, service, key):
        register(service, key, "idle")

        nothing = {"status": "unknown", "message": "No performance data available"}
        assert health(service, key, "idle") == nothing
        assert health(service, key, "nobody") == nothing

    def test_a_strand_that_works_is_healthy_and_shows_the_metrics_of_its_snapshot(self, service, key):
        track(service, key, hours_ago=1, qualityScore=10)
        track(service, key)

        snapshot = get(service, key, "/api/analytics/strands/writer/snapshot")

        assert health(service, key) == {
            "status": "healthy",
            "message": "Strand is performing normally",
            "metrics": snapshot["metrics"],
        }

    def test_a_strand_is_found_by_its_id_as_well(self, service, key):
        track(service, key)
        agent_id = get(service, key, "/api/v1/agents/writer")["id"]

        assert health(service, key, agent_id)["status"] == "healthy"

    def test_a_strand_that_fails_every_task_of_the_day_is_critical(self, service, key):
        track(service, key, hours_ago=30)
        for hours in (20, 1, 0):
            track(service, key, hours_ago=hours, successRate=0.0)

        told = health(service, key)

        assert (told["status"], told["message"]) == ("critical", "All 3 tasks of the last 24 hours failed")
        assert "anomalies" in told
        assert "metrics" not in told

    def test_one_failed_task_of_one_is_no_alarm(self, service, key):
        track(service, key, successRate=0.0)

        assert health(service, key)["status"] == "healthy"

    def test_one_task_that_succeeds_ends_the_alarm(self, service, key):
        for _ in range(3):
            track(service, key, hours_ago=2, successRate=0.0)
        track(service, key)

        assert health(service, key)["status"] == "healthy"

    def test_tasks_that_are_not_over_decide_nothing(self, service, key):
        register(service, key, "writer")
        for status in ("running", "queued", "cancelled"):
            run = {"created": to_text(now()), "status": status}
            service.request("POST", "/api/v1/agents/writer/versions/unversioned/runs", run, key=key)
        service.settle()

        assert health(service, key)["status"] == "healthy"


class TestAnomalies:
    @pytest.mark.parametrize(
        ("times_as_slow", "status", "message"),
        [
            (6, "critical", "Critical performance issues detected"),
            (3.4, "degraded", "Performance degradation detected"),
            (1.2, "healthy", "Strand is performing normally"),
        ],
    )
    def test_the_open_anomalies_of_the_last_hour_decide(self, service, key, times_as_slow, status, message):
        work_steadily(service, key, hours_ago=range(1, 16))
        work_steadily(service, key, hours_ago=[0], takes=1000 * times_as_slow)

        told = health(service, key)

        assert (told["status"], told["message"]) == (status, message)
        found = [(anomaly["type"], anomaly["resolved"]) for anomaly in told.get("anomalies", [])]
        assert found == ([] if status == "healthy" else [("latency", False)])

    def test_an_anomaly_that_was_over_before_the_last_hour_is_forgotten(self, service, key):
        for hours_ago, takes in ((range(9, 24), 1000), ([8], 6000), (range(8), 1000)):
            work_steadily(service, key, hours_ago=hours_ago, takes=takes)

        assert health(service, key)["status"] == "healthy"

    def test_the_dashboard_shows_those_that_alarm_and_are_open(self, service, key):
        for strand, user, takes in (("writer", "bjorn", 6000), ("reader", "amara", 3400), ("idler", "amara", 2200)):
            work_steadily(service, key, strand, hours_ago=range(2, 14))
            work_steadily(service, key, strand, user, hours_ago=[1], takes=takes)
        check(service)

        everybody = get(service, key, DASHBOARD)
        bjorn, nobody = (get(service, key, f"{DASHBOARD}?userId={user}") for user in ("bjorn", "nobody"))

        shown = [(anomaly["affectedComponent"], anomaly["severity"]) for anomaly in everybody["anomalies"]]
        assert shown == [("writer", "critical"), ("reader", "high")]
        assert [anomaly["affectedComponent"] for anomaly in bjorn["anomalies"]] == ["writer"]
        assert nobody["anomalies"] == []


def work_steadily(service, key, strand="writer", user="amara", *, hours_ago, takes=1000):
    """Six tasks in the first half of each of some hours, of about as many ms each."""
    full_hour = now().replace(minute=0)
    records = [
        a_record(strand, user, timestamp=to_text(full_hour - timedelta(hours=hours, minutes=-part)), executionTime=took)
        for hours in hours_ago
        for part, took in enumerate(range(round(takes * 0.95), round(takes * 1.05), round(takes * 0.02)))
    ]
    assert service.request("POST", PERFORMANCE, {"records": records}, key=key).status == 201
    service.settle()


def check(service):
    """The hourly check of the organisation, as the clock would have it."""
    anomalies = services("demo").anomalies
    anomalies.check_all(anomalies.agents_to_check(), now())


class TestTheDashboard:
    def test_an_organisation_without_work_has_an_empty_one(self, service, key):
        assert get(service, key, DASHBOARD) == {
            "summary": {"totalTasks": 0, "successRate": None, "avgQuality": None, "totalCost": 0},
            "strands": [],
            "anomalies": [],
            "timeSeries": [],
        }

    def test_the_summary_is_of_all_strands_and_each_has_its_row(self, service, key):
        track(service, key, "writer", qualityScore=80)
        track(service, key, "writer", qualityScore=90, hours_ago=3)
        track(service, key, "reader", successRate=0.0, qualityScore=0, cost=0.5)

        board = get(service, key, DASHBOARD)

        assert board["summary"] == {
            "totalTasks": 3,
            "successRate": pytest.approx(2 / 3),
            "avgQuality": 85,
            "totalCost": 1,
        }
        assert [(row["name"], row["health"], row["metrics"]["totalTasks"]) for row in board["strands"]] == [
            ("reader", "critical", 1),
            ("writer", "healthy", 2),
        ]
        assert board["strands"][1]["id"] == get(service, key, "/api/v1/agents/writer")["id"]

    def test_rows_are_called_by_success_then_quality_then_time(self, service, key):
        track(service, key, "failing", successRate=0.0, executionTime=10)
        track(service, key, "slow", executionTime=5001)
        track(service, key, "poor", qualityScore=69)
        track(service, key, "well", executionTime=5000, qualityScore=70)
        track(service, key, "unjudged", qualityScore=None)

        found = rows(get(service, key, DASHBOARD))

        assert found == {
            "failing": "critical",
            "poor": "warning",
            "slow": "warning",
            "unjudged": "healthy",
            "well": "healthy",
        }
        assert list(found) == ["failing", "poor", "slow", "unjudged", "well"]

    def test_it_shows_the_last_day_and_no_more(self, service, key):
        track(service, key, "writer", hours_ago=23.9)
        track(service, key, "writer", hours_ago=25)
        track(service, key, "retired", hours_ago=40)

        board = get(service, key, DASHBOARD)

        assert board["summary"]["totalTasks"] == 1
        assert rows(board) == {"writer": "healthy"}

    def test_the_series_is_by_the_hour(self, service, key):
        for hours in (0, 0, 5):
            track(service, key, hours_ago=hours)

        series = get(service, key, DASHBOARD)["timeSeries"]

        tasks = [(point["timestamp"], point["value"]) for point in series if point["metric"] == "totalTasks"]
        assert tasks == [("2026-03-10T07:00:00.000Z", 1), ("2026-03-10T12:00:00.000Z", 2)]

    def test_one_user_sees_the_tasks_of_one_user(self, service, key):
        track(service, key, "writer", user="amara", cost=1)
        track(service, key, "writer", user="bjorn", cost=2, successRate=0.0)
        track(service, key, "reader", user="bjorn", cost=4)

        amara, nobody = (get(service, key, f"{DASHBOARD}?userId={user}") for user in ("amara", "nobody"))

        assert (amara["summary"]["totalTasks"], amara["summary"]["totalCost"]) == (1, 1)
        assert rows(amara) == {"writer": "healthy"}
        assert (nobody["summary"]["totalTasks"], nobody["strands"]) == (0, [])

    def test_a_user_s_strands_are_null_where_too_many_runs_would_have_to_be_read(self, service, key, monkeypatch):
        track(service, key, "writer", user="amara", cost=1)
        track(service, key, "writer", user="bjorn", cost=2)
        monkeypatch.setattr(performance, "MOST_RUNS_READ", 1)

        amara, everybody = (get(service, key, f"{DASHBOARD}{user}") for user in ("?userId=amara", ""))

        assert (amara["summary"]["totalCost"], amara["strands"]) == (1, None)
        assert [point["value"] for point in amara["timeSeries"] if point["metric"] == "cost"] == [1]
        assert rows(everybody) == {"writer": "healthy"}

    def test_it_agrees_with_the_analytics_of_its_hours(self, service, key):
        for hours in range(8):
            track(service, key, "writer", hours_ago=hours, executionTime=100 * hours)
        window = "startDate=2026-03-09T12:00:00Z&endDate=2026-03-10T13:00:00Z"

        board, analytics = get(service, key, DASHBOARD), get(service, key, f"{PERFORMANCE}?{window}")

        (row,) = board["strands"]
        assert row["metrics"] == analytics["byStrand"][row["id"]]
        assert board["timeSeries"] == analytics["timeSeries"]


def test_what_is_read_does_not_grow_with_the_tasks(service, key):
    addresses = [DASHBOARD, HEALTH.format("writer")]
    post_often(service, key, 30)
    few = [read_for(service, key, address) for address in addresses]
    post_often(service, key, 60)

    assert all(operations and items for operations, items in few)
    assert [read_for(service, key, address) for address in addresses] == few


def post_often(service, key, times):
    """As many requests within one hour, each with records of its own instant."""
    for number in range(times):
        at = to_text(now() - timedelta(hours=2) + timedelta(seconds=10 * number, milliseconds=times))
        records = [a_record(timestamp=at), a_record(timestamp=at)]
        assert service.request("POST", PERFORMANCE, {"records": records}, key=key).status == 201
    service.settle()


def read_for(service, key, address):
    """What a question has the table read: how many operations, and how many items came."""
    asked, items = [], []

    def ask(model, **_):
        asked.append(model.name)

    def come(parsed, **_):
        items.append(len(parsed.get("Items", [])))

    events = aws.dynamodb().meta.events
    events.register("provide-client-params.dynamodb", ask)
    events.register("after-call.dynamodb", come)
    get(service, key, address)
    events.unregister("provide-client-params.dynamodb", ask)
    events.unregister("after-call.dynamodb", come)
    return len(asked), sum(items)
