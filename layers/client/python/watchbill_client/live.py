"""What happens in Watchbill while it happens: events of rooms and sessions, each once and in order.

    with Watchbill() as watchbill:
        for event in Live(watchbill, "runs", "anomalies"):
            print(event.room, event.event, event.data)

A connection that is lost is opened again, and what was missed meanwhile is made up for. `async for` works as well. It
needs the package `websockets`, which the extra `watchbill-client[live]` brings.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from urllib.parse import urlencode

from websockets.asyncio.client import connect as connect_async
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from watchbill_client.client import Watchbill
from watchbill_client.errors import ConnectionFailed, ServerError, TooManyRequests
from watchbill_client.following import Follower, LiveEvent, LiveRefused, Lost
from watchbill_client.tickets import LiveTicket

__all__ = ["Live", "LiveEvent", "LiveRefused"]

_FIRST_DELAY_S, _LONGEST_DELAY_S = 0.5, 30.0
_MOST_BYTES = 1_000_000
_PASSING = (ConnectionFailed, ServerError, TooManyRequests, WebSocketException, OSError, Lost)
"""What is wrong with a connection and not with what was asked for: another one is opened."""


class Live:
    """The events of rooms and sessions, for one loop over them.

    `after` is from where to go on, by the name of a room or the id of a session: what `positions` was of another one.

    Raises:
        LiveRefused: the service does not let us into a room.
        ApiError: it gives us no ticket.
    """

    def __init__(
        self,
        client: Watchbill,
        *rooms: str,
        sessions: Iterable[str] = (),
        after: Mapping[str, int] | None = None,
    ) -> None:
        self._client = client
        self._follower = Follower(rooms, sessions, after)
        self._attempt = 0

    @property
    def positions(self) -> dict[str, int]:
        """The number of the last event of each room and session."""
        return self._follower.positions

    def __iter__(self) -> Iterator[LiveEvent]:
        while True:
            try:
                yield from self._connected()
            except _PASSING:
                time.sleep(self._delay())

    async def __aiter__(self) -> AsyncIterator[LiveEvent]:
        while True:
            try:
                async for event in self._connected_async():
                    yield event
            except _PASSING:
                await asyncio.sleep(self._delay())

    def _connected(self) -> Iterator[LiveEvent]:
        follower = self._follower
        with connect(_address(self._client.realtime.ticket()), max_size=_MOST_BYTES, proxy=None) as socket:
            follower.opened(time.monotonic())
            while True:
                wait = follower.due(time.monotonic())
                while follower.said:
                    socket.send(follower.said.pop(0))
                try:
                    text = socket.recv(timeout=wait)
                except TimeoutError:
                    continue
                self._attempt = 0
                yield from follower.heard(text, time.monotonic())

    async def _connected_async(self) -> AsyncIterator[LiveEvent]:
        follower = self._follower
        ticket = await asyncio.to_thread(self._client.realtime.ticket)
        async with connect_async(_address(ticket), max_size=_MOST_BYTES, proxy=None) as socket:
            follower.opened(time.monotonic())
            while True:
                wait = follower.due(time.monotonic())
                while follower.said:
                    await socket.send(follower.said.pop(0))
                try:
                    text = await asyncio.wait_for(socket.recv(), wait)
                except TimeoutError:
                    continue
                self._attempt = 0
                for event in follower.heard(text, time.monotonic()):
                    yield event

    def _delay(self) -> float:
        self._attempt += 1
        most = min(_LONGEST_DELAY_S, _FIRST_DELAY_S * 2.0 ** (self._attempt - 1))
        # Never near zero and never all alike, so that many clients do not return in step.
        return most * (0.5 + random.random() / 2)


def _address(ticket: LiveTicket) -> str:
    return f"{ticket.url}?{urlencode({'ticket': ticket.ticket})}"
