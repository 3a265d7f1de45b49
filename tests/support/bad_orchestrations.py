"""Malformed requests to the routes of orchestrations."""

from typing import Any

from tests.support.bad_requests import NO_CURSOR, Bad
from tests.support.steps import AGENT

_ALL = "/api/admin/orchestrations"


def plan(what: str, names: str, agents: Any, **fields: Any) -> Bad:
    """A wish for agents to work together with something wrong in it."""
    return Bad(what, "POST", "/api/admin/orchestrate", names, {"agents": agents, **fields})


BAD_ORCHESTRATIONS = (
    plan("nobody to work together", "agents", []),
    plan("too many to work together", "agents", [AGENT] * 21),
    plan("an agent that is not known", "there is no agent 'nobody'", ["nobody"]),
    plan("an agent twice", "named twice", [AGENT, AGENT]),
    plan("an agent behind one that is not there", "agents.0.after", [{"agent": AGENT, "after": ["nobody"]}]),
    plan("an agent behind itself", "wait for each other", [{"agent": AGENT, "after": [AGENT]}]),
    plan("an order nobody knows", "agents.0.triggerRule", [{"agent": AGENT, "triggerRule": "one_success"}]),
    plan("what all are told as a list", "params", [AGENT], params=[1]),
    plan("more than is kept", "64,000 bytes", [AGENT], params={"text": "x" * 70_000}),
    plan("a session of no name", "sessionId", [AGENT], sessionId=""),
    Bad("a page of another list", "GET", f"{_ALL}?cursor=none", NO_CURSOR),
    Bad("an unknown orchestration", "GET", f"{_ALL}/unknown", "there is no orchestration 'unknown'", status=404),
)
