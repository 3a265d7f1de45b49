"""Workers, by the client and by the command, over the wire to the service's own functions."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.integration.client.deployment import Deployment
from tests.integration.client.server import Reply, Seen, problem, serving
from tests.integration.client.waiting import until
from tests.support.channels import make_channels
from watchbill.platform import clock
from watchbill.platform.clock import frozen_at
from watchbill_client import (
    AuthenticationFailed,
    Ended,
    LeasedTask,
    Metrics,
    Task,
    TaskFailed,
    Unprocessable,
    Watchbill,
    Worker,
)
from watchbill_client.commands import Command
from watchbill_client.worker import Work

ROOT = Path(__file__).resolve().parents[3]
DOUBLE = "import json, sys; print(json.dumps({'output': json.load(sys.stdin)['payload']['number'] * 2}))"
REFUSE = "import sys; sys.stderr.write('no such number'); sys.exit(3)"
FOR_EVER = "import time, sys; print('begun', flush=True); time.sleep(600)"


@pytest.fixture
def client(deployment: Deployment) -> Iterator[Watchbill]:
    """A client of the deployment, with the agent `doubler`, whose tasks are leased."""
    make_channels()
    with Watchbill() as client:
        client.agents.register("doubler", project="p")
        client.agents.update("doubler", runtime={"kind": "pull"})
        yield client


@contextmanager
def working(
    client: Watchbill, work: Callable[[LeasedTask], Any], **options: Any
) -> Iterator[tuple[Worker, list[Ended]]]:
    """A worker for as long as the block lasts, and what became of what it began."""
    ended: list[Ended] = []
    worker = Worker(client, work, agents=["doubler"], wait_seconds=0, watch=ended.append, **options)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        yield worker, ended
    finally:
        worker.stop()
        thread.join(30)
        assert not thread.is_alive()


def make(client: Watchbill, number: int = 21, **wish: Any) -> Task:
    return client.tasks.create("doubler", "double", {"number": number}, **wish)


def test_tasks_live_through_the_client(client: Watchbill) -> None:
    later = make(client, scheduled_for=clock.now() + timedelta(hours=1))
    urgent = make(client, priority=10, session_id="s")

    assert [task.id for task in client.tasks.list(agent="doubler")] == [urgent.id, later.id]
    assert (urgent.session_id, later.session_id) == ("s", None)
    assert [reason.hold for reason in client.tasks.why(urgent.id).reasons] == ["waiting_for_worker"]
    assert client.tasks.cancel(later.id).status == "cancelled"
    assert client.tasks.retry(later.id).status == "pending"
    (leased,) = client.tasks.lease(["doubler"], worker="desk")
    assert leased.lease_token not in repr(leased)
    assert client.tasks.heartbeat(leased, lease_seconds=90).cancelled is False
    assert client.tasks.release(leased).status == "pending"
    (leased,) = client.tasks.lease(["doubler"], task_types=["double"])
    done = client.tasks.complete(leased, 42, Metrics(cost="0.1", items_processed=1))
    assert (done.status, done.output, client.tasks.get(urgent.id)) == ("completed", 42, done)


def test_an_agent_s_secret_is_shown_once_and_not_in_what_is_printed(client: Watchbill) -> None:
    changed = client.agents.update("doubler", runtime={"kind": "http", "url": "http://127.0.0.1:9/"})
    rotated = client.agents.rotate_secret("doubler", overlap_hours=0)

    assert changed.secret
    assert rotated.secret
    assert changed.secret != rotated.secret
    assert "whsec_" not in repr(changed) + repr(rotated)
    assert client.agents.update("doubler", timeout=9).secret is None


def test_a_function_does_tasks_several_at_a_time(client: Watchbill) -> None:
    both = threading.Barrier(2, timeout=20)

    def work(task: LeasedTask) -> dict[str, Any]:
        both.wait()
        return {"output": task.payload["number"] * 2, "metrics": {"cost": 0.5, "models": ["claude-sonnet"]}}

    made = [make(client, number) for number in (1, 2)]
    with working(client, work, concurrency=2) as (_, ended):
        until(lambda: len(ended) == 2, 30)

    assert [client.tasks.get(task.id).output for task in made] == [2, 4]
    assert [(run.cost, run.models) for run in client.runs.list("doubler")] == [(Decimal("0.5"), ("claude-sonnet",))] * 2


def test_a_coroutine_function_is_awaited(client: Watchbill) -> None:
    async def work(task: LeasedTask) -> int:
        return int(task.payload["number"]) * 2

    made = make(client)
    with working(client, work) as (_, ended):
        until(lambda: len(ended) == 1)

    assert client.tasks.get(made.id).output == 42


def test_what_a_function_tells_of_its_work_is_among_the_task_s_events(client: Watchbill) -> None:
    made, told = make(client), [{"name": "drafted", "data": {"words": 400}}]
    with working(client, lambda _: {"output": 1, "events": told}) as (_, ended):
        until(lambda: len(ended) == 1)

    assert [(event.type, event.name, event.data) for event in client.tasks.get(made.id).events] == [
        ("execution_started", None, {}),
        ("custom_event", "drafted", {"words": 400}),
        ("execution_completed", None, {}),
    ]


def refuse(_: LeasedTask) -> None:
    raise TaskFailed("there is no such number", type="BadInput", retryable=False)


def stumble(_: LeasedTask) -> None:
    raise ZeroDivisionError("division by zero")


@pytest.mark.parametrize(
    ("work", "status", "error"),
    [
        (refuse, "failed", "BadInput"),
        (stumble, "pending", "ZeroDivisionError"),
        (lambda _: {"error": {"type": "Busy", "message": "later"}}, "pending", "Busy"),
        (lambda _: "x" * 70_000, "failed", "UnreadableAnswer"),
        (lambda _: object(), "failed", "UnreadableAnswer"),
        (lambda _: {"output": 1, "metrics": {"costs": 1}}, "failed", "UnreadableAnswer"),
        (lambda _: {"output": 1, "events": [{"title": "drafted"}]}, "failed", "UnreadableAnswer"),
    ],
)
def test_whatever_a_function_does_wrong_is_its_failure(client: Watchbill, work: Work, status: str, error: str) -> None:
    made = make(client)
    with working(client, work) as (worker, ended):
        until(lambda: len(ended) == 1)
        worker.stop()

    task = client.tasks.get(made.id)
    assert (task.status, task.error and task.error.type, ended[0].outcome) == (status, error, "failed")


def test_a_cancelled_task_is_over_for_who_works_on_it(client: Watchbill) -> None:
    made = make(client)

    def work(task: LeasedTask) -> None:
        client.tasks.cancel(task.id)
        until(lambda: task.is_over, 20)

    with working(client, work, lease_seconds=5) as (_, ended):
        until(lambda: len(ended) == 1, 30)

    assert (client.tasks.get(made.id).status, ended[0].outcome) == ("cancelled", "lost")
    assert "it is cancelled" in ended[0].detail


def test_a_worker_that_is_stopped_finishes_what_it_has_begun(client: Watchbill) -> None:
    made, begun, go_on = make(client), threading.Event(), threading.Event()

    def work(_: LeasedTask) -> str:
        begun.set()
        go_on.wait(20)
        return "finished"

    with working(client, work) as (worker, ended):
        begun.wait(20)
        worker.stop()
        go_on.set()
        until(lambda: len(ended) == 1)  # leaving stops it a second time, which would give the task back

    assert (client.tasks.get(made.id).output, [one.outcome for one in ended]) == ("finished", ["completed"])


def test_a_worker_that_must_end_now_gives_back_what_it_has_begun(client: Watchbill) -> None:
    made, begun = make(client, max_retries=0), threading.Event()

    def work(task: LeasedTask) -> None:
        begun.set()
        until(lambda: task.is_over, 20)

    with working(client, work, grace_seconds=0) as (_, ended):
        begun.wait(20)

    task = client.tasks.get(made.id)
    assert (task.status, task.retry_count, [one.outcome for one in ended]) == ("pending", 0, ["given back"])


def test_a_worker_goes_on_after_the_service_was_away(client: Watchbill, deployment: Deployment) -> None:
    made, away = make(client), [problem(503, "away"), Reply(0, None)]

    def answer(seen: Seen) -> Reply:
        return away.pop() if away and seen.path.endswith("/lease") else deployment.answer(seen)

    with serving(answer) as url, Watchbill(url) as other, working(other, lambda _: "done") as (_, ended):
        until(lambda: len(ended) == 1, 20)

    assert (away, client.tasks.get(made.id).output) == ([], "done")


def test_a_worker_does_not_wait_for_what_waiting_does_not_mend(client: Watchbill, deployment: Deployment) -> None:
    client.agents.update("doubler", runtime={"kind": "lambda", "function": "watchbill-agent-x"})

    with pytest.raises(Unprocessable, match="not leased"):
        Worker(client, print, agents=["doubler"]).run()
    refusing = serving(lambda _: problem(401, "no such key"))
    with refusing as url, Watchbill(url) as stranger, pytest.raises(AuthenticationFailed):
        Worker(stranger, print, agents=["doubler"]).run()


@pytest.mark.parametrize(
    ("program", "status", "output", "error"),
    [
        (DOUBLE, "completed", 42, None),
        (f"import time; time.sleep(0.5); {DOUBLE}", "completed", 42, None),
        ("print('just text')", "completed", "just text", None),
        ("", "completed", None, None),
        (REFUSE, "pending", None, "it exited with 3: no such number"),
        ("import os; os.kill(os.getpid(), 9)", "pending", None, "it was ended by signal 9"),
    ],
)
def test_a_command_gets_the_task_and_prints_the_answer(
    client: Watchbill, program: str, status: str, output: Any, error: str | None
) -> None:
    made = make(client)
    with working(client, Command([sys.executable, "-c", program])) as (worker, ended):
        until(lambda: len(ended) == 1)
        worker.stop()

    task = client.tasks.get(made.id)
    assert (task.status, task.output, task.error and task.error.message) == (status, output, error)


def test_a_command_whose_task_is_over_is_ended(client: Watchbill) -> None:
    made = make(client)
    with working(client, Command([sys.executable, "-c", FOR_EVER]), grace_seconds=0):
        until(lambda: client.tasks.get(made.id).status == "processing")

    assert client.tasks.get(made.id).status == "pending"


def started(*arguments: str) -> "subprocess.Popen[str]":
    environment = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1", "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-W", "error", *arguments]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_the_command_works_until_it_is_told_to_stop(client: Watchbill) -> None:
    made = make(client)
    words = ["--agent", "doubler", "--wait", "0", "--json", "--", sys.executable, "-c", DOUBLE]
    with started("-m", "watchbill_client.cli", "worker", *words) as process:
        assert process.stdout
        told = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGTERM)
        _, complaints = process.communicate(timeout=30)

    assert (process.returncode, complaints) == (0, "")
    assert (told["task"], told["outcome"], client.tasks.get(made.id).output) == (made.id, "completed", 42)


def test_the_command_says_what_became_of_each_task_of_a_function(client: Watchbill) -> None:
    made = make(client)
    words = ["--agent", "doubler", "--wait", "0", "--name", "desk", "operator:length_hint"]
    with started("-m", "watchbill_client.cli", "worker", *words) as process:
        assert process.stdout
        first, second = process.stdout.readline(), process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)

    assert first == "Worker desk waits for tasks of doubler.\n"
    assert second.startswith(f"{made.id} double completed in ")
    assert client.tasks.get(made.id).output == 0


@pytest.mark.parametrize("name", ["no.such.module:work", "json:nothing", "json.decoder:NaN"])
def test_what_names_no_function_is_wrong_usage(client: Watchbill, name: str) -> None:
    with started("-m", "watchbill_client.cli", "worker", "--agent", "doubler", name) as process:
        _, complaints = process.communicate(timeout=30)

    assert process.returncode == 2
    assert "function" in complaints


def test_the_example_is_a_whole_agent(client: Watchbill) -> None:
    with started("-m", "examples.worker") as process:
        assert process.stdout
        shown = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, complaints = process.communicate(timeout=30)

    assert (process.returncode, complaints) == (0, "")
    assert "outcome='completed'" in shown
    (task,) = client.tasks.list(agent="word-counter")
    assert (task.status, task.output) == ("completed", {"words": 9})


def test_who_was_taken_for_dead_is_told_by_the_first_sign_of_life(client: Watchbill) -> None:
    made = make(client)
    (leased,) = client.tasks.lease(["doubler"], lease_seconds=5, worker="first")
    with frozen_at(clock.now() + timedelta(minutes=1)):
        (again,) = client.tasks.lease(["doubler"], worker="second")

    with pytest.raises(Exception, match="worker 'second'"):
        client.tasks.heartbeat(leased)
    assert (again.id, again.attempt) == (made.id, 2)
