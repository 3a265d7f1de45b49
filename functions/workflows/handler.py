"""API: agents assigned to streams, their executions there, and how far they are together."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from watchbill.platform.access import Scope
from watchbill.platform.http import Api, PathName, idempotent, requires
from watchbill.serving import api_handler, services
from watchbill.workflows.models import AssignmentChange, ExecutionWish, NewAssignments, OneOrMany
from watchbill.workflows.views import AssignedAgent, AssignedAgents, ExecutionQueued, Workflow

app = Api("workflows")
_ALL = "/api/streams/<stream_id>/agents"
_ONE = f"{_ALL}/<agent_id>"


@app.post(_ALL, status_code=201, middlewares=[requires(Scope.EXECUTE), idempotent()])
def assign(stream_id: PathName, body: Annotated[OneOrMany, Body()]) -> Response[AssignedAgent | AssignedAgents]:
    """Assign an agent to a stream, or several as `{"assignments": [...]}`, of which all are assigned or none."""
    workflows = services(app.principal).workflows
    if isinstance(body, NewAssignments):
        return app.answer(201, workflows.assign(stream_id, body.assignments))
    return app.answer(201, workflows.assign(stream_id, [body]).items[0])


@app.get(_ALL, middlewares=[requires(Scope.READ)])
def list_assigned(stream_id: PathName) -> AssignedAgents:
    """A stream's agents, nobody before one it waits for."""
    return services(app.principal).workflows.assigned(stream_id)


@app.patch(_ONE, middlewares=[requires(Scope.EXECUTE)])
def change_assignment(stream_id: PathName, agent_id: PathName, change: AssignmentChange) -> AssignedAgent:
    """Change an agent's part in a stream; it starts nobody."""
    return services(app.principal).workflows.change(stream_id, agent_id, change)


@app.delete(_ONE, status_code=204, middlewares=[requires(Scope.EXECUTE)])
def take_off(stream_id: PathName, agent_id: PathName) -> Response[None]:
    """Take an agent off a stream."""
    services(app.principal).workflows.remove(stream_id, agent_id)
    return app.no_content()


@app.post(f"{_ONE}/execute", status_code=201, middlewares=[requires(Scope.EXECUTE), idempotent()])
def execute(stream_id: PathName, agent_id: PathName, wish: ExecutionWish) -> ExecutionQueued:
    """Have an agent of a stream executed; those who wait for it follow by themselves."""
    return services(app.principal).workflows.execute(stream_id, agent_id, wish)


@app.get("/api/streams/<stream_id>/workflow", middlewares=[requires(Scope.READ)])
def get_workflow(stream_id: PathName) -> Workflow:
    """How far a stream's agents are, whom they wait for, and who is in their way."""
    return services(app.principal).workflows.workflow(stream_id)


lambda_handler = api_handler(app)
