"""The service's own functions behind a real socket, so that a client speaks to what it will meet."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from tests.integration.client.server import Reply, Seen, serving
from tests.support.service import Service


@dataclass
class Deployment:
    """A deployment in process with one organisation; its figures are current at every question."""

    service: Service = field(default_factory=Service)
    url: str = ""
    key: str = ""
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, seen: Seen) -> Reply:
        """Have the functions answer, as API Gateway would."""
        with self._one_at_a_time:
            if seen.method == "GET":
                self.service.settle()
            address = f"{quote(seen.path, safe='/%')}?{urlencode(seen.query)}"
            headers = {name: seen.headers[name] for name in ("idempotency-key", "content-type") if name in seen.headers}
            is_text = "protobuf" not in headers.get("content-type", "")
            body = (seen.body.decode() if is_text else seen.body) or None
            given = self.service.request(seen.method, address, key=self.key, headers=headers, raw=body)
            shown = {name: given.headers[name] for name in ("Content-Type",) if name in given.headers}
            return Reply(given.status, given.text.encode(), shown)

    def ask(self, method: str, path: str, query: Mapping[str, str] | None = None) -> Any:
        """What the service answers without a client between; it must be a 200."""
        given = self.service.request(method, f"{path}?{urlencode(query or {})}", key=self.key)
        assert given.status == 200, given.text
        return given.json


@contextmanager
def deployed() -> Iterator[Deployment]:
    """A deployment for as long as the block lasts; needs AWS in process."""
    deployment = Deployment()
    deployment.key = deployment.service.organisation("demo")
    with serving(deployment.answer) as deployment.url:
        yield deployment
