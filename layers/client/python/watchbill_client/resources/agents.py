"""Agents: who they are, and registering them."""

from typing import Any

from watchbill_client.connection import Connection, Request, new_idempotency_key, route
from watchbill_client.models import Agent, AgentSecret, ChangedAgent
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

    def update(self, agent: str, **configuration: Any) -> ChangedAgent:
        """Change an agent's configuration (scope admin): only the fields given.

        An agent that becomes an endpoint gets the secret that its requests are signed with; it is in this answer and
        nowhere else, ever.
        """
        request = Request("PATCH", route("api", "v1", "agents", agent), body=configuration)
        return self._connection.call(request, ChangedAgent)

    def rotate_secret(self, agent: str, overlap_hours: int = 24) -> AgentSecret:
        """A new secret (scope admin); for so many hours the old one signs requests too, 0 for a leaked one."""
        path = route("api", "v1", "agents", agent, "secret")
        while True:
            body, key = {"overlap_hours": overlap_hours}, new_idempotency_key()
            issued = self._connection.call(Request("POST", path, body=body, idempotency_key=key), AgentSecret)
            if issued.secret is not None:  # else the first answer was lost on its way, and the secret with it
                return issued
