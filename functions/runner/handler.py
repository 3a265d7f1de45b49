"""API: the task runner, and the tasks that failed for good."""

from watchbill.execution.views import Redrive, Redriven, RunnerReport, RunnerWish, TaskList, TaskQuery
from watchbill.platform.access import Scope
from watchbill.platform.http import Api, Asked, requires
from watchbill.serving import api_handler, services

app = Api("runner")


@app.get("/api/agents/task-runner", middlewares=[requires(Scope.READ)])
def get_runner() -> RunnerReport:
    """The task runner as it is, how many tasks there are, and the newest of them."""
    return services(app.principal).tasks.runner()


@app.post("/api/agents/task-runner", middlewares=[requires(Scope.ADMIN)])
def control_runner(wish: RunnerWish) -> RunnerReport:
    """Start or stop the task runner: stopped, it lets running tasks end and starts none."""
    return services(app.principal).tasks.control(wish.action)


@app.get("/api/tasks/dead-letters", middlewares=[requires(Scope.READ)])
def list_dead_letters(query: Asked[TaskQuery]) -> TaskList:
    """The tasks that failed for good, newest first."""
    return services(app.principal).tasks.dead_letters(query)


@app.post("/api/tasks/dead-letters/redrive", middlewares=[requires(Scope.EXECUTE)])
def redrive(wish: Redrive) -> Redriven:
    """Send failed tasks again: those named, or the newest hundred."""
    return services(app.principal).tasks.redrive(wish.task_ids)


lambda_handler = api_handler(app)
