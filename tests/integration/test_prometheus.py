"""What Prometheus scrapes: read back by its own parsers, and the same figures that the other routes answer."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_plain

from benchmarks.capacity import metered
from tests.support.agent_hours import FAULT, at, dear, hours, recent
from tests.support.steps import announce, get, post_run, prepare, register
from tests.support.tasks import tasks_of
from tests.support.watched import NAME, Watched
from watchbill.platform.clock import frozen_at, now, to_text
from watchbill.platform.table import Table

NOON = datetime(2026, 3, 10, 12, 30, tzinfo=UTC)
OPENMETRICS = {"Accept": "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3"}
PLAIN = {"Accept": "text/plain;version=0.0.4"}
READERS = {"openmetrics": (OPENMETRICS, read_openmetrics), "plain": (PLAIN, read_plain)}
each_format = pytest.mark.parametrize("form", READERS)


@pytest.fixture(autouse=True)
def noon():
    """A frozen clock, half an hour into the running hour."""
    with frozen_at(NOON):
        yield


def scrape(service, key, form="openmetrics"):
    """What a scrape says: values by sample name and labels."""
    headers, read = READERS[form]
    service.settle()
    answer = service.request("GET", "/metrics", key=key, headers=headers)
    assert answer.status == 200, answer.text
    samples = [sample for family in read(answer.text) for sample in family.samples]
    found = {(sample.name, frozenset(sample.labels.items())): sample.value for sample in samples}
    assert len(found) == len(samples)
    return found


def value(found, name, **labels):
    return found.get((name, frozenset(labels.items())))


def work(service, key):
    """Two agents, the first with two versions, whose runs ended in every way."""
    prepare(service, key, "ada", "1.0.0", "2.0.0")
    prepare(service, key, "bob")
    at = to_text(now() - timedelta(hours=1))
    for number, status in enumerate(("completed", "completed", "failed", "timeout", "cancelled", "running", "queued")):
        facts = {"created": at, "status": status, "time_taken": f"{number + 1}s"}
        post_run(service, key, "ada", "1.0.0", cost=0.5, tokens={"input": 10, "output": 5}, **facts)
    post_run(service, key, "ada", "2.0.0", created=at, cost=0.0000000001)
    post_run(service, key, "bob", created=to_text(now() - timedelta(days=9)), tokens={"total": 7})


class TestFigures:
    @each_format
    def test_a_scrape_says_what_the_other_routes_answer(self, service, key, form):
        work(service, key)
        found = scrape(service, key, form)

        totals = Counter()
        for row in get(service, key, "/api/v1/ui/agent_versions"):
            runs = [
                value(found, "watchbill_agent_version_runs", agent=row["name"], version=row["version"], status=status)
                for status in ("completed", "failed", "timeout", "cancelled", "running", "queued")
            ]
            cost = value(found, "watchbill_agent_version_cost_usd", agent=row["name"], version=row["version"])
            assert sum(runs) == row["totalRuns"]
            assert cost == row["spend"]
            totals[row["name"]] += row["totalRuns"]
        assert totals == {"ada": 8, "bob": 1}
        for agent, runs in totals.items():
            assert value(found, "watchbill_agent_runs_recorded_total", agent=agent) == runs
        assert value(found, "watchbill_runs_recorded_total") == totals.total()
        cards = {card["title"]: card["raw"] for card in get(service, key, "/api/v1/ui/stats")}
        assert value(found, "watchbill_agents_active") == cards["Active Agents"] == 1
        assert value(found, "watchbill_cost_usd") == cards["Total Cost Today"] == 3.5000000001

    @each_format
    def test_the_last_day_is_that_of_the_dashboard_and_of_the_analytics(self, service, key, form):
        work(service, key)
        found = scrape(service, key, form)

        (row,) = get(service, key, "/api/analytics/dashboard")["strands"]
        (day,) = get(service, key, "/api/agents/analytics?range=24h")["agents"]
        told = {
            q: value(found, "watchbill_agent_run_duration_seconds", agent="ada", quantile=q) for q in ("0.5", "0.95")
        }
        assert told == {"0.5": row["metrics"]["p50ExecutionTime"] / 1000, "0.95": day["p95_duration_ms"] / 1000}
        assert value(found, "watchbill_agent_success_ratio", agent="ada") == day["success_rate"]
        states = {name: value(found, "watchbill_agent_health", agent="ada", health=name) for name in HEALTHS}
        assert states == {name: float(name == row["health"]) for name in HEALTHS}
        assert value(found, "watchbill_agent_last_run_timestamp_seconds", agent="ada") == NOON.timestamp() - 3600
        assert value(found, "watchbill_agent_health", agent="bob", health="healthy") is None

    def test_tokens_and_known_costs_are_counted_apart_from_what_nobody_told(self, service, key):
        work(service, key)
        found = scrape(service, key)

        named = ("tokens", "input_tokens", "output_tokens", "runs_with_cost")
        assert [value(found, f"watchbill_agent_{name}", agent="ada") for name in named] == [105, 70, 35, 8]
        assert [value(found, f"watchbill_agent_{name}", agent="bob") for name in named] == [7, 0, 0, 0]
        assert [value(found, f"watchbill_{name}") for name in named] == [112, 70, 35, 8]

    def test_a_cost_that_is_corrected_falls_and_the_count_of_runs_does_not(self, service, key):
        prepare(service, key)
        run = post_run(service, key, created=to_text(now()), cost=2)["run_id"]
        before = scrape(service, key)
        service.request("PATCH", f"/api/v1/agents/my-agent/runs/{run}", {"cost": 1, "status": "failed"}, key=key)
        after = scrape(service, key)

        assert [value(one, "watchbill_cost_usd") for one in (before, after)] == [2, 1]
        assert [value(one, "watchbill_runs", status="completed") for one in (before, after)] == [1, 0]
        assert [value(one, "watchbill_runs_recorded_total") for one in (before, after)] == [1, 1]

    @each_format
    def test_an_organisation_without_anything_is_zeros(self, service, key, form):
        found = scrape(service, key, form)

        assert {sample for (name, _), sample in found.items() if name.startswith("watchbill_runs")} == {0}
        assert value(found, "watchbill_agents") == 0
        assert not [labels for _, labels in found if dict(labels).get("agent")]

    @pytest.mark.usefixtures("channels")
    def test_tasks_are_those_of_the_task_runner(self, service, key, monkeypatch):
        tasks = tasks_of(service, key, monkeypatch)
        tasks.make()
        tasks.go_on()
        tasks.post("/api/agents/task-runner", {"action": "stop"})
        tasks.make()
        tasks.go_on()

        found, runner = scrape(service, key), get(service, key, "/api/agents/task-runner")
        told = {status: value(found, "watchbill_tasks", status=status) for status in ("pending", "completed", "failed")}
        assert (
            told == {status: runner["stats"][status] for status in told} == {"pending": 1, "completed": 1, "failed": 0}
        )
        assert value(found, "watchbill_task_slots") == runner["runner"]["max_concurrent_tasks"]
        assert value(found, "watchbill_task_runner_running") == 0

    def test_open_anomalies_are_counted_by_agent_and_severity(self, service):
        key = service.organisation("watched")
        watched = Watched(Table("watched"))
        watched.register()
        watched.count(recent(hours(FAULT + 3, dear)))
        watched.check(at(FAULT + 3))
        with frozen_at(at(FAULT + 3)):
            found = scrape(service, key)

        (anomaly,) = watched.service.open_ones()
        told = {(name, *sorted(dict(labels).values())): number for (name, labels), number in found.items()}
        assert (
            told["watchbill_anomalies_open", "critical"]
            == told["watchbill_agent_anomalies_open", "critical", NAME]
            == 1
        )
        assert told["watchbill_anomalies_open", "high"] == told["watchbill_agent_anomalies_open", "high", NAME] == 0
        assert anomaly.severity == "critical"


HEALTHS = ("healthy", "warning", "critical")


class TestFormat:
    @each_format
    def test_names_of_any_signs_are_read_back_as_they_are(self, service, key, form):
        names = ["a b", "{a=~b}", "naïve,日本", "a'b;c|d", "+Inf", "x} 1 HELP y", "=,="]
        project = 'back\\slash, "quoted" \\n and \\'
        for name in names:
            register(service, key, name, project=project)
            announce(service, key, name, "v 1,}")
            post_run(service, key, name, "v 1,}", created=to_text(now()))

        found = scrape(service, key, form)

        described = [dict(labels) for name, labels in found if name == "watchbill_agent_info"]
        assert sorted(one["agent"] for one in described) == sorted(names)
        assert {one["project"] for one in described} == {project}
        for name in names:
            assert value(found, "watchbill_agent_version_runs", agent=name, version="v 1,}", status="completed") == 1

    def test_the_format_is_negotiated_and_openmetrics_ends(self, service, key):
        def asked(accept):
            answer = service.request("GET", "/metrics", key=key, headers={"Accept": accept} if accept else {})
            return answer.headers["Content-Type"].split(";")[0], answer.text.endswith("# EOF\n")

        openmetrics, plain = ("application/openmetrics-text", True), ("text/plain", False)
        assert asked("application/openmetrics-text") == openmetrics
        assert asked(OPENMETRICS["Accept"]) == openmetrics
        for other in (None, "*/*", "text/plain", "application/openmetrics-text; version=abc", "text/plain;version=x.y"):
            assert asked(other) == plain

    def test_every_family_is_described_and_named_by_the_rules_of_the_format(self, service, key):
        work(service, key)
        service.settle()
        text = service.request("GET", "/metrics", key=key, headers=OPENMETRICS).text

        families = list(read_openmetrics(text))
        assert all(family.documentation and family.name.startswith("watchbill_") for family in families)
        assert {family.type for family in families} == {"counter", "gauge", "info", "summary"}
        assert {family.name for family in families if family.unit} == {
            family.name for family in families if family.name.endswith(("_seconds", "_usd"))
        }
        assert not [family.name for family in families if family.name.endswith(("_ms", "_milliseconds", "_percent"))]


def test_what_a_scrape_reads_does_not_grow_with_the_runs(service, key):
    prepare(service, key)
    read = []
    for more in (5, 60):
        run = {"created": to_text(now()), "status": "completed", "cost": 1, "time_taken": "1s"}
        service.request("POST", "/api/v1/agents/my-agent/versions/1.0.2/runs", {"runs": [run] * more}, key=key)
        service.settle()
        with metered() as meter:
            service.request("GET", "/metrics", key=key)
        read.append((meter.read_units, meter.requests))

    assert read[0] == read[1]
    assert read[0][0] < 20
