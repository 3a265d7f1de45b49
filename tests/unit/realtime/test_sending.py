"""Sending side by side: a socket that takes nothing keeps nobody else waiting."""

from datetime import UTC, datetime
from threading import Event

import pytest

from watchbill.platform import table
from watchbill.platform.access import Principal
from watchbill.platform.clock import frozen_at
from watchbill.platform.sockets import Stuck
from watchbill.realtime import rooms
from watchbill.realtime.conversation import Conversation
from watchbill.realtime.sender import Sender, Wire
from watchbill.realtime.store import RealtimeStore

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def test_a_slow_socket_delays_no_other_and_is_closed(
    memory_store: RealtimeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "_AT_ONCE", 4)
    told, closed = Event(), []

    def send(socket: str, frame: str) -> None:
        if socket == "a-slow":
            assert told.wait(10)
            raise Stuck
        told.set()

    sender = Sender(memory_store, Wire(send, closed.append))
    conversation = Conversation("demo", memory_store, sender, lambda _: None, lambda *_: None)
    with frozen_at(NOW):
        for socket in ("a-slow", "b-quick"):
            conversation.open(socket, Principal("demo", "key", frozenset({"read"})))
        sender.send(rooms.SYSTEM, ["{}"])

        assert told.is_set()
        assert closed == ["a-slow"]
        assert memory_store.connection("a-slow") is None
        assert memory_store.connection("b-quick") is not None
