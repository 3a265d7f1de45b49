"""Recording runs: one by one or in batches, in the words and units that clients use."""

from datetime import UTC, datetime
from random import Random

import pytest

from tests.support.local_table import every_item
from tests.support.steps import AGENT, RUNS, a_run, get, post_run, prepare
from watchbill import services
from watchbill.platform import keys, settings
from watchbill.platform.clock import frozen_at
from watchbill.platform.table import Table
from watchbill.runs.models import STATUS_WORDS

NOW = datetime(2023, 8, 1, 18, tzinfo=UTC)
POSTED = {
    "created": "2023-08-01T12:00:00Z",
    "status": "completed",
    "time_taken": "5m30s",
    "initiator": "user123",
    "tools": ["tool1", "tool2"],
    "cost": 0.1,
    "models": ["model1", "model2"],
    "id": 123,
    "task_id": 12,
}
EVERYTHING = POSTED | {
    "created": "2023-08-01T12:00:00.000Z",
    "user_id": "user-1",
    "task_type": "research",
    "session_id": "session-1",
    "stream_id": "stream-1",
    "campaign_id": "campaign-1",
    "parent_run_id": "run-0",
    "trigger": "scheduled",
    "attempt": 2,
    "started_at": "2023-08-01T12:00:01.250Z",
    "completed_at": "2023-08-01T12:05:31.250Z",
    "duration_ms": 330_000,
    "tokens": {"input": 10, "output": 5, "total": 15, "cache_read": 4, "cache_write": 3, "reasoning": 2},
    "quality_score": 87.5,
    "user_satisfaction": 4.5,
    "items_processed": 7,
    "content_produced": 0,
    "trends_detected": 3,
    "input": {"question": "Why?", "n": [1, 2.5, None, True]},
    "output": "Because.",
    "summary": "It said because.",
    "error": {"type": "none", "message": "nothing"},
}


@pytest.fixture(autouse=True)
def agent(service, key):
    """The id of an agent with a version."""
    return prepare(service, key)


def post(service, key, body):
    return service.request("POST", RUNS, body, key=key)


def stored(run):
    return Table("demo").get(keys.RUN("demo", run["run_id"]))


