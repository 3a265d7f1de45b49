"""Tasks: side by side by where they are, one with why it waits, those that failed for good, and the runner."""

from collections.abc import Iterable
from typing import Any

from watchbill.dashboard.filled import Chosen, FilledTask
from watchbill.dashboard.routing import Pages
from watchbill.dashboard.visits import Answer, Visit
from watchbill.execution.models import HIGHEST_PRIORITY, Task, TaskStatus
from watchbill.execution.views import RunnerAction, RunnerWish, TaskQuery
from watchbill.platform.access import Scope
from watchbill.platform.table import together
from watchbill.registry.models import Agent
from watchbill.reports import words
from watchbill.services import Services

pages = Pages()

TASKS = "/dashboard/tasks"
_IN_A_LANE = 8
_SUGGESTED = 200
"""So many agents are suggested where one is to be named; others can be named nevertheless."""


@pages.get("/tasks")
def tasks(visit: Visit) -> Answer:
    """Tasks by where they are, or a list of those of a status."""
    use, asked = visit.services, visit.asked(TaskQuery)
    made = together(runner=use.tasks.runner, suggested=lambda: agents_of(use), shown=lambda: _asked_for(use, asked))
    shown = made.pop("shown")
    return visit.page("tasks.html", asked=asked, statuses=list(TaskStatus), **made, **shown)


@pages.get("/parts/tasks")
def tasks_now(visit: Visit) -> Answer:
    """The tasks of such a page as they are now."""
    asked = visit.asked(TaskQuery)
    return visit.page("parts/tasks.html", asked=asked, **_asked_for(visit.services, asked))


@pages.post("/tasks/runner", Scope.ADMIN, action="runner.control_runner")
def control(visit: Visit) -> Answer:
    """Start or stop the runner."""
    wish = visit.form(RunnerWish)
    visit.services.tasks.control(wish.action)
    stopped = wish.action is RunnerAction.STOP
    told = "stopped: what is in flight goes on to its end, and nothing else starts" if stopped else "running"
    return visit.go(TASKS, f"The task runner is {told}.")


@pages.get("/tasks/new", Scope.EXECUTE)
def new(visit: Visit) -> Answer:
    """Where a task is described."""
    highest = list(range(1, HIGHEST_PRIORITY + 1))
    return visit.page("new_task.html", suggested=agents_of(visit.services), priorities=highest)


@pages.post("/tasks", Scope.EXECUTE, action=None)
def create(visit: Visit) -> Answer:
    """Have an agent do something."""
    made = visit.services.tasks.create(visit.form(FilledTask))
    return visit.go(f"{TASKS}/{made.id}", "The task was made.")


@pages.get("/tasks/dead-letters")
def dead_letters(visit: Visit) -> Answer:
    """The tasks that failed for good, newest first."""
    use = visit.services
    listed = use.tasks.dead_letters(visit.asked(TaskQuery))
    return visit.page("dead_letters.html", listed=listed, names=names_of(use, listed.items))


@pages.post("/tasks/dead-letters", Scope.EXECUTE, action="runner.redrive")
def redrive(visit: Visit) -> Answer:
    """Send failed tasks again: those chosen, or the newest hundred."""
    chosen = visit.form(Chosen)
    done = visit.services.tasks.redrive(None if chosen.all else chosen.task_ids)
    again = "was" if len(done.redriven) == 1 else "were"
    more = " There are more: send all again once more." if done.more else ""
    return visit.go(f"{TASKS}/dead-letters", f"{words.plural(len(done.redriven), 'task')} {again} sent again.{more}")


@pages.get("/tasks/<task>")
def task(visit: Visit, task: str) -> Answer:
    """One task with everything that is known of it."""
    return visit.page("task.html", **_one(visit.services, task))


@pages.get("/parts/tasks/<task>")
def task_now(visit: Visit, task: str) -> Answer:
    """A task as it is now."""
    return visit.page("parts/task.html", **_one(visit.services, task))


@pages.post("/tasks/<task>/cancel", Scope.EXECUTE, action="tasks.cancel_task")
def cancel(visit: Visit, task: str) -> Answer:
    """Call a task off."""
    return visit.go(f"{TASKS}/{visit.services.tasks.cancel(task).id}", "The task was called off.")


@pages.post("/tasks/<task>/retry", Scope.EXECUTE, action="tasks.retry_task")
def retry(visit: Visit, task: str) -> Answer:
    """Send a task again that failed or was cancelled."""
    return visit.go(f"{TASKS}/{visit.services.tasks.retry(task).id}", "The task was sent again.")


def agents_of(use: Services) -> list[Agent]:
    """Agents to suggest where one is to be named."""
    return list(use.registry.agents(_SUGGESTED, None).items)


def names_of(use: Services, listed: Iterable[Task]) -> dict[str, str]:
    """The names of the agents of tasks, by id."""
    found = use.registry.agents_of({one.agent_id for one in listed})
    return {agent.id: agent.name for agent in found.values()}


def _asked_for(use: Services, asked: TaskQuery) -> dict[str, Any]:
    """A list of the tasks of a status, or lanes with the first of each."""
    if asked.status is not None:
        listed = use.tasks.tasks(asked)
        return {"listed": listed, "lanes": (), "names": names_of(use, listed.items)}
    lanes = use.tasks.lanes(asked.model_copy(update={"limit": _IN_A_LANE}))
    return {"listed": None, "lanes": lanes, "names": names_of(use, (task for side in lanes for task in side.tasks))}


def _one(use: Services, task_id: str) -> dict[str, Any]:
    task = use.tasks.task(task_id)
    upstream = use.tasks.tasks_of(task.upstream.values())
    why = use.tasks.why(task.id) if task.status is TaskStatus.PENDING else None
    return {"task": task, "upstream": upstream, "why": why, "names": names_of(use, (task, *upstream.values()))}
