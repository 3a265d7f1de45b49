"""Recomputing all figures from the runs (scope admin)."""

import time
from collections.abc import Callable

from watchbill_client.connection import Connection, Request, route
from watchbill_client.models import Rebuild

_PATH = route("api", "admin", "rebuild")
# One request works for up to 15 s, and the function has 29 s.
_TIMEOUT_S = 35.0


class RebuildResource:
    """`client.rebuild`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def advance(self) -> Rebuild:
        """Start a rebuild, or do some more of the one under way (up to about 15 s of work)."""
        # Repeatable, and without an idempotency key: every request is to do work, and one too many does no harm.
        request = Request("POST", _PATH, body={}, repeatable=True, timeout=_TIMEOUT_S)
        return self._connection.call(request, Rebuild)

    def status(self) -> Rebuild:
        """The newest rebuild.

        Raises:
            NotFound: there has been none.
        """
        return self._connection.call(Request("GET", _PATH), Rebuild)

    def run(self, watch: Callable[[Rebuild], None] = lambda _: None) -> Rebuild:
        """Advance a rebuild until it is completed; `watch` hears where it stands after each step."""
        while True:
            rebuild = self.advance()
            watch(rebuild)
            if rebuild.is_completed:
                return rebuild
            time.sleep(rebuild.retry_after or 0)
