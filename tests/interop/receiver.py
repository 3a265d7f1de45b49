"""Somebody who is sent spans over OTLP/HTTP, and keeps the requests as they came."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.integration.client.server import Reply, Seen, serving


@dataclass
class Recorded:
    """Where to send spans, and the requests that came."""

    url: str = ""
    requests: list[Seen] = field(default_factory=list)

    def answer(self, request: Seen) -> Reply:
        """Keep a request."""
        self.requests.append(request)
        return Reply(200, b"", {"Content-Type": request.headers["content-type"]})


@contextmanager
def recording() -> Iterator[Recorded]:
    """A receiver that listens while the block runs."""
    recorded = Recorded()
    with serving(recorded.answer) as url:
        recorded.url = url
        yield recorded
