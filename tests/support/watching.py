"""Somebody who is told live what happens in a session."""

import json
from typing import Any

from websockets.sync.client import connect

from tests.support.running_stack import Caller

END_SECONDS = 90
"""Five agents one after the other, each through queues, on functions that may start for it."""


class Watcher:
    """Somebody who is in a session, from before anything is said in it."""

    def __init__(self, us: Caller, session: str) -> None:
        ticket = us.post("/api/realtime/tickets", {})
        self._socket = connect(f"{ticket['url']}?ticket={ticket['ticket']}", proxy=None)
        self._socket.send(json.dumps({"action": "join_session", "sessionId": session}))
        self.frames: list[dict[str, Any]] = []

    def __enter__(self) -> "Watcher":
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def until(self, event: str) -> Any:
        """What the next event of a name tells; all that is told of the session until then is kept."""
        while True:
            frame = json.loads(self._socket.recv(timeout=END_SECONDS))
            if frame.get("sessionId") and "seq" in frame:
                self.frames.append(frame)
                if frame["event"] == event:
                    return frame["data"]
