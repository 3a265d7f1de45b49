"""Agents: who they are, and registering them."""

from typing import Any

from watchbill_client.connection import Connection, Request, new_idempotency_key, route
from watchbill_client.models import Agent
from watchbill_client.paging import Page, fetch_page


class Agents:
    """`client.agents`. Wherever an agent is asked for, its id or its name will do."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self, limit: int | None = None, cursor: str | None = None) -> Page[Agent]:
        """Agents by name; `limit` is the page's size (at most 500). Iterating goes through all pages."""
        request = Request("GET", route("api", "v1", "agents"), params={"limit": limit})
        return fetch_page(self._connection, request, Agent, cursor)

    def register(self, name: str, project: str, **configuration: Any) -> Agent:
        """Register an agent, or find it registered already under the same project.

        Raises:
            Conflict: the name is registered under another project.
        """
        body = {"name": name, "project": project, **configuration}
        path = route("api", "v1", "agents", name, "register")
        return self._connection.call(Request("POST", path, body=body, idempotency_key=new_idempotency_key()), Agent)

    def get(self, agent: str) -> Agent:
        """One agent."""
        return self._connection.call(Request("GET", route("api", "v1", "agents", agent)), Agent)

    def update(self, agent: str, **configuration: Any) -> Agent:
        """Change an agent's configuration (scope admin): only the fields given."""
        return self._connection.call(Request("PATCH", route("api", "v1", "agents", agent), body=configuration), Agent)
