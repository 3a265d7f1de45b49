"""Malformed requests to the routes of tasks."""

from typing import Any

from tests.support.bad_requests import AGENTS, NO_CURSOR, Bad
from tests.support.steps import AGENT


def task(what: str, names: str, **fields: Any) -> Bad:
    """A wish for a task with something wrong in these fields."""
    return Bad(what, "POST", "/api/tasks", names, {"agent_id": AGENT, "task_type": "t", **fields})


BAD_TASKS: tuple[Bad, ...] = (
    task("a task of nobody", "agent_id", agent_id=""),
    task("a task of no type", "task_type", task_type=None),
    task("a priority below the lowest", "priority", priority=0),
    task("a priority above the highest", "priority", priority=11),
    task("half a priority", "priority", priority=1.5),
    task("too many retries", "max_retries", max_retries=11),
    task("a time without a zone", "scheduled_for", scheduled_for="2026-01-01T00:00:00"),
    task("a payload that is a list", "payload", payload=[1]),
    task("a payload beyond what is kept", "64,000 bytes", payload={"text": "x" * 70_000}),
    task("a dependency on too many", "depends_on", depends_on=["t"] * 17),
    task("a dependency on nothing", "depends_on.0", depends_on=[""]),
    task("a rule nobody knows", "trigger_rule", trigger_rule="one_success"),
    Bad("a status no task has", "GET", "/api/tasks?status=done", "status"),
    Bad("a type of nothing", "GET", "/api/tasks?task_type=", "task_type"),
    Bad("a cursor of another list", "GET", "/api/tasks?cursor=abc", NO_CURSOR),
    Bad("a status no execution has", "GET", "/api/executions?status=done", "a status is one of"),
    Bad("a stream of no name", "GET", "/api/executions?stream_id=", "stream_id"),
    Bad("a campaign of no name", "GET", "/api/executions?campaign_id=", "campaign_id"),
    Bad("a cursor of another list of executions", "GET", "/api/executions?cursor=abc", NO_CURSOR),
    Bad("a wish the runner does not know", "POST", "/api/agents/task-runner", "action", {"action": "pause"}),
    Bad("a task id of nothing", "POST", "/api/tasks/dead-letters/redrive", "task_ids", {"task_ids": [""]}),
    Bad("task ids that are none", "POST", "/api/tasks/dead-letters/redrive", "task_ids", {"task_ids": "all"}),
)


def lease(what: str, names: str, **fields: Any) -> Bad:
    """A wish for a lease with something wrong in these fields."""
    return Bad(what, "POST", "/api/tasks/lease", names, fields)


def of_lease(what: str, names: str, step: str, **fields: Any) -> Bad:
    """What a worker says with something wrong in these fields."""
    return Bad(what, "POST", f"/api/tasks/unknown/{step}", names, {"lease_token": "any", **fields})


BAD_TASKS += (
    Bad("a secret that overlaps for days", "POST", f"{AGENTS}/{AGENT}/secret", "overlap_hours", {"overlap_hours": 25}),
    Bad("a secret of one's own", "POST", f"{AGENTS}/{AGENT}/secret", "secret: extra inputs", {"secret": "whsec_AA"}),
    Bad("an endpoint nowhere", "PATCH", f"{AGENTS}/{AGENT}", "runtime.http.url", {"runtime": {"kind": "http"}}),
    lease("a wait that no gateway waits", "wait_seconds", wait_seconds=21),
    lease("a lease of a moment", "lease_seconds", lease_seconds=4),
    lease("a lease of a day", "lease_seconds", lease_seconds=86_400),
    lease("eleven tasks at once", "max_tasks", max_tasks=11),
    lease("the tasks of no agent", "agent_ids", agent_ids=[]),
    lease("the tasks of an agent in a word", "agent_ids", agent_ids="worker"),
    lease("tasks of no type", "task_types.0", task_types=[""]),
    lease("a worker whose name is a tab", "worker", worker="\t"),
    of_lease("a heartbeat without a lease", "lease_token", "heartbeat", lease_token=None),
    of_lease("a heartbeat for ever", "lease_seconds", "heartbeat", lease_seconds=10**9),
    of_lease("an output beyond what is kept", "output: at most 64,000 bytes", "complete", output="x" * 64_001),
    of_lease("a cost below nothing", "metrics.cost", "complete", metrics={"cost": -1}),
    of_lease("a failure without a reason", "error", "fail"),
    of_lease("a failure of no type", "error.type", "fail", error={"type": "", "message": "m"}),
    of_lease("a token that is a number", "lease_token", "release", lease_token=1),
)
