"""Malformed requests to the routes of streams and their items."""

from typing import Any

from tests.support.bad_requests import NO_CURSOR, Bad
from tests.support.steps import AGENT

AGENTS = "/api/streams/unknown/agents"


def stream(what: str, names: str, **fields: Any) -> Bad:
    """A wish for a stream with something wrong in these fields."""
    return Bad(what, "POST", "/api/streams", names, {"name": "s", **fields})


def item(what: str, names: str, **fields: Any) -> Bad:
    """A wish for an item with something wrong in these fields."""
    return Bad(what, "POST", "/api/streams/unknown/items", names, {"name": "i", **fields})


def assignment(what: str, names: str, **fields: Any) -> Bad:
    """A wish for an assignment with something wrong in these fields."""
    return Bad(what, "POST", AGENTS, names, {"agent_id": "any", **fields})


A_SIGNAL = {"type": "funding", "strength": "strong", "confidence": 1, "detected_at": "2026-01-01T00:00:00Z"}
BAD_STREAMS = (
    stream("a stream without a name", "name", name=None),
    stream("a stream with something unknown", "colour: extra inputs", colour="red"),
    stream("no stages", "stages: tuple should have at least 1", stages=[]),
    stream("a stage twice", "each is named once", stages=["a", "a"]),
    stream("too many stages", "stages: tuple should have at most 20", stages=[f"s{n}" for n in range(21)]),
    stream("an empty stage", "stages.0", stages=[""]),
    stream(
        "headcounts the wrong way round", "min is above max", goal_criteria={"employee_count": {"min": 2, "max": 1}}
    ),
    stream("half a head", "employee_count.min", goal_criteria={"employee_count": {"min": 1.5}}),
    stream("a criterion nobody knows", "colour: extra inputs", goal_criteria={"colour": "red"}),
    stream("an industry as text", "industry", goal_criteria={"industry": "SaaS"}),
    stream("a target of nothing", "companies_to_find", target_metrics={"companies_to_find": 0}),
    stream("a target beyond what a stream has", "companies_to_find", target_metrics={"companies_to_find": 5_001}),
    stream("a quality above the scale", "min_quality_score", target_metrics={"min_quality_score": 5.1}),
    stream("a deadline without a zone", "goal_deadline", goal_deadline="2030-01-01T00:00:00"),
    stream("a deadline in another age", "between the years", goal_deadline="0001-01-01T00:00:00Z"),
    stream("criteria of success without end", "16,000 bytes", success_criteria={"text": "x" * 16_001}),
    Bad("a stream's change of nothing", "PATCH", "/api/streams/unknown", "nothing to change", {}),
    Bad(
        "a status that is not set by hand", "PATCH", "/api/streams/unknown", "goal_status", {"goal_status": "completed"}
    ),
    Bad("a cursor of no stream list", "GET", "/api/streams?cursor=abc", NO_CURSOR),
    item("an item without a name", "name", name=""),
    item("a priority in figures", "priority", priority=1),
    item("a status no item has", "status", status="done"),
    item("a position before the first", "position", position=-1),
    item("half a position", "position", position=0.5),
    item("a quality of six", "the quality is at most 5", scores={"quality": 6}),
    item("a score in words", "scores", scores={"quality": "good"}),
    item("too many scores", "scores", scores={f"s{n}": 1 for n in range(21)}),
    item("a signal nobody is sure of", "confidence", signals=[A_SIGNAL | {"confidence": 1.1}]),
    item("a strength nobody knows", "strength", signals=[A_SIGNAL | {"strength": "huge"}]),
    item("too many signals", "signals: tuple should have at most 50", signals=[A_SIGNAL] * 51),
    item("metadata beyond what is kept", "16,000 bytes", metadata={"text": "x" * 16_001}),
    item("enrichment beyond what is kept", "32,000 bytes", enrichment={"text": "x" * 32_001}),
    item("a contact without a name", "contacts.0.name", contacts=[{"email": "a@example.com"}]),
    Bad("a batch of no items", "POST", "/api/streams/unknown/items", "items", {"items": []}),
    Bad(
        "an item's change of nothing",
        "PATCH",
        "/api/streams/unknown/items/unknown",
        "nothing to change",
        {"revision": 1},
    ),
    Bad(
        "an item's change of its company",
        "PATCH",
        "/api/streams/unknown/items/unknown",
        "company_id",
        {"company_id": "x"},
    ),
    Bad("items of no priority there is", "GET", "/api/streams/unknown/items?priority=urgent", "priority"),
    assignment("an assignment of nobody", "agent_id", agent_id=""),
    assignment("a role nobody has", "assignment_role", assignment_role="boss"),
    assignment("a frequency no clock knows", "execution_frequency", execution_frequency="hourly"),
    assignment("an order before the first", "execution_order", execution_order=-1),
    assignment("a switch in words", "is_active", is_active="perhaps"),
    assignment("too many to wait for", "depends_on_agent_ids", depends_on_agent_ids=["a"] * 51),
    Bad("no assignments", "POST", AGENTS, "assignments", {"assignments": []}),
    Bad("an assignment's change of nothing", "PATCH", f"{AGENTS}/{AGENT}", "nothing to change", {}),
    Bad("an assignment's change of its agent", "PATCH", f"{AGENTS}/{AGENT}", "agent_id", {"agent_id": "x"}),
    Bad("a payload that is a list", "POST", f"{AGENTS}/{AGENT}/execute", "execution_config", {"execution_config": [1]}),
)
