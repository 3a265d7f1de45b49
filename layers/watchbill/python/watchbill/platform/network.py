"""HTTP over a network that reaches only addresses which were looked at, and only until a deadline.

Apart from `outgoing`, which imports it at first use: the machinery costs a cold start about 100 ms that functions
which call nobody need not pay.
"""

import ssl
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpcore

from watchbill.platform.addresses import Target
from watchbill.platform.calls import Answer, Deadline, Directions, NoAnswer

_MOST_ADDRESSES = 4
_WRITE_BYTES = 4_096
_CONNECTING = {"timeout": {"connect": 5.0}}


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent where; of the answer's body at most `most_bytes` are read."""

    method: str
    target: Target
    headers: Mapping[str, str]
    body: bytes
    most_bytes: int


def answer_to(request: Request, directions: Directions, deadline: Deadline, tls: ssl.SSLContext | None) -> Answer:
    """The answer to a request. Raises Refused, NoAnswer."""
    network = _Network(directions, deadline)
    try:
        with (
            httpcore.ConnectionPool(ssl_context=tls or _default_tls(), network_backend=network) as pool,
            pool.stream(
                request.method,
                _url(request.target),
                headers=_headers(request),
                content=request.body,
                extensions=_CONNECTING,
            ) as response,
        ):
            return _answer(response, request.most_bytes)
    except httpcore.TimeoutException as error:
        raise NoAnswer("the time was up before an answer was complete") from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise NoAnswer(f"no answer: {str(error)[:200] or type(error).__name__}") from error


class _Network(httpcore.NetworkBackend):
    """Connections to addresses that were looked at."""

    def __init__(self, directions: Directions, deadline: Deadline) -> None:
        self._directions = directions
        self._deadline = deadline
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first of the host's addresses that takes the connection. Raises Refused, NoAnswer."""
        failure: Exception = NoAnswer(f"{host!r} has no address")
        for address in self._directions.to(host, port, self._deadline)[:_MOST_ADDRESSES]:
            try:
                seconds = self._deadline.within(timeout)
                connected = self._sockets.connect_tcp(address, port, seconds, local_address, socket_options)
                return _Stream(connected, self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


class _Stream(httpcore.NetworkStream):
    """A connection whose every step ends by the deadline: one byte a second is no way to keep it open."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.within(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _WRITE_BYTES):
            self._stream.write(buffer[start : start + _WRITE_BYTES], self._deadline.within(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        seconds = self._deadline.within(timeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, seconds), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _url(target: Target) -> httpcore.URL:
    scheme, host, path = (part.encode("ascii") for part in (target.scheme, target.host, target.path))
    return httpcore.URL(scheme=scheme, host=host, port=target.port, target=path)


def _headers(request: Request) -> dict[bytes | str, bytes | str]:
    # Its own Host, because httpcore writes IPv6 addresses without their brackets.
    ours: dict[bytes | str, bytes | str] = {"Host": request.target.authority, "User-Agent": "Watchbill"}
    return {**ours, "Connection": "close", **dict(request.headers.items())}


def _answer(response: httpcore.Response, most_bytes: int) -> Answer:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
    body, complete = _beginning(response.iter_stream(), most_bytes)
    return Answer(response.status, headers, body, complete)


def _beginning(chunks: Iterator[bytes], most_bytes: int) -> tuple[bytes, bool]:
    """As much of a body as is wanted, and whether that is all of it; the rest is never read."""
    body = b""
    for chunk in chunks:
        body += chunk
        if len(body) > most_bytes:
            return body[:most_bytes], False
    return body, True


@cache
def _default_tls() -> ssl.SSLContext:
    return httpcore.default_ssl_context()
