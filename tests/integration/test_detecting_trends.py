"""The trend agent over the wire: feeds that turn to something new, and runs that are no longer as they were."""

from collections.abc import Iterable
from datetime import timedelta

import pytest

from tests.integration.client.server import Reply, Seen, serving
from tests.support.feeds import NEWS, feed
from tests.support.steps import VERSION, a_run, prepare
from tests.support.tasks import tasks_of
from watchbill.analytics.cards import Window
from watchbill.analytics.models import Measure
from watchbill.platform import aws, clock
from watchbill.services import services

DAY = timedelta(days=1)
NO_FEEDS = {"source": "feeds", "reason": "no feeds or pages are configured"}


@pytest.fixture
def papers():
    """Two feeds, by their paths, and a page that never says when."""

    def answer(request: Seen) -> Reply:
        if request.path == "/page":
            return Reply(200, b'<a href="/1">Sails and ropes</a>')
        return Reply(200, feed(request.path.strip("/")))

    with serving(answer) as url:
        yield url


@pytest.fixture
def tasks(service, key, channels, monkeypatch):
    """An organisation whose agent `worker` looks for trends."""
    tasks = tasks_of(service, key, monkeypatch)
    tasks.set(runtime={"kind": "builtin"}, agent_type="trend_agent", max_retries=3)
    return tasks


def done(tasks, **payload):
    made = tasks.make(payload=payload)
    tasks.go_on()
    return tasks.get(f"/api/tasks/{made['id']}")


def test_what_feeds_turn_to_is_told_with_its_evidence_and_on_record(tasks, papers):
    gone = "http://127.0.0.1:9/"
    tasks.set(configuration={"feeds": [f"{papers}/a", f"{papers}/b", gone], "pages": [f"{papers}/page"], "runs": False})

    output = done(tasks)["output"]

    (trend,) = output["trends"]
    assert output["trends_detected"] == 1
    assert {name: trend[name] for name in ("name", "kind", "source", "direction", "baseline", "change")} == {
        "name": NEWS,
        "kind": "topic",
        "source": "feeds",
        "direction": "up",
        "baseline": 0,
        "change": None,
    }
    assert (trend["recent"], len(trend["evidence"])) == (1, 5)
    assert trend["evidence"][:2] == ["https://b.example/0", "https://a.example/0"]
    reasons = {one["source"]: one["reason"] for one in output["skipped"]}
    assert set(reasons) == {gone, f"{papers}/page"}
    assert reasons[f"{papers}/page"] == "nothing that it tells says when it is from"
    (run,) = tasks.get("/api/v1/agents/worker/runs")
    assert (run["trends_detected"], run["items_processed"]) == (1, 140)


def test_a_task_says_what_it_is_interested_in_and_its_other_fields_are_left_alone(tasks, papers):
    tasks.set(configuration={"feeds": [f"{papers}/a", f"{papers}/b"], "runs": False, "keywords": ["lighthouses"]})

    asked = done(tasks, keywords=["quantum", "cuanticas"], contentType="BLOG_POST", campaignId="spring")["output"]

    assert [trend["name"] for trend in asked["trends"]] == ["cuanticas"]
    assert done(tasks)["output"]["trends"] == []


@pytest.fixture
def agents(service, key):
    """Other agents of the organisation, which somebody else runs; the ids by their names."""
    return {name: prepare(service, key, name) for name in ("dear", "steady")}


def post_runs(tasks, agent: str, days: Iterable[tuple[int, int, dict]]):
    """Runs of an agent: on the day so many days ago so many."""
    now = clock.now().replace(minute=0, second=0, microsecond=0)
    runs = [
        a_run(created=clock.to_text(now - ago * DAY - timedelta(minutes=5 + number)), **fields)
        for ago, count, fields in days
        for number in range(count)
    ]
    tasks.post(f"/api/v1/agents/{agent}/versions/{VERSION}/runs", {"runs": runs})
    tasks.go_on()


def test_runs_that_are_no_longer_as_they_were_are_told_by_agent_and_task_type(tasks, agents):
    post_runs(tasks, "steady", ((ago, 2 + ago % 3, {"task_type": "watch", "cost": 1}) for ago in range(35)))
    post_runs(tasks, "dear", ((ago, 2, {"task_type": "write", "cost": 3 if ago < 7 else 1}) for ago in range(35)))

    output = done(tasks)["output"]

    (trend,) = output["trends"]
    assert {name: trend[name] for name in ("name", "kind", "source", "direction", "recent", "baseline", "change")} == {
        "name": "dear",
        "kind": "cost",
        "source": "runs",
        "direction": "up",
        "recent": 3,
        "baseline": 1,
        "change": 200,
    }
    assert trend["evidence"] == [f"agent:{agents['dear']}", "task_type:write"]
    assert output["skipped"] == [NO_FEEDS]


def test_what_is_read_follows_from_days_and_agents_and_not_from_runs(tasks, agents):
    read = []

    def note(parsed, **_):
        read.extend([*parsed.get("Items", ()), *([parsed["Item"]] if "Item" in parsed else ())])

    def items_read():
        end = clock.now().replace(minute=0, second=0, microsecond=0)
        read.clear()
        by_type, by_agent = services("demo").analytics.days(Window(end - 35 * DAY, end))
        assert (list(by_type), len(by_agent)) == (["write"], 1)
        return len(read), sum(int(cell[Measure.RUNS]) for cell in by_type["write"])

    aws.dynamodb().meta.events.register("after-call.dynamodb", note)
    post_runs(tasks, "steady", ((ago, 1, {"task_type": "write"}) for ago in range(35)))
    few, runs = items_read()
    post_runs(tasks, "steady", ((ago, 20, {"task_type": "write"}) for ago in range(35)))

    assert (runs, items_read()) == (35, (few, 35 * 21))


def test_where_there_is_nothing_to_look_at_nothing_is_made_up(tasks, agents):
    first = done(tasks)

    assert (first["status"], first["output"]["trends"]) == ("completed", [])
    assert first["output"]["skipped"] == [NO_FEEDS, {"source": "runs", "reason": "there are no runs"}]
    post_runs(tasks, "steady", [(1, 5, {})])
    too_few = {"source": "runs", "reason": "the runs are of too few days to tell from chance"}
    assert done(tasks)["output"]["skipped"] == [NO_FEEDS, too_few]


@pytest.mark.parametrize(
    ("configuration", "payload", "says"),
    [
        ({"feeds": ["x y"]}, {}, "feeds.0"),
        ({"recent_days": 0}, {}, "recent_days"),
        ({"feds": []}, {}, "feds"),
        ({}, {"keywords": "tides"}, "keywords"),
        ({}, {"topic": ""}, "topic"),
    ],
)
def test_what_cannot_be_read_fails_at_once_and_says_so(tasks, configuration, payload, says):
    tasks.set(configuration=configuration)

    task = done(tasks, **payload)

    assert (task["status"], task["retry_count"]) == ("failed", 0)
    assert says in task["error"]["message"]
