"""The figures a dashboard shows."""

from watchbill_client.connection import Connection, Request, route
from watchbill_client.figures import Activity, StatCard, VersionFigures
from watchbill_client.paging import Page, fetch_page


class Ui:
    """`client.ui`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def stats(self) -> tuple[StatCard, ...]:
        """The four cards: active agents, runs today, mean response time, cost today."""
        return self._connection.call(Request("GET", route("api", "v1", "ui", "stats")), tuple[StatCard, ...])

    def recent_activity(self) -> tuple[Activity, ...]:
        """The newest runs of all agents."""
        path = route("api", "v1", "ui", "recent_activity")
        return self._connection.call(Request("GET", path), tuple[Activity, ...])

    def agent_versions(self) -> Page[VersionFigures]:
        """Every version of every agent with its figures, also those without runs."""
        request = Request("GET", route("api", "v1", "ui", "agent_versions"))
        return fetch_page(self._connection, request, VersionFigures)
