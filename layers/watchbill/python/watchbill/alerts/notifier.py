"""Telling of an event: the topic, and one message in the queue for each subscription to events of its kind."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from watchbill.alerts import notices
from watchbill.alerts.models import Notice, Subscription
from watchbill.alerts.store import AlertStore
from watchbill.platform import clock, queue, topic
from watchbill.platform.queue import Queue, Send

Publish = Callable[[str, Mapping[str, Any], Mapping[str, str]], None]


class Notifier:
    """Tells of one organisation's events."""

    def __init__(
        self, organisation: str, store: AlertStore, publish: Publish = topic.publish, send: Send = queue.send
    ) -> None:
        self._organisation = organisation
        self._store = store
        self._publish = publish
        self._send = send

    def tell(self, event_type: str, detail: Mapping[str, Any]) -> None:
        """Tell of an event, if it is one that anybody is told of. One that comes again is told to nobody again.

        The one exception is the topic: when this dies after publishing and before remembering that, it publishes
        again, under the same event id.
        """
        notice = notices.notice_of(event_type, detail)
        if notice is None:
            return
        told_at, published = self._store.first_told(notice.event, clock.now())
        if not published:
            attributes = {
                "organisation": self._organisation,
                "type": notice.kind.value,
                "severity": notice.severity,
                "event": notice.event,
            }
            self._publish(
                f"{notice.subject} ({self._organisation})",
                notices.payload(notice.kind, notice.data, told_at),
                attributes,
            )
            self._store.published(notice.event)
        orders = [notices.order(notice, subscription, told_at) for subscription in self._told(notice, told_at)]
        self._send(Queue.DELIVERIES, [notices.to_message(self._organisation, order) for order in orders])

    def _told(self, notice: Notice, told_at: datetime) -> list[Subscription]:
        """Who is told: those who asked for it before it happened, but not who it is about."""
        subscriptions = (subscriber.subscription for subscriber in self._store.subscribers())
        return [
            subscription
            for subscription in subscriptions
            if subscription.enabled
            and notice.kind in subscription.kinds
            and subscription.id != notice.about
            and notice.channel in (None, subscription.channel)
            and subscription.created_at <= told_at
        ]
