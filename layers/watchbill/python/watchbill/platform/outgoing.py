"""The one way to call an address that a user gave: to hosts of the public internet only, bounded in time and size.

A name is resolved once; unless every address behind it may be called, none is, and the connection goes to one of the
addresses that were looked at, so that a name cannot change its mind in between. TLS is verified against the name. No
redirect is followed, no proxy of the environment is used, nothing is decompressed, no connection is kept.
"""

import socket
import ssl
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpcore
from pydantic_core import Url

from watchbill.platform import addresses, clock

MOST_CHARACTERS = 2_000
_HTTPS_PORT, _FIRST_UNPRIVILEGED_PORT = 443, 1024
_MOST_ADDRESSES = 4
_CONNECTING = {"timeout": {"connect": 5.0}}
_WRITE_BYTES = 4_096

Resolve = Callable[[str, int, float], Sequence[str]]
"""The addresses, in digits, of a host and port, found within so many seconds. Raises OSError when there are none."""


class Refused(Exception):
    """This address may not be called; the message says why, in a sentence for who gave it."""


class NoAnswer(Exception):
    """No answer came: the name has no address, nobody listens, the time is up, TLS fails. The message says which."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: names of headers in lower case; `body` is its beginning when it is not `complete`."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    complete: bool


@dataclass(frozen=True, slots=True)
class Target:
    """Where a call goes. `host` has no brackets; `authority` is what the Host header says."""

    scheme: str
    host: str
    port: int
    authority: str
    path: str


class Outgoing:
    """Calls to users' addresses. `local` also allows plain HTTP, any port, this machine and private networks."""

    def __init__(
        self, *, local: bool = False, resolve: Resolve | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        self._local = local
        self._resolve = resolve or resolved
        self._tls = tls

    def check(self, url: str, seconds: float = 5.0) -> None:
        """Look whether an address may be called, as it is now; each call looks again. Raises Refused, NoAnswer."""
        target = self._target(url)
        _addresses(target.host, target.port, self._resolve, self._local, _Deadline(seconds))

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes = b"",
        seconds: float = 15.0,
        most_bytes: int = 64_000,
    ) -> Answer:
        """Send a request; the answer, of whatever status. `seconds` bound everything from the name to the last byte.

        Raises Refused, NoAnswer.
        """
        target = self._target(url)
        network = _Network(self._resolve, self._local, _Deadline(seconds))
        tls = self._tls or _default_tls()
        try:
            with (
                httpcore.ConnectionPool(ssl_context=tls, network_backend=network) as pool,
                pool.stream(
                    method,
                    _url(target),
                    headers=_headers(target, headers),
                    content=body,
                    extensions=_CONNECTING,
                ) as response,
            ):
                return _answer(response, most_bytes)
        except httpcore.TimeoutException as error:
            raise NoAnswer("the time was up before an answer was complete") from error
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise NoAnswer(f"no answer: {str(error)[:200] or type(error).__name__}") from error

    def _target(self, url: str) -> Target:
        target = parsed(url)
        if target.scheme != "https" and not (self._local and target.scheme == "http"):
            raise Refused("an address begins with https://")
        if not self._local and target.port != _HTTPS_PORT and target.port < _FIRST_UNPRIVILEGED_PORT:
            raise Refused(f"port {target.port} is another service's: use {_HTTPS_PORT}, or one from 1024 on")
        return target


def parsed(url: str) -> Target:
    """An address taken apart, as browsers read it. Raises Refused."""
    if not url.isprintable() or " " in url or not 1 <= len(url) <= MOST_CHARACTERS:
        raise Refused(f"an address has 1 to {MOST_CHARACTERS:,} printable characters and no blanks")
    try:
        parts = Url(url)
    except ValueError as error:
        raise Refused("this is not an address such as https://example.com/hook") from error
    if parts.username is not None or parts.password is not None or parts.fragment is not None:
        raise Refused("an address holds no user, password or #fragment")
    if not parts.host or not parts.port:
        raise Refused("this is not an address such as https://example.com/hook")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query is not None else "")
    standard = parts.port == {"http": 80, "https": _HTTPS_PORT}.get(parts.scheme)
    authority = parts.host if standard else f"{parts.host}:{parts.port}"
    return Target(parts.scheme, parts.host.strip("[]"), parts.port, authority, path)


def resolved(host: str, port: int, seconds: float) -> list[str]:
    """The addresses of a host, as the system's resolver gives them."""
    # The resolver knows no time-out: a name server that never answers holds a thread, not the caller.
    found = _resolvers().submit(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM).result(seconds)
    return list(dict.fromkeys(str(address[4][0]) for address in found))


class _Deadline:
    """An instant after which nothing may go on."""

    def __init__(self, seconds: float) -> None:
        self._end = clock.ticks() + seconds

    def within(self, seconds: float | None) -> float:
        """Seconds left, at most so many. Raises httpcore.TimeoutException when there are none."""
        left = self._end - clock.ticks()
        if left <= 0:
            raise httpcore.ReadTimeout("the time is up")
        return left if seconds is None else min(left, seconds)


class _Network(httpcore.NetworkBackend):
    """A network that reaches only addresses it has looked at, and only until the deadline."""

    def __init__(self, resolve: Resolve, local: bool, deadline: _Deadline) -> None:
        self._resolve = resolve
        self._local = local
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
        """Connect to the first of the host's addresses that takes the connection. Raises Refused."""
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in _addresses(host, port, self._resolve, self._local, self._deadline)[:_MOST_ADDRESSES]:
            try:
                seconds = self._deadline.within(timeout)
                connected = self._sockets.connect_tcp(address, port, seconds, local_address, socket_options)
                return _Stream(connected, self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


class _Stream(httpcore.NetworkStream):
    """A connection whose every step ends by the deadline: one byte a second is no way to keep it open."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: _Deadline) -> None:
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


def _addresses(host: str, port: int, resolve: Resolve, local: bool, deadline: _Deadline) -> Sequence[str]:
    """Every address of a host. Raises Refused when one of them may not be called, NoAnswer when there is none."""
    try:
        found = resolve(host, port, deadline.within(None))
    except (OSError, UnicodeError) as error:  # a name that is too long for the resolver is a UnicodeError
        raise NoAnswer(f"{host[:100]!r} has no address") from error
    if not found:
        raise NoAnswer(f"{host[:100]!r} has no address")
    for address in found:
        if why := addresses.refusal(address, local=local):
            raise Refused(f"{host[:100]!r} may not be called: {address} {why}")
    return found


def _url(target: Target) -> httpcore.URL:
    return httpcore.URL(
        scheme=target.scheme.encode(), host=target.host.encode(), port=target.port, target=target.path.encode()
    )


def _headers(target: Target, given: Mapping[str, str]) -> dict[bytes | str, bytes | str]:
    # Its own Host, because httpcore writes IPv6 addresses without their brackets.
    ours: dict[bytes | str, bytes | str] = {"Host": target.authority, "User-Agent": "Watchbill", "Connection": "close"}
    return ours | dict(given.items())


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


@cache
def _resolvers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_MOST_ADDRESSES, thread_name_prefix="resolver")
