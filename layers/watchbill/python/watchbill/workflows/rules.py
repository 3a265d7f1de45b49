"""Who may wait for whom, what an ending makes start, and when the clock does. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from graphlib import CycleError, TopologicalSorter
from zoneinfo import ZoneInfo

from watchbill.execution.models import TaskStatus
from watchbill.platform import clock, ids
from watchbill.workflows.models import (
    MOST_ASSIGNMENTS,
    MOST_DEPENDENTS,
    Arrival,
    Assignment,
    Ending,
    Followed,
    Frequency,
    Start,
)

Graph = Mapping[str, tuple[str, ...]]
"""The agents assigned to a stream, each with those it waits for, by their ids."""
Names = Mapping[str, str]
"""The names of agents by their ids."""


def fault_of(graph: Graph, names: Names) -> str | None:
    """Why a stream's agents cannot wait for each other so, or None if they can."""
    faults = (_too_many(graph), _not_assigned(graph, names), _circle(graph, names), _too_popular(graph, names))
    return next((fault for fault in faults if fault), None)


def dependents_of(graph: Graph, agent_id: str) -> list[str]:
    """The agents that wait for an agent."""
    return [one for one, upstream in graph.items() if agent_id in upstream]


def in_order(assignments: Iterable[Assignment]) -> list[Assignment]:
    """Assignments so that nobody comes before one it waits for; among the others by their order, then as made."""
    by_agent = {one.agent_id: one for one in assignments}
    sorter = TopologicalSorter({agent: one.depends_on_agent_ids for agent, one in by_agent.items()})
    sorter.prepare()
    ready: list[Assignment] = []
    ordered: list[Assignment] = []
    while sorter.is_active():
        ready += [by_agent[agent] for agent in sorter.get_ready()]
        ready.sort(key=lambda one: (one.execution_order, one.created_at, one.id))
        ordered.append(ready.pop(0))
        sorter.done(ordered[-1].agent_id)
    return ordered


def followed(assignments: Mapping[str, Assignment], ending: Ending) -> Followed:
    """What an ending means: its agent's totals, and for those who wait for it that it has arrived.

    Who has everything then starts, and begins to wait anew. Only what completed arrives; of several completions of
    one agent before the others', the latest counts. Nothing changes when the agent is not assigned any more.
    """
    own = assignments.get(ending.agent)
    if own is None:
        return Followed((), ())
    changed, starts = [_counted(own, ending)], []
    if ending.status is TaskStatus.COMPLETED:
        for one in assignments.values():
            if one.follows and ending.agent in one.depends_on_agent_ids:
                told = _told(one, ending.agent, _arrival(ending))
                if told.missing:
                    changed.append(told)
                else:
                    starts.append(_start(told))
    return Followed(tuple(changed), tuple(starts))


def task_of_start(assignment: Assignment) -> str:
    """The id of the task that an assignment's newest start for its dependencies makes: the same however often."""
    return ids.derived_id("dependent", assignment.id, str(assignment.generation))


def task_of_clock(assignment: Assignment, due: datetime) -> str:
    """The id of the task that the clock makes for an assignment at an instant: the same however often."""
    return ids.derived_id("clock", assignment.id, clock.to_text(due))


def next_due(assignment: Assignment, now: datetime, zone: ZoneInfo) -> datetime | None:
    """When the clock starts an assignment next: as the next day or week begins in a time zone; None for never."""
    if not (assignment.is_active and assignment.auto_execute):
        return None
    today = now.astimezone(zone).date()
    match assignment.execution_frequency:
        case Frequency.DAILY:
            day = today + timedelta(days=1)
        case Frequency.WEEKLY:
            day = today + timedelta(days=7 - today.weekday())
        case _:
            return None
    return datetime.combine(day, time(), zone).astimezone(UTC)


def never_completed(assignment: Assignment, others: Mapping[str, Assignment]) -> list[str]:
    """The agents that an assignment depends on and that have not completed on the stream."""
    return [agent for agent in assignment.depends_on_agent_ids if agent in others and others[agent].completed is None]


def latest_of(assignment: Assignment, others: Mapping[str, Assignment]) -> dict[str, str]:
    """The latest completed tasks of the agents that an assignment depends on, by agent."""
    found = ((agent, others[agent].completed) for agent in assignment.depends_on_agent_ids if agent in others)
    return {agent: arrival.task_id for agent, arrival in found if arrival}


def rearranged(assignment: Assignment, depends_on: tuple[str, ...]) -> Assignment:
    """An assignment that depends on others; what it need not wait for any more is forgotten, and nothing starts."""
    arrived = {agent: arrival for agent, arrival in assignment.arrived.items() if agent in depends_on}
    return assignment.model_copy(update={"depends_on_agent_ids": depends_on, "arrived": arrived})


def average_ms(assignment: Assignment) -> int | None:
    """How long an assignment's successful executions took in the mean."""
    done = assignment.successful_executions
    return round(assignment.busy_ms / done) if done else None


def _counted(own: Assignment, ending: Ending) -> Assignment:
    done = ending.status is TaskStatus.COMPLETED
    changes = {
        "total_executions": own.total_executions + 1,
        "successful_executions": own.successful_executions + done,
        "busy_ms": own.busy_ms + (ending.duration_ms or 0) * done,
        "last_executed_at": max(own.last_executed_at or ending.ended_at, ending.ended_at),
        "completed": _later(own.completed, _arrival(ending)) if done else own.completed,
    }
    return own.model_copy(update=changes)


def _arrival(ending: Ending) -> Arrival:
    return Arrival(task_id=ending.task, priority=ending.priority, completed_at=ending.ended_at)


def _told(one: Assignment, agent_id: str, arrival: Arrival) -> Assignment:
    arrived = one.arrived | {agent_id: _later(one.arrived.get(agent_id), arrival)}
    return one.model_copy(update={"arrived": arrived})


def _later(there: Arrival | None, arrival: Arrival) -> Arrival:
    return arrival if there is None else max(there, arrival, key=lambda one: one.age)


def _start(told: Assignment) -> Start:
    # The lowest priority of what it waited for: a later step never outranks an earlier one.
    return Start(
        told=told,
        started=told.model_copy(update={"arrived": {}, "generation": told.generation + 1}),
        upstream={agent: told.arrived[agent].task_id for agent in told.depends_on_agent_ids},
        priority=min(arrival.priority for arrival in told.arrived.values()),
    )


def _too_many(graph: Graph) -> str | None:
    return f"a stream has at most {MOST_ASSIGNMENTS} agents" if len(graph) > MOST_ASSIGNMENTS else None


def _not_assigned(graph: Graph, names: Names) -> str | None:
    for agent, upstream in graph.items():
        for one in upstream:
            if one not in graph:
                return f"{names[agent]!r} depends on {names.get(one, one)!r}, which is not assigned to the stream"
    return None


def _circle(graph: Graph, names: Names) -> str | None:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle: list[str] = error.args[1]
        return f"these agents would wait for each other for ever: {' → '.join(names[agent] for agent in circle)}"
    return None


def _too_popular(graph: Graph, names: Names) -> str | None:
    for agent, count in _popularity(graph):
        if count > MOST_DEPENDENTS:
            return f"at most {MOST_DEPENDENTS} agents may depend on the same one, and {count} do on {names[agent]!r}"
    return None


def _popularity(graph: Graph) -> Iterator[tuple[str, int]]:
    yield from Counter(agent for upstream in graph.values() for agent in upstream).items()
