"""The live channel's real service over a table in memory, and one client of it, over a network as networks are.

Messages come late and in any order, connections break with what was under way, processes die between any two steps.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from tests.support.memory_table import Crash, MemoryTable
from tests.support.sockets import runs_on_the_bus
from watchbill.platform.access import Principal
from watchbill.platform.clock import frozen_at
from watchbill.platform.sockets import Gone
from watchbill.realtime.broadcaster import Broadcaster
from watchbill.realtime.conversation import Conversation
from watchbill.realtime.sender import Sender, Wire
from watchbill.realtime.store import RealtimeStore
from watchbill_client.following import Follower, LiveEvent, Lost

BEGUN = datetime(2026, 3, 10, 12, tzinfo=UTC)
WHO = Principal("demo", "key", frozenset({"read"}))


@dataclass
class World:
    """A service and a client. `given` is what the client gave out, `told` which runs the bus has told of."""

    now: float = 0.0
    made: int = 0
    socket: str | None = None
    coming: list[str] = field(default_factory=list)
    given: list[LiveEvent] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)
    undone: list[int] = field(default_factory=list)
    dies_after_sends: int | None = None

    def __post_init__(self) -> None:
        self.table = MemoryTable()
        store, wire = RealtimeStore(self.table), Wire(self._send, self._close)
        self.broadcaster = Broadcaster("demo", store, wire, self._ignore)
        self.conversation = Conversation("demo", store, Sender(store, wire), self._ignore, self._ignore)
        self.follower = Follower(["runs"])

    def happen(self, count: int) -> None:
        """Have some runs be recorded by one request, of which the bus is told."""
        first = sum(len(each["detail"]["runs"]) for each in self.told)
        names = [f"r{first + number}" for number in range(count)]
        self.told.append(runs_on_the_bus(names, cause=f"request {len(self.told)}"))
        self.undone.append(len(self.told) - 1)

    def deliver(self, which: int, writes: int | None, sends: int | None, cut: bool) -> None:
        """Have the bus deliver one of its events, to a process that may die after so many writes or sends."""
        if not self.told:
            return
        number = which % len(self.told)
        event = self.told[number]
        halves = [_part(event, 0, 2), _part(event, 1, 2)] if cut else [event]
        self.table.crash_after, self.dies_after_sends = writes, sends
        try:
            self._serve(lambda: self.broadcaster.tell(halves))
            self.undone = [each for each in self.undone if each != number]
        except Crash:
            # It comes again, as every message does that was not done.
            self.undone.append(number)
        self.table.crash_after = self.dies_after_sends = None

    def connect(self, sends: int | None = None) -> None:
        """Have the client open a connection, unless it has one; who answers it may die after so many sends."""
        if self.socket is None:
            self.made += 1
            self.socket = name = f"socket{self.made}"
            self._serve(lambda: self.conversation.open(name, WHO))
            self.follower.opened(self.now)
            self.dies_after_sends = sends
            self._say()
            self.dies_after_sends = None

    def disconnect(self, told: bool) -> None:
        """Break the client's connection with all that is under way; the service may hear of it or not."""
        name, self.socket = self.socket, None
        self.coming.clear()
        if told and name:
            self._serve(lambda: self.conversation.close(name))

    def receive(self, which: int) -> None:
        """Have one of the messages come that are under way."""
        if self.coming:
            self.given += self.follower.heard(self.coming.pop(which % len(self.coming)), self.now)
            self._say()

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds
        if self.socket:
            try:
                self.follower.due(self.now)
            except Lost:
                self.disconnect(told=False)
            else:
                self._say()

    def settle(self) -> None:
        """Let everything happen that is still to: deliveries, answers, the client's asking for what it misses."""
        self.connect()
        for number in dict.fromkeys(self.undone):
            self.deliver(number, None, None, cut=False)
        for _ in range(4):
            self.connect()
            while self.coming:
                self.receive(0)
            self.wait(5)
        self.connect()
        while self.coming:
            self.receive(0)

    @property
    def waits(self) -> bool:
        """Whether the client still waits for something that is missing."""
        return any(room.fold.gap or room.fold.pending for room in self.follower._rooms.values())

    @property
    def stored(self) -> dict[int, list[str]]:
        """Which runs were told under which number."""
        items = {key: item for key, item in self.table.items.items() if "#ROOMEVENTS#room:runs" in key.pk}
        return {
            int(key.sk): [run["event_id"] for run in json.loads(item["data"])["runs"]] for key, item in items.items()
        }

    def _say(self) -> None:
        while self.follower.said and self.socket:
            text, name = self.follower.said.pop(0), self.socket
            # Who dies at answering is not asked again: the client notices that something is missing.
            with suppress(Crash):
                self._serve(partial(self.conversation.hear, name, text))

    def _serve(self, work: Callable[[], Any]) -> None:
        with frozen_at(BEGUN + timedelta(seconds=self.now)):
            work()

    def _send(self, socket: str, text: str) -> None:
        if self.dies_after_sends is not None:
            self.dies_after_sends -= 1
            if self.dies_after_sends < 0:
                raise Crash
        if socket != self.socket:
            raise Gone
        self.coming.append(text)

    def _close(self, socket: str) -> None:
        if socket == self.socket:
            self.disconnect(told=False)

    @staticmethod
    def _ignore(*_: Any) -> None:
        """Greetings and people's messages are no matter here."""


def runs_of(events: Sequence[LiveEvent]) -> list[str]:
    """The runs that events tell of, in order."""
    return [run["event_id"] for event in events if event.room == "runs" and event.seq for run in event.data["runs"]]


def _part(event: Mapping[str, Any], number: int, of: int) -> dict[str, Any]:
    runs = event["detail"]["runs"]
    return {**event, "detail": {**event["detail"], "runs": runs[number::of]}}
