"""What a call to a user's address is made of: from a name to addresses that may be called, in time, to an answer."""

import socket
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache

from watchbill.platform import addresses, clock

_THREADS = 4

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


class Deadline:
    """An instant after which nothing may go on."""

    def __init__(self, seconds: float) -> None:
        self._end = clock.ticks() + seconds

    @property
    def left(self) -> float:
        """Seconds left; 0 or less when the time is up."""
        return self._end - clock.ticks()

    def within(self, seconds: float | None = None) -> float:
        """Seconds left, at most so many. Raises NoAnswer when there are none."""
        left = self.left
        if left <= 0:
            raise NoAnswer("the time was up before an answer was complete")
        return left if seconds is None else min(left, seconds)


@dataclass(frozen=True, slots=True)
class Directions:
    """The way from names to addresses; `local` allows this machine and private networks."""

    resolve: Resolve
    local: bool

    def to(self, host: str, port: int, deadline: Deadline) -> Sequence[str]:
        """Every address of a host. Raises Refused when one of them may not be called, NoAnswer when there is none."""
        try:
            found = self.resolve(host, port, deadline.within())
        except (OSError, UnicodeError) as error:  # a name that is too long for the resolver is a UnicodeError
            raise NoAnswer(f"{host[:100]!r} has no address") from error
        if not found:
            raise NoAnswer(f"{host[:100]!r} has no address")
        for address in found:
            if why := addresses.refusal(address, local=self.local):
                raise Refused(f"{host[:100]!r} may not be called: {address} {why}")
        return found


def resolved(host: str, port: int, seconds: float) -> list[str]:
    """The addresses of a host, as the system's resolver gives them."""
    # The resolver knows no time-out: a name server that never answers holds a thread, not the caller.
    found = _resolvers().submit(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM).result(seconds)
    return list(dict.fromkeys(str(address[4][0]) for address in found))


def retry_after(text: str, now: datetime) -> int:
    """The seconds that a Retry-After header asks for, in either of its forms; 0 when it says nothing we understand."""
    if text.strip().isdecimal() and text.isascii():
        return int(text[:9])
    try:
        instant = parsedate_to_datetime(text)
    except ValueError:
        return 0
    aware = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    return max(0, int((aware - now).total_seconds()))


@cache
def _resolvers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_THREADS, thread_name_prefix="resolver")
