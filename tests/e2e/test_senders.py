"""The real senders on the local stack: each asks a model that follows a script, and the API tells the runs it made."""

from collections import defaultdict
from decimal import Decimal

import pytest

from infra.local.processes import wait_until
from tests.interop.expected import EXPECTED, Ran, Used, in_order
from tests.interop.model import scripted_model
from tests.interop.running import LIVE, run_all

SOON = 60
"""Seconds: cold functions on a busy machine."""
DELEGATING = [(sender, run) for sender in LIVE for run in EXPECTED[sender] if run.parent]


@pytest.fixture(scope="module")
def us(caller):
    """An organisation for each sender, after all of them have sent."""
    callers = {name: caller(f"from-{name}") for name in LIVE}
    for one in callers.values():
        # Exporters that end give up after half a minute, which a function's first start on a busy machine may take.
        one.post("/v1/traces", {"resourceSpans": []})
    with scripted_model() as model:
        run_all(LIVE.values(), model, {name: (one.url, one.key) for name, one in callers.items()})
    return callers


def ran(us):
    """The runs of an organisation as they are expected."""
    names = [agent["name"] for agent in us.get("/api/v1/agents")]
    runs = [(name, run) for name in names for run in us.get(f"/api/v1/agents/{name}/runs?limit=500")]
    agents = {run["run_id"]: name for name, run in runs}
    return in_order([as_ran(run, name, agents) for name, run in runs])


def as_ran(run, agent, agents):
    """A run of the API's as it is expected."""
    tokens = run.get("tokens") or {}
    cost, parent = run.get("cost"), run.get("parent_run_id")
    return Ran(
        session=run.get("session_id"),
        agent=agent,
        models=tuple(run["models"]),
        tools=tuple(run["tools"]),
        used=Used(*(tokens.get(name) for name in Used._fields)),
        cost=None if cost is None else Decimal(str(cost)),
        status=run["status"],
        parent=agents[parent] if parent else None,
        user=run.get("user_id"),
        version=run["version"],
    )


def figures(us):
    """How many runs each agent of an organisation has had, and what they cost, by the rollups."""
    rows = us.get("/api/v1/ui/agent_versions")
    return {row["name"]: (row["totalRuns"], Decimal(str(row["spend"]))) for row in rows}


@pytest.mark.parametrize("sender", LIVE)
def test_what_a_sender_did_is_on_record_as_it_was_done(us, sender):
    expected = in_order(EXPECTED[sender])

    wait_until(lambda: ran(us[sender]) == expected, SOON)

    assert ran(us[sender]) == expected


@pytest.mark.parametrize("sender", LIVE)
def test_nothing_of_it_is_counted_twice(us, sender):
    expected = defaultdict(lambda: (0, Decimal(0)))
    for run in EXPECTED[sender]:
        runs, cost = expected[run.agent]
        expected[run.agent] = runs + 1, cost + (run.cost or 0)

    wait_until(lambda: figures(us[sender]) == expected, SOON)

    assert figures(us[sender]) == expected


@pytest.mark.parametrize(
    ("sender", "helper"), DELEGATING, ids=[f"{sender}-{run.session}" for sender, run in DELEGATING]
)
def test_an_agent_that_asks_another_is_one_trace_of_two_runs(us, sender, helper):
    whole = us[sender].get(f"/api/sessions/{helper.session}/trace")

    (trace,) = whole["traces"]
    (boss,) = [run for run in EXPECTED[sender] if run.session == helper.session and run.agent == helper.parent]
    assert (trace["tool_calls"], len({span["run_id"] for span in trace["spans"] if span["kind"] == "agent"})) == (2, 2)
    assert Decimal(str(whole["spent"]["cost"])) == boss.cost + helper.cost
    assert whole["spent"]["model_calls"] == 4