def noise(size):
    """Text of this size in UTF-8 that hardly compresses."""
    random = Random(size)
    return "".join(chr(random.randrange(0x10000, 0x30000)) for _ in range(size // 4))


def test_a_run_is_answered_as_it_was_posted_with_what_the_server_adds(service, key, agent):
    with frozen_at(NOW):
        answer = post(service, key, POSTED)

    run = answer.json
    assert answer.status == 201
    assert {name: run[name] for name in POSTED} == POSTED | {"created": "2023-08-01T12:00:00.000Z"}
    assert (run["agent_id"], run["version"]) == (agent, "1.0.2")
    assert run["recorded_at"] == "2023-08-01T18:00:00.000Z"
    assert run["duration_ms"] == 330_000
    assert len(run["run_id"]) == 26


def test_a_run_is_found_by_its_id(service, key, agent):
    run = post_run(service, key, **POSTED)

    assert get(service, key, f"/api/v1/agents/{agent}/runs/{run['run_id']}") == run
    assert get(service, key, f"/api/v1/agents/{AGENT}/runs/{run['run_id']}") == run


def test_every_fact_of_a_run_is_kept(service, key):
    run = post_run(service, key, **EVERYTHING)

    found = get(service, key, f"/api/v1/agents/{AGENT}/runs/{run['run_id']}")
    assert {name: found[name] for name in EVERYTHING} == EVERYTHING


def test_a_run_that_was_answered_can_be_posted_as_it_is(service, key):
    run = post_run(service, key, **EVERYTHING)

    again = post_run(service, key, **run)

    assert again == run


def test_what_is_not_said_of_a_run_is_null_and_not_zero(service, key):
    run = post_run(service, key)

    unknown = ("cost", "time_taken", "quality_score", "user_satisfaction", "tokens", "items_processed", "completed_at")
    assert [run[name] for name in unknown] == [None] * len(unknown)
    assert (run["trigger"], run["attempt"]) == ("ingest", 1)


def test_a_cost_of_nothing_is_a_cost(service, key):
    assert post_run(service, key, cost=0)["cost"] == 0


def test_costs_keep_ten_decimals(service, key):
    assert post_run(service, key, cost=0.12345678912345)["cost"] == 0.1234567891


@pytest.mark.parametrize("client_id", [0, -(2**63), 2**63 - 1, "123", "run/of #1", "é"])
def test_a_clients_ids_come_back_as_they_were_sent(service, key, client_id):
    run = post_run(service, key, id=client_id, task_id=client_id)

    found = get(service, key, f"/api/v1/agents/{AGENT}/runs/{run['run_id']}")
    assert (found["id"], found["task_id"]) == (client_id, client_id)


@pytest.mark.parametrize(
    ("word", "status"), [(word, status) for status, words in STATUS_WORDS.items() for word in words]
)
def test_every_accepted_word_for_a_status_is_understood(service, key, word, status):
    assert post_run(service, key, status=word)["status"] == status
    assert post_run(service, key, status=word.upper())["status"] == status


@pytest.mark.parametrize(
    ("taken", "milliseconds"),
    [
        ("5m30s", 330_000),
        ("1h2m3.5s", 3_723_500),
        ("250ms", 250),
        ("1.5s", 1_500),
        ("2µs", 0),
        ("1500µs", 2),
        ("1h", 3_600_000),
        ("0", 0),
        ("0s", 0),
        (5.5, 5_500),
        (0, 0),
        (90, 90_000),
    ],
)
def test_durations_are_read_as_go_writes_them_or_as_seconds(service, key, taken, milliseconds):
    assert post_run(service, key, time_taken=taken)["duration_ms"] == milliseconds


def test_a_run_that_says_when_it_began_and_ended_needs_no_duration(service, key):
    run = post_run(service, key, started_at="2023-08-01T12:00:01Z", completed_at="2023-08-01T12:00:03.500Z")

    assert (run["duration_ms"], run["time_taken"]) == (2_500, "2.5s")


def test_instants_are_utc_to_the_millisecond_whatever_their_zone(service, key):
    run = post_run(service, key, created="2023-08-01T14:00:00.123987+02:00")

    assert run["created"] == "2023-08-01T12:00:00.123Z"


def test_tokens_without_a_total_are_added_up(service, key):
    assert post_run(service, key, tokens={"input": 10, "output": 5})["tokens"]["total"] == 15


def test_a_run_may_name_no_version(service, key, agent):
    run = post_run(service, key, version="unversioned")

    assert run["version"] == "unversioned"
    assert get(service, key, f"/api/v1/agents/{agent}/versions/unversioned/runs") == [run]


@pytest.mark.parametrize("path", ["nobody/versions/1.0.2", f"{AGENT}/versions/9.9.9", "nobody/versions/unversioned"])
def test_a_run_of_an_unknown_agent_or_version_is_refused(service, key, path):
    answer = service.request("POST", f"/api/v1/agents/{path}/runs", a_run(), key=key)

    assert answer.status == 404


def test_a_run_of_another_agent_is_not_found(service, key):
    prepare(service, key, "other")
    run = post_run(service, key)

    assert service.request("GET", f"/api/v1/agents/other/runs/{run['run_id']}", key=key).status == 404
    change = service.request("PATCH", f"/api/v1/agents/other/runs/{run['run_id']}", {"cost": 1}, key=key)
    assert change.status == 404
    assert get(service, key, f"/api/v1/agents/{AGENT}/runs/{run['run_id']}") == run


def test_a_batch_answers_for_every_run_in_it(service, key):
    bad = a_run(status="splendid")
    runs = [a_run(id=1), bad, a_run(id=2), a_run(id=3, created="yesterday", cost=-1), "no run"]

    answer = post(service, key, {"runs": runs})

    assert answer.status == 201
    assert [accepted["index"] for accepted in answer.json["accepted"]] == [0, 2]
    assert [rejected["index"] for rejected in answer.json["rejected"]] == [1, 3, 4]
    paths = [[error["path"] for error in rejected["errors"]] for rejected in answer.json["rejected"]]
    assert paths == [["runs.1.status"], ["runs.3.cost", "runs.3.created"], ["runs.4"]]


def test_the_accepted_runs_of_a_batch_are_stored_under_the_ids_it_answers(service, key):
    answer = post(service, key, {"runs": [a_run(id=1), a_run(status="splendid"), a_run(id=2)]})

    listed = {run["id"]: run["run_id"] for run in get(service, key, RUNS)}
    assert listed == {1: answer.json["accepted"][0]["id"], 2: answer.json["accepted"][1]["id"]}


def test_a_batch_of_which_nothing_is_accepted_is_refused(service, key):
    answer = post(service, key, {"runs": [a_run(status="splendid"), {}]})

    assert answer.status == 400
    assert {error["path"] for error in answer.json["errors"]} == {"runs.0.status", "runs.1.created", "runs.1.status"}
    assert get(service, key, RUNS) == []


def test_copies_of_a_run_inside_a_batch_are_one_run(service, key):
    copies = [a_run(id=1, status="running"), a_run(id=1, status="failed"), a_run(id="1", cost=1)]

    answer = post(service, key, {"runs": copies})

    assert len({accepted["id"] for accepted in answer.json["accepted"]}) == 1
    (run,) = get(service, key, RUNS)
    assert (run["status"], run["cost"]) == ("failed", 1)


def test_a_thousand_runs_are_a_batch(service, key):
    answer = post(service, key, {"runs": [a_run(id=i) for i in range(1_000)]})

    assert (answer.status, len(answer.json["accepted"])) == (201, 1_000)


def test_more_than_a_thousand_runs_are_too_many(service, key):
    answer = post(service, key, {"runs": [a_run(id=i) for i in range(1_001)]})

    assert answer.status == 413
    assert answer.json["detail"] == "a batch has at most 1,000 runs, not 1,001"
    assert get(service, key, RUNS) == []


@pytest.mark.parametrize("letter", ["x", "é"])
def test_five_million_bytes_are_a_body_and_one_more_is_too_much(service, key, letter):
    def body_of(size):
        room = size - len('{"runs": [{"summary": ""}]}')
        text = letter * (room // len(letter.encode()))
        body = f'{{"runs": [{{"summary": "{text}"}}]}}'
        return body + " " * (size - len(body.encode()))

    fits, over = body_of(5_000_000), body_of(5_000_001)

    assert service.request("POST", RUNS, key=key, raw=fits).status == 400
    refused = service.request("POST", RUNS, key=key, raw=over)
    assert refused.status == 413
    assert refused.json["detail"] == "a body has at most 5,000,000 bytes"


def test_a_run_with_as_much_of_everything_as_is_allowed_is_stored(service, key):
    labels = [chr(0x20000 + i) * 200 for i in range(100)]
    names = {"tools": labels, "models": labels}
    texts = {
        "input": noise(64_000),
        "output": noise(64_000),
        "summary": noise(20_000),
        "error": {"type": "e" * 200, "message": noise(20_000)},
    }

    post_run(service, key, id=1, **names)
    run = post_run(service, key, id=1, **texts)

    assert {name: run[name] for name in names | texts} == names | texts


@pytest.mark.parametrize("field", ["input", "output", "summary"])
def test_more_text_than_is_allowed_is_refused(service, key, field):
    most = {"input": 64_000, "output": 64_000, "summary": 20_000}[field]

    answer = post(service, key, a_run(**{field: "é" * (most // 2 + 1)}))

    assert answer.status == 400
    assert answer.json["errors"][0]["path"] == field
    assert f"{most:,}" in answer.json["detail"]


@pytest.mark.parametrize("days", [1, 30, 3_650])
def test_a_run_is_kept_for_the_retention_time(service, key, monkeypatch, days):
    monkeypatch.setenv(settings.RETENTION_DAYS, str(days))
    settings.settings.cache_clear()
    services.forget()
    with frozen_at(NOW):
        old = post_run(service, key, created="2020-01-01T00:00:00Z")
        ahead = post_run(service, key, created="2023-08-02T06:00:00Z")

    assert stored(old)["expires_at"] == NOW.timestamp() + days * 86_400
    assert stored(ahead)["expires_at"] == NOW.timestamp() + 12 * 3_600 + days * 86_400


def test_what_lists_a_run_is_kept_as_long_as_the_run(service, key):
    run = post_run(service, key)

    items = [item for item in every_item() if "#RUNLIST#" in item["pk"]["S"] or "#RUNDAYS#" in item["pk"]["S"]]

    assert len(items) == 2
    assert all(int(item["expires_at"]["N"]) >= stored(run)["expires_at"] for item in items)
