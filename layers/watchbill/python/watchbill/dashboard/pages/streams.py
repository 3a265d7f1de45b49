"""Streams: how far each is, who works on it and waits for whom, its items by stage, and what is worth knowing."""

from typing import Any

from watchbill.dashboard.graphs import drawing
from watchbill.dashboard.routing import Pages
from watchbill.dashboard.visits import Answer, Visit
from watchbill.platform.access import Scope
from watchbill.platform.table import together
from watchbill.platform.wire import Model, PageQuery
from watchbill.services import Services
from watchbill.streams.models import GoalStatus, ItemPriority, ItemQuery, ItemStatus
from watchbill.streams.views import StreamInsightList, StreamProgress
from watchbill.workflows.models import ExecutionWish, NodeState

pages = Pages()

STREAMS = "/dashboard/streams"
_ON_A_BOARD, _INSIGHTS = 6, 20
TONES: dict[str, str] = {
    NodeState.WAITING: "warn",
    NodeState.QUEUED: "first",
    NodeState.RUNNING: "first",
    NodeState.COMPLETED: "good",
    NodeState.FAILED: "bad",
    NodeState.BLOCKED: "bad",
    GoalStatus.IN_PROGRESS: "first",
    GoalStatus.ON_TRACK: "good",
    GoalStatus.AT_RISK: "warn",
    GoalStatus.PAUSED: "quiet",
}
"""How states look; the others are quiet."""


class Execution(Model):
    """The form: whether an agent is executed even if something speaks against it."""

    force_execute: bool = False


@pages.get("/streams")
def streams(visit: Visit) -> Answer:
    """All streams, newest first."""
    asked = visit.asked(PageQuery)
    return visit.page("streams.html", tones=TONES, listed=visit.services.streams.streams(asked.limit, asked.cursor))


@pages.get("/streams/<stream>")
def stream(visit: Visit, stream: str) -> Answer:
    """One stream."""
    return visit.page("stream.html", stream=visit.services.streams.stream(stream), **_now(visit.services, stream))


@pages.get("/parts/streams/<stream>")
def stream_now(visit: Visit, stream: str) -> Answer:
    """A stream as it is now."""
    there = visit.services.streams.stream(stream)
    return visit.page("parts/stream.html", stream=there, **_now(visit.services, stream))


@pages.get("/streams/<stream>/items")
def items(visit: Visit, stream: str) -> Answer:
    """A stream's items of a stage, a priority, a status, or all."""
    use, asked = visit.services, visit.asked(ItemQuery)
    return visit.page(
        "stream_items.html",
        asked=asked,
        stream=use.streams.stream(stream),
        listed=use.streams.listed(stream, asked),
        priorities=list(ItemPriority),
        statuses=list(ItemStatus),
    )


@pages.post("/streams/<stream>/agents/<agent>/execute", Scope.EXECUTE, action="workflows.execute")
def execute(visit: Visit, stream: str, agent: str) -> Answer:
    """Have an agent of a stream executed now."""
    wish = ExecutionWish(force_execute=visit.form(Execution).force_execute)
    queued = visit.services.workflows.execute(stream, agent, wish)
    return visit.go(f"{STREAMS}/{stream}", f"Its execution is queued: task {queued.execution.id}.")


def _now(use: Services, stream_id: str) -> dict[str, Any]:
    """What changes of a stream while one looks."""
    made = together(
        workflow=lambda: use.workflows.workflow(stream_id),
        assigned=lambda: {one.agent_id: one for one in use.workflows.assigned(stream_id).items},
        board=lambda: use.streams.board(stream_id, _ON_A_BOARD),
        reviewed=lambda: _reviewed(use, stream_id),
    )
    nodes, edges = made["workflow"].nodes, made["workflow"].edges
    graph = drawing([node.agent_id for node in nodes], [(edge.source, edge.target) for edge in edges])
    return {**made, "graph": graph, "tones": TONES}


def _reviewed(use: Services, stream_id: str) -> tuple[StreamProgress, StreamInsightList]:
    """How far a stream is, and what is worth knowing: one behind the other, as both review it."""
    progress = use.stream_reviewer.progress(stream_id)
    return progress, use.stream_reviewer.insights(stream_id, _INSIGHTS, None)
