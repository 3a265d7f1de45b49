"""Traces of runs that telemetry reported (scope read)."""

from watchbill_client.connection import Connection, Request, route
from watchbill_client.tracing import SessionTrace, Trace


class Traces:
    """`client.traces`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of_run(self, run_id: str, attributes: bool = False) -> Trace:
        """The whole trace that a run is part of; with `attributes`, all that each span said.

        Raises:
            NotFound: there is no such run, or it has no spans.
        """
        return self._connection.call(
            Request("GET", route("api", "runs", run_id, "trace"), params=_with(attributes)), Trace
        )

    def of_session(self, session_id: str, attributes: bool = False) -> SessionTrace:
        """All traces of a session.

        Raises:
            NotFound: there is no such session.
        """
        address = route("api", "sessions", session_id, "trace")
        return self._connection.call(Request("GET", address, params=_with(attributes)), SessionTrace)


def _with(attributes: bool) -> dict[str, str]:
    return {"attributes": "true"} if attributes else {}
