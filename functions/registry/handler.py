"""API: agents and their versions."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path

from watchbill.platform.access import Scope
from watchbill.platform.http import Api, Cursor, Limit, PathName, idempotent, requires
from watchbill.platform.wire import Name
from watchbill.registry.models import Agent, AgentDetail, NewVersion, Registration, Version
from watchbill.serving import api_handler, services

app = Api("registry")


@app.get("/api/v1/agents", middlewares=[requires(Scope.READ)])
def list_agents(limit: Limit = 50, cursor: Cursor = None) -> Response[list[Agent]]:
    """Agents by name."""
    return app.page(services(app.principal).registry.agents(limit, cursor))


@app.post("/api/v1/agents/<name>/register", middlewares=[requires(Scope.INGEST), idempotent()])
def register_agent(name: Annotated[Name, Path()], registration: Registration) -> Response[Agent]:
    """Register an agent: 201 when it is new, 200 when the same one is registered already."""
    agent, new = services(app.principal).registry.register(name, registration)
    return app.answer(201 if new else 200, agent)


@app.get("/api/v1/agents/<agent_id>", middlewares=[requires(Scope.READ)])
def get_agent(agent_id: PathName) -> AgentDetail:
    """One agent, by id or name, and how it is run."""
    return services(app.principal).registry.detail(agent_id)


@app.post("/api/v1/agents/<agent_id>/versions", status_code=201, middlewares=[requires(Scope.INGEST), idempotent()])
def add_version(agent_id: PathName, version: NewVersion) -> Version:
    """Announce a version of an agent."""
    return services(app.principal).registry.add_version(agent_id, version)


@app.get("/api/v1/agents/<agent_id>/versions", middlewares=[requires(Scope.READ)])
def list_versions(agent_id: PathName, limit: Limit = 50, cursor: Cursor = None) -> Response[list[Version]]:
    """An agent's versions, newest first."""
    return app.page(services(app.principal).registry.versions(agent_id, limit, cursor))


@app.get("/api/v1/agents/<agent_id>/versions/<version>", middlewares=[requires(Scope.READ)])
def get_version(agent_id: PathName, version: PathName) -> Version:
    """One version of an agent."""
    return services(app.principal).registry.version(agent_id, version)


lambda_handler = api_handler(app)
