"""The composition root's lowest part: whose an organisation is, who did what in it, and how people are connected.

An area is imported when it is first asked for: a function pays at its start for what it does, not for what there is.
"""

from functools import cached_property
from typing import TYPE_CHECKING

from watchbill.platform import events, queue, sockets
from watchbill.platform.lists import Cursors
from watchbill.platform.queue import Queue
from watchbill.platform.settings import settings
from watchbill.platform.table import Table

if TYPE_CHECKING:
    from watchbill.audit.service import AuditService
    from watchbill.configuration.service import ConfigurationService
    from watchbill.identity.service import IdentityService
    from watchbill.realtime.broadcaster import Broadcaster
    from watchbill.realtime.conversation import Conversation
    from watchbill.realtime.service import RealtimeService
    from watchbill.realtime.store import RealtimeStore


class Connecting:
    """The use cases of one organisation that all others rest on, and those of its live channel."""

    def __init__(self, organisation: str) -> None:
        self._table = Table(organisation)

    @cached_property
    def identity(self) -> "IdentityService":
        """Its record and keys."""
        from watchbill.identity.service import IdentityService
        from watchbill.identity.store import IdentityStore

        return IdentityService(self._table.organisation, IdentityStore(self._table))

    @cached_property
    def configuration(self) -> "ConfigurationService":
        """How its runs are kept and watched."""
        from watchbill.configuration import rules
        from watchbill.configuration.service import ConfigurationService
        from watchbill.configuration.store import ConfigurationStore

        of_stage = rules.of_stage(settings().stage, settings().retention_days)
        return ConfigurationService(ConfigurationStore(self._table), of_stage)

    @cached_property
    def audit(self) -> "AuditService":
        """Who did what in it."""
        from watchbill.audit.service import AuditService
        from watchbill.audit.store import AuditStore

        made = lambda: self.identity.organisation().created_at  # noqa: E731
        return AuditService(AuditStore(self._table), self.configuration.audit_retention, made, self._cursors)

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

    @cached_property
    def _cursors(self) -> Cursors:
        from watchbill.identity.store import IdentityStore

        return Cursors(IdentityStore(self._table).cursor_secret)
