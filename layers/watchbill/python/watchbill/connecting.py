"""The composition root's lowest part: what people and pages are connected by, whatever it is that they are told.

An area is imported when it is first asked for: a function pays at its start for what it does, not for what there is.
"""

from functools import cached_property
from typing import TYPE_CHECKING

from watchbill.platform import events, queue, sockets
from watchbill.platform.queue import Queue
from watchbill.platform.settings import settings
from watchbill.platform.table import Table

if TYPE_CHECKING:
    from watchbill.realtime.broadcaster import Broadcaster
    from watchbill.realtime.conversation import Conversation
    from watchbill.realtime.service import RealtimeService
    from watchbill.realtime.store import RealtimeStore


class Connecting:
    """The use cases of one organisation's live channel."""

    def __init__(self, organisation: str) -> None:
        self._table = Table(organisation)

    @cached_property
    def realtime(self) -> "RealtimeService":
        """The way to its live channel."""
        from watchbill.realtime.service import RealtimeService

        return RealtimeService(self._table.organisation, self._realtime_store, settings().live_url, events.publish)

    @cached_property
    def conversation(self) -> "Conversation":
        """Its clients' sockets."""
        from watchbill.realtime.conversation import Conversation
        from watchbill.realtime.sender import Sender, Wire

        store = self._realtime_store
        return Conversation(
            self._table.organisation,
            store,
            Sender(store, Wire(sockets.send, sockets.close)),
            events.publish,
            lambda messages, delay: queue.send(Queue.LIVE, messages, delay),
        )

    @cached_property
    def broadcaster(self) -> "Broadcaster":
        """What tells its rooms."""
        from watchbill.realtime.broadcaster import Broadcaster
        from watchbill.realtime.sender import Wire

        return Broadcaster(
            self._table.organisation,
            self._realtime_store,
            Wire(sockets.send, sockets.close),
            lambda messages, delay: queue.send(Queue.LIVE, messages, delay),
        )

    @cached_property
    def _realtime_store(self) -> "RealtimeStore":
        from watchbill.realtime.store import RealtimeStore

        return RealtimeStore(self._table)
