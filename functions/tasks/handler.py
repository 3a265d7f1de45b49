"""API: tasks."""

from watchbill.execution.models import NewTask, Task
from watchbill.execution.views import TaskList, TaskQuery, Why
from watchbill.platform.access import Scope
from watchbill.platform.http import Api, Asked, PathName, idempotent, requires, unaudited
from watchbill.serving import api_handler, services

app = Api("tasks")
_RECORD = unaudited("a task is a record itself, of what was asked for and when")


@app.post("/api/tasks", status_code=201, middlewares=[requires(Scope.EXECUTE), idempotent(), _RECORD])
def create_task(wish: NewTask) -> Task:
    """Have an agent do something."""
    return services(app.principal).tasks.create(wish)


@app.get("/api/tasks", middlewares=[requires(Scope.READ)])
def list_tasks(query: Asked[TaskQuery]) -> TaskList:
    """Tasks: those that wait in the order they start in, those that ended newest first."""
    return services(app.principal).tasks.tasks(query)


@app.get("/api/tasks/<task_id>", middlewares=[requires(Scope.READ)])
def get_task(task_id: PathName) -> Task:
    """One task."""
    return services(app.principal).tasks.task(task_id)


@app.post("/api/tasks/<task_id>/cancel", middlewares=[requires(Scope.EXECUTE)])
def cancel_task(task_id: PathName) -> Task:
    """Call a task off."""
    return services(app.principal).tasks.cancel(task_id)


@app.post("/api/tasks/<task_id>/retry", middlewares=[requires(Scope.EXECUTE)])
def retry_task(task_id: PathName) -> Task:
    """Send a task again that failed or was cancelled."""
    return services(app.principal).tasks.retry(task_id)


@app.get("/api/tasks/<task_id>/why", middlewares=[requires(Scope.READ)])
def why(task_id: PathName) -> Why:
    """Why a task has not started."""
    return services(app.principal).tasks.why(task_id)


lambda_handler = api_handler(app)
