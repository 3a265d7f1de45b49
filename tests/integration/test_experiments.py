"""Experiments through the routes: who does a task, what is on record of it, and what came of it."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from string import ascii_lowercase

import pytest

from tests.support.steps import AN_EXPERIMENT, announce, get, prepare, register
from tests.support.tasks import tasks_of
from watchbill.platform.clock import frozen_at
from watchbill.platform.functions import Invoked

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
EXPERIMENTS = "/api/v1/agents/worker/experiments"
EVENLY = {"name": "n", "versions": [{"version": "1.0"}, {"version": "2.0"}]}


@pytest.fixture
def tasks(service, key, channels, monkeypatch):
    with frozen_at(NOW):
        made = tasks_of(service, key, monkeypatch)
        for version in ("1.0", "2.0"):
            announce(service, key, "worker", version)
        yield made


def begin(tasks, **facts):
    return tasks.post(EXPERIMENTS, EVENLY | facts)["id"]


def refused(tasks, method, address, body, status):
    answer = tasks.service.request(method, address, body, key=tasks.key)
    assert answer.status == status, answer.text
    return answer.json["detail"]


def test_a_task_is_done_by_the_version_that_was_chosen_and_its_run_is_that_version_s(tasks):
    experiment = begin(tasks)
    made = [tasks.make() for _ in range(6)]
    tasks.go_on()

    assert {task["experiment_id"] for task in made} == {experiment}
    assert {event["id"]: event["version"] for event in tasks.agent.seen} == {
        task["id"]: task["version"] for task in made
    }
    for version, count in Counter(task["version"] for task in made).items():
        runs = tasks.get(f"/api/v1/agents/worker/versions/{version}/runs")
        assert [(run["status"], run["experiment_id"]) for run in runs] == [("completed", experiment)] * count


def test_without_an_experiment_a_task_has_no_version(tasks):
    experiment = begin(tasks)
    tasks.post(f"{EXPERIMENTS}/{experiment}/stop")

    assert "version" not in {name for name, value in tasks.make().items() if value is not None}


def test_a_session_stays_with_its_version(tasks):
    begin(tasks, sticky_by="session")

    versions = {session: {tasks.make(session_id=session)["version"] for _ in range(2)} for session in ascii_lowercase}

    assert {len(each) for each in versions.values()} == {1}
    assert len({version for each in versions.values() for version in each}) == 2


def test_figures_are_those_of_the_experiment_s_runs_and_say_whether_they_differ(tasks):
    tasks.make()
    tasks.go_on()
    tasks.agent.afterwards = Invoked({"output": 1, "metrics": {"cost": 0.5, "quality_score": 80.0}})
    experiment = begin(tasks, hypothesis="success")
    tasks.agent.answers = [Invoked({"error": {"type": "Bad", "message": "m", "retryable": False}})]
    done = Counter[str]()
    while min(done["1.0"], done["2.0"]) < 3:  # which of them does a task is left to chance
        done[tasks.make()["version"]] += 1
    tasks.go_on()

    shown = tasks.get(f"{EXPERIMENTS}/{experiment}")

    assert (shown["status"], shown["runs"]) == ("running", done.total())
    assert {figures["version"]: figures["runs"] for figures in shown["figures"]} == done
    succeeded = [round(figures["success"]["value"] * figures["success"]["runs"]) for figures in shown["figures"]]
    assert sum(succeeded) == done.total() - 1
    for figures in shown["figures"]:
        assert (figures["cost"]["value"], figures["cost"]["low"]) == (0.5, 0.5)
        assert figures["quality"]["value"] == 80
    assert shown["comparisons"][0]["says"].startswith("too few runs to compare success")


def test_a_rating_that_comes_later_is_counted_and_one_that_changes_counts_once(tasks):
    experiment = begin(tasks)
    task = tasks.make()
    tasks.go_on()
    (run,) = tasks.get("/api/v1/agents/worker/runs")
    for rating in (2.0, 4.5):
        address = f"/api/v1/agents/worker/runs/{run['run_id']}"
        tasks.service.request("PATCH", address, {"user_satisfaction": rating}, key=tasks.key)
    tasks.go_on()

    figures = {each["version"]: each for each in tasks.get(f"{EXPERIMENTS}/{experiment}")["figures"]}
    assert figures[task["version"]]["rating"] == {"value": 4.5, "low": None, "high": None, "runs": 1}


def test_one_experiment_runs_at_a_time(tasks):
    first = begin(tasks)
    assert first in refused(tasks, "POST", EXPERIMENTS, EVENLY, 409)

    tasks.post(f"{EXPERIMENTS}/{first}/stop")
    second = begin(tasks)

    listed = tasks.get(EXPERIMENTS)["items"]
    assert [(one["id"], one["status"]) for one in listed] == [(second, "running"), (first, "stopped")]


def test_stopping_what_is_over_changes_nothing(tasks):
    first = begin(tasks)
    stopped = tasks.post(f"{EXPERIMENTS}/{first}/stop")
    second = begin(tasks)

    with frozen_at(NOW + timedelta(minutes=1)):
        assert tasks.post(f"{EXPERIMENTS}/{first}/stop") == stopped
    assert tasks.get(f"{EXPERIMENTS}/{second}")["status"] == "running"


def test_an_experiment_ends_by_itself_and_makes_room_for_the_next(tasks):
    first = begin(tasks, ends_at="2026-03-10T13:00:00Z")

    with frozen_at(NOW + timedelta(hours=1)):
        assert tasks.make()["version"] is None
        assert tasks.get(f"{EXPERIMENTS}/{first}")["status"] == "ended"
        begin(tasks)


def test_weights_change_while_it_runs(tasks):
    experiment = begin(tasks)
    weights = {"versions": [{"version": "1.0", "weight": 0.001}, {"version": "2.0", "weight": 1000}]}

    answer = tasks.service.request("PATCH", f"{EXPERIMENTS}/{experiment}", weights, key=tasks.key)

    assert answer.json["versions"] == [{"version": "1.0", "weight": 0.001}, {"version": "2.0", "weight": 1000.0}]
    assert {tasks.make()["version"] for _ in range(5)} == {"2.0"}
    assert any("weights were changed" in note for note in tasks.get(f"{EXPERIMENTS}/{experiment}")["notes"])


def test_what_an_experiment_cannot_be_is_refused(tasks):
    assert "no version '3.0'" in refused(
        tasks, "POST", EXPERIMENTS, EVENLY | {"versions": [{"version": "1.0"}, {"version": "3.0"}]}, 422
    )
    assert "ends_at" in refused(tasks, "POST", EXPERIMENTS, EVENLY | {"ends_at": "2026-03-10T12:00:00Z"}, 400)
    experiment = begin(tasks)
    others = {"versions": [{"version": "1.0"}, {"version": "3.0"}]}
    assert "keeps its versions" in refused(tasks, "PATCH", f"{EXPERIMENTS}/{experiment}", others, 422)
    tasks.post(f"{EXPERIMENTS}/{experiment}/stop")
    refused(tasks, "PATCH", f"{EXPERIMENTS}/{experiment}", {"versions": EVENLY["versions"]}, 422)
    refused(tasks, "POST", f"{EXPERIMENTS}/none/stop", {}, 404)


def test_experiments_are_listed_in_pages(tasks):
    ids = []
    for minute in range(3):
        with frozen_at(NOW + timedelta(minutes=minute)):
            ids.append(begin(tasks))
            tasks.post(f"{EXPERIMENTS}/{ids[-1]}/stop")

    first = tasks.get(f"{EXPERIMENTS}?limit=2")
    second = tasks.get(f"{EXPERIMENTS}?limit=2&cursor={first['next_cursor']}")

    assert [one["id"] for page in (first, second) for one in page["items"]] == ids[::-1]
    assert second["next_cursor"] is None


def test_another_agent_s_experiment_is_not_found(service, key, tasks):
    experiment = begin(tasks)
    register(service, key, "other")
    prepare(service, key, "third", *(share["version"] for share in AN_EXPERIMENT["versions"]))

    assert service.request("GET", f"/api/v1/agents/other/experiments/{experiment}", key=key).status == 404
    assert get(service, key, "/api/v1/agents/third/experiments") == {"items": [], "next_cursor": None}
