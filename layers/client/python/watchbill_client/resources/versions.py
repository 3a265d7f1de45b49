"""Versions of agents."""

from collections.abc import Sequence

from watchbill_client.connection import Connection, Request, new_idempotency_key, route
from watchbill_client.models import AgentVersion
from watchbill_client.paging import Page, fetch_page


class Versions:
    """`client.versions`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self, agent: str, limit: int | None = None, cursor: str | None = None) -> Page[AgentVersion]:
        """An agent's versions, the newest first. Iterating goes through all pages."""
        request = Request("GET", route("api", "v1", "agents", agent, "versions"), params={"limit": limit})
        return fetch_page(self._connection, request, AgentVersion, cursor)

    def add(
        self,
        agent: str,
        version: str,
        *,
        cluster: str | None = None,
        deployment: str | None = None,
        tools: Sequence[str] = (),
        models: Sequence[str] = (),
    ) -> AgentVersion:
        """Add a version.

        Raises:
            Conflict: the agent has that version already.
        """
        body = {
            "version": version,
            "cluster": cluster,
            "deployment": deployment,
            "tools": tools,
            "models": models,
        }
        request = Request(
            "POST",
            route("api", "v1", "agents", agent, "versions"),
            body={name: value for name, value in body.items() if value is not None},
            idempotency_key=new_idempotency_key(),
        )
        return self._connection.call(request, AgentVersion)

    def get(self, agent: str, version: str) -> AgentVersion:
        """One version."""
        path = route("api", "v1", "agents", agent, "versions", version)
        return self._connection.call(Request("GET", path), AgentVersion)
