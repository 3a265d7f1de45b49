"""API: tasks, for processes of the user's that work on them."""

from watchbill.execution.models import Task
from watchbill.execution.views import Completion, Failure, Heard, Heartbeat, LeasedTasks, LeaseWish, Release
from watchbill.platform.access import Scope
from watchbill.platform.http import Api, PathName, api_handler, requires
from watchbill.services import services

app = Api("leases")


@app.post("/api/tasks/lease", middlewares=[requires(Scope.EXECUTE)])
def lease(wish: LeaseWish) -> LeasedTasks:
    """Get tasks to work on, as soon as there are some."""
    return services(app.principal).leases.lease(wish)


@app.post("/api/tasks/<task_id>/heartbeat", middlewares=[requires(Scope.EXECUTE)])
def heartbeat(task_id: PathName, beat: Heartbeat) -> Heard:
    """Prolong a lease."""
    return services(app.principal).leases.heartbeat(task_id, beat)


@app.post("/api/tasks/<task_id>/complete", middlewares=[requires(Scope.EXECUTE)])
def complete(task_id: PathName, done: Completion) -> Task:
    """Say that a task is done, and what it brought."""
    return services(app.principal).leases.complete(task_id, done)


@app.post("/api/tasks/<task_id>/fail", middlewares=[requires(Scope.EXECUTE)])
def fail(task_id: PathName, failure: Failure) -> Task:
    """Say that an attempt at a task failed."""
    return services(app.principal).leases.fail(task_id, failure)


@app.post("/api/tasks/<task_id>/release", middlewares=[requires(Scope.EXECUTE)])
def release(task_id: PathName, given: Release) -> Task:
    """Give a task back that was not worked on; that costs no attempt."""
    return services(app.principal).leases.release(task_id, given)


lambda_handler = api_handler(app)
