"""A stream in memory with its services, its clock and its agents in the test's hands."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from tests.support.memory_table import Crash, MemoryTable
from watchbill.platform import clock, keys
from watchbill.platform.lists import Cursors
from watchbill.platform.queue import Queue
from watchbill.streams.models import AgentFacts, Item, NewItem, NewStream
from watchbill.streams.reviewer import StreamReviewer
from watchbill.streams.service import StreamService
from watchbill.streams.store import StreamStore
from watchbill.streams.views import StreamInsight

BEGUN = datetime(2026, 3, 1, tzinfo=UTC)


class Demo:
    """A stream, its service and its reviewer over one table."""

    def __init__(self, **goal: Any) -> None:
        self.table = MemoryTable()
        self.store = StreamStore(self.table)
        self.agents: list[AgentFacts] = []
        self.messages: list[Mapping[str, Any]] = []
        cursors = Cursors(lambda: b"secret")
        self.streams = StreamService(self.store, cursors)
        self.reviewer = StreamReviewer("demo", self.store, lambda _: self.agents, cursors, self._send)
        with clock.frozen_at(BEGUN):
            self.id = self.streams.create(NewStream(name="s", **goal)).id

    def add(self, *stages: str, **fields: Any) -> list[Item]:
        """Add items in stages."""
        return self.streams.add(self.id, [NewItem(name="i", stage=stage, **fields) for stage in stages])

    def review(self) -> None:
        """What a message about the stream has done."""
        self.reviewer.look_after(self.id)

    def insights(self) -> list[StreamInsight]:
        """What was told so far."""
        return self.store.insights(self.id)

    def told(self) -> list[tuple[str, str]]:
        """What was told so far, by kind and subject."""
        return sorted((insight.kind.value, insight.subject) for insight in self.insights())

    def left(self) -> list[keys.Key]:
        """What the table holds."""
        return list(self.table.items)

    def _send(self, queue: Queue, messages: Sequence[Mapping[str, Any]]) -> None:
        assert queue is Queue.STREAMS
        self.messages += messages

    def dies_in_a_review(self, writes: int) -> None:
        """Have a review end at one of its writes, if it has so many."""
        self.table.crash_after = writes
        with suppress(Crash):
            self.review()
        self.table.crash_after = None
