"""Publishing what has happened."""

from collections.abc import Callable, Iterable, Sequence

from watchbill.outbox.bundling import bundled
from watchbill.outbox.rules import events_of, messages_of
from watchbill.platform import events, queue
from watchbill.platform.events import Event
from watchbill.platform.observability import count
from watchbill.platform.queue import Queue
from watchbill.platform.stream import Record

_DELAYS = {Queue.TASKS: 10}
"""Seconds after which messages are received that should have been sent before: by then their work is begun or done."""


def publish(records: Iterable[Record], send: Callable[[Sequence[Event]], None] = events.publish) -> None:
    """Publish the events that writes mean. A record that comes again is published again, under the same event id.

    Of runs, several are in one event, and each has its own.
    """
    happened = [event for record in records for event in events_of(record)]
    send(bundled(happened))
    for event in happened:
        count("".join(word.title() for word in event.type.split("_")))


def send_on(records: Sequence[Record]) -> None:
    """Send the messages that writes mean. A record that comes again is sent on again; its work is done once."""
    for to, messages in messages_of(records).items():
        queue.send(to, messages, _DELAYS.get(to, 0))
