"""API: how agents are run."""

from watchbill.platform.access import Scope
from watchbill.platform.http import Api, PathName, idempotent, requires
from watchbill.platform.signing import Rotation
from watchbill.registry.models import AgentChange, ChangedAgent, IssuedSecret
from watchbill.serving import api_handler, services

app = Api("agent_settings")
_ONE = "/api/v1/agents/<agent_id>"


@app.patch(_ONE, middlewares=[requires(Scope.ADMIN)])
def change_agent(agent_id: PathName, change: AgentChange) -> ChangedAgent:
    """Change an agent's project or type, or how it is run; the secret of a new endpoint is in this answer only."""
    return services(app.principal).registry.change(agent_id, change)


@app.post(f"{_ONE}/secret", status_code=201, middlewares=[requires(Scope.ADMIN), idempotent(unkept="secret")])
def rotate_secret(agent_id: PathName, wish: Rotation) -> IssuedSecret:
    """Make a new secret for the requests to an agent's endpoint; they are signed with the old one too for a while."""
    return services(app.principal).registry.rotate_secret(agent_id, wish)


lambda_handler = api_handler(app)
