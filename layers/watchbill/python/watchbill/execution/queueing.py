"""What runs next: which of the tasks that wait get a slot, and why the others do not. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from watchbill.execution.models import (
    AgentLimits,
    Decision,
    Dispatch,
    Held,
    Hold,
    InFlight,
    Limits,
    Takes,
    Waiting,
)
from watchbill.registry.models import AgentSettings, PullRuntime


def next_tasks(
    ready: Iterable[Waiting], in_flight: Iterable[InFlight], limits: Limits, now: datetime
) -> list[Decision]:
    """For each waiting task, in the order of `Waiting.order`, whether it starts now, and if not, why not.

    A task that an agent's own limit or a budget holds does not stand in the way of those behind it.
    """
    return list(decisions(ready, in_flight, limits, now))


def decisions(
    ready: Iterable[Waiting], in_flight: Iterable[InFlight], limits: Limits, now: datetime, takes: Takes | None = None
) -> Iterator[Decision]:
    """The decisions of `next_tasks`, one after the other: `ready` is read no further than they are taken.

    Where a worker asks, `takes` says which tasks it would lease; the others are decided as ever, and the slots that
    they are about to get are not the worker's.
    """
    running, ahead = Counter(flying.agent_id for flying in in_flight), 0
    for task in ready:
        held = _hold(task, running, limits, now, ahead) or _without_worker(task, limits, takes)
        if held is None:
            running[task.agent_id] += 1
        ahead += held is None or held.hold is Hold.ORGANISATION_LIMIT
        yield held or Dispatch(task.task_id, limits.of_agent(task.agent_id).leased)


def limits_of(settings: AgentSettings) -> AgentLimits:
    """What an agent's settings allow."""
    return AgentLimits(
        settings.concurrency, settings.is_active, isinstance(settings.runs_as, PullRuntime), settings.is_paused
    )


def _hold(task: Waiting, running: Counter[str], limits: Limits, now: datetime, ahead: int) -> Held | None:
    checks: tuple[Callable[[], Held | None], ...] = (
        lambda: _held(task, Hold.RUNNER_STOPPED, "the task runner is stopped") if limits.stopped else None,
        lambda: _not_yet(task, now),
        lambda: _of_agent(task, running, limits),
        lambda: _over_budget(task, limits),
        lambda: _no_slot(task, running, limits, ahead),
    )
    return next((held for check in checks if (held := check())), None)


def _not_yet(task: Waiting, now: datetime) -> Held | None:
    if task.not_before is None or task.not_before <= now:
        return None
    reason = f"it is scheduled for {task.not_before:%Y-%m-%d %H:%M:%S} UTC"
    return Held(task.task_id, Hold.SCHEDULED, reason, task.not_before)


def _of_agent(task: Waiting, running: Counter[str], limits: Limits) -> Held | None:
    agent, busy = limits.of_agent(task.agent_id), running[task.agent_id]
    if not agent.active:
        return _held(task, Hold.AGENT_INACTIVE, "its agent is not active")
    if agent.paused:
        return _held(task, Hold.AGENT_PAUSED, "its agent is paused until it is run for a campaign, or resumed")
    if agent.concurrency is not None and busy >= agent.concurrency:
        return _held(task, Hold.AGENT_LIMIT, f"{busy} of its agent's {agent.concurrency} tasks at a time are in flight")
    return None


def _over_budget(task: Waiting, limits: Limits) -> Held | None:
    spent = [limits.budgets[subject] for subject in task.subjects if subject in limits.budgets]
    if not spent:
        return None
    last = max(spent, key=lambda one: one.until)
    return Held(task.task_id, Hold.BUDGET, last.reason, last.until)


def _no_slot(task: Waiting, running: Counter[str], limits: Limits, ahead: int) -> Held | None:
    busy = running.total()
    if busy < limits.slots:
        return None
    before = f"; {ahead} that wait start before it" if ahead else ""
    reason = f"{busy} tasks are in flight, and {limits.slots} may be at a time{before}"
    return Held(task.task_id, Hold.ORGANISATION_LIMIT, reason, ahead=ahead)


def _without_worker(task: Waiting, limits: Limits, takes: Takes | None) -> Held | None:
    if not limits.of_agent(task.agent_id).leased or (takes and takes(task)):
        return None
    return _held(task, Hold.WAITING_FOR_WORKER, "it waits for a worker that leases it")


def _held(task: Waiting, hold: Hold, reason: str) -> Held:
    return Held(task.task_id, hold, reason)
