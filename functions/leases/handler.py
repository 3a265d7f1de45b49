"""API: tasks, for processes of the user's that work on them."""

from watchbill.execution.models import Task
from watchbill.execution.views import Completion, Failure, Heard, Heartbeat, LeasedTasks, LeaseWish, Release
from watchbill.platform.access import Scope
from watchbill.platform.http import Api, PathName, requires, unaudited
from watchbill.serving import api_handler, services

app = Api("leases")
_WORK = unaudited("a task says itself who worked on it and what came of it, and workers ask all the time")


@app.post("/api/tasks/lease", middlewares=[requires(Scope.EXECUTE), _WORK])
def lease(wish: LeaseWish) -> LeasedTasks:
    """Get tasks to work on, as soon as there are some."""
    return services(app.principal).leases.lease(wish)


@app.post("/api/tasks/<task_id>/heartbeat", middlewares=[requires(Scope.EXECUTE), _WORK])
def heartbeat(task_id: PathName, beat: Heartbeat) -> Heard:
    """Prolong a lease."""
    return services(app.principal).leases.heartbeat(task_id, beat)


@app.post("/api/tasks/<task_id>/complete", middlewares=[requires(Scope.EXECUTE), _WORK])
def complete(task_id: PathName, done: Completion) -> Task:
    """Say that a task is done, and what it brought."""
    return services(app.principal).leases.complete(task_id, done)


@app.post("/api/tasks/<task_id>/fail", middlewares=[requires(Scope.EXECUTE), _WORK])
def fail(task_id: PathName, failure: Failure) -> Task:
    """Say that an attempt at a task failed."""
    return services(app.principal).leases.fail(task_id, failure)


@app.post("/api/tasks/<task_id>/release", middlewares=[requires(Scope.EXECUTE), _WORK])
def release(task_id: PathName, given: Release) -> Task:
    """Give a task back that was not worked on; that costs no attempt."""
    return services(app.principal).leases.release(task_id, given)


lambda_handler = api_handler(app)
