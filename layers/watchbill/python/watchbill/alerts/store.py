"""Subscriptions, deliveries and notices in the table.

What is read, decided and written back is written under the revision that was read: whoever comes second decides again.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from watchbill.alerts.models import (
    AlertChannel,
    Attempt,
    Delivery,
    DeliveryState,
    Ending,
    Kind,
    Order,
    Subscriber,
    Subscription,
)
from watchbill.alerts.rules import Progress
from watchbill.platform import clock, keys
from watchbill.platform.keys import Key
from watchbill.platform.sealed_signing import from_item, to_item
from watchbill.platform.table import EXPIRES_AT, REVISION, AlreadyExists, Changed, Item, Stored, Table

DELIVERIES_KEPT = timedelta(days=30)
NOTICES_KEPT = timedelta(days=14)

Decide = Callable[[Subscriber], Subscriber | None]
"""A subscription as it shall be, or None to leave it as it is."""


class AlertStore:
    """One organisation's subscriptions, their deliveries, and which events were told."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._organisation = table.organisation

    def subscribers(self) -> list[Subscriber]:
        """Every subscription."""
        partition = keys.SUBSCRIPTION.partition(self._organisation)
        found = self._table.query(partition, prefix=keys.SUBSCRIPTION.prefix())
        return [_to_subscriber(stored.item) for stored in found]

    def subscriber(self, subscription_id: str) -> Subscriber | None:
        """One subscription, or None."""
        item = self._table.get(self._key(subscription_id))
        return _to_subscriber(item) if item else None

    def add(self, subscriber: Subscriber) -> None:
        """Store a new subscription."""
        self._table.replace(self._key(subscriber.subscription.id), _from_subscriber(subscriber), 0)

    def change(self, subscription_id: str, decide: Decide) -> Subscriber | None:
        """Change a subscription as decided on what is stored; as it is then, None when there is none."""
        key = self._key(subscription_id)
        item = self._table.get(key)
        while item is not None:
            there = _to_subscriber(item)
            changed = decide(there)
            if changed is None:
                return there
            try:
                self._table.replace(key, _from_subscriber(changed), item[REVISION])
            except Changed as conflict:
                item = conflict.item
            else:
                return changed
        return None

    def remove(self, subscription_id: str) -> bool:
        """Forget a subscription; whether there was one."""
        return self._table.delete(self._key(subscription_id))

    def advance(self, order: Order, decide: Callable[[Progress], Progress | None]) -> tuple[Progress, bool]:
        """Take a delivery, which is new when it is met first, a step further; as it is then, and whether it was taken.

        `decide` answers None to leave it as it is.
        """
        key = keys.DELIVERY(self._organisation, order.subscription, clock.to_text(order.created_at), order.delivery)
        item = self._table.get(key)
        while True:
            there = _to_progress(item) if item else Progress()
            changed = decide(there)
            if changed is None:
                return there, False
            try:
                self._table.replace(key, _from_progress(order, changed), item[REVISION] if item else 0)
            except Changed as conflict:
                item = conflict.item
            else:
                return changed, True

    def deliveries(
        self, subscription_id: str, before: dict[str, str] | None = None, page_size: int | None = None
    ) -> Iterator[tuple[Delivery, dict[str, str]]]:
        """A subscription's deliveries, newest first, behind a position, each with its own."""
        partition = keys.DELIVERY.partition(self._organisation, subscription_id)
        start = (
            keys.DELIVERY(self._organisation, subscription_id, before["created"], before["id"]).sk if before else None
        )
        for stored in self._table.query(partition, before=start, descending=True, page_size=page_size):
            delivery = _to_delivery(stored)
            yield delivery, {"created": clock.to_text(delivery.created_at), "id": delivery.id}

    def delivered_since(self, subscription_id: str, instant: datetime) -> bool:
        """Whether a delivery to a subscription succeeded at an instant or after it."""
        return any(
            delivery.state is DeliveryState.DELIVERED and delivery.attempts[-1].at >= instant
            for delivery, _ in self.deliveries(subscription_id, page_size=100)
        )

    def first_told(self, event: str, now: datetime) -> tuple[datetime, bool]:
        """When an event was told first, which is now unless it was before, and whether the topic has it."""
        item: Item = {"created_at": clock.to_text(now), "published": False, EXPIRES_AT: _expiry(now, NOTICES_KEPT)}
        try:
            self._table.create(self._notice(event), item)
        except AlreadyExists as exists:
            item = exists.item
        return clock.from_text(item["created_at"]), bool(item["published"])

    def published(self, event: str) -> None:
        """Remember that the topic has an event."""
        self._table.set(self._notice(event), {"published": True})

    def _key(self, subscription_id: str) -> Key:
        return keys.SUBSCRIPTION(self._organisation, subscription_id)

    def _notice(self, event: str) -> Key:
        return keys.NOTICE(self._organisation, event)


def _expiry(created: datetime, kept: timedelta) -> int:
    return int((created + kept).timestamp())


def _from_subscriber(subscriber: Subscriber) -> Item:
    item: Item = subscriber.subscription.model_dump(mode="json")
    item["enabled_since"] = clock.to_text(subscriber.enabled_since)
    return item | to_item(subscriber.signing)


def _to_subscriber(item: Item) -> Subscriber:
    subscription = Subscription(
        id=item["id"],
        channel=AlertChannel(item["channel"]),
        target=item["target"],
        kinds=tuple(map(Kind, item["kinds"])),
        description=item.get("description"),
        enabled=item["enabled"],
        disabled_reason=item.get("disabled_reason"),
        created_at=clock.from_text(item["created_at"]),
        updated_at=clock.from_text(item["updated_at"]),
    )
    return Subscriber(subscription, from_item(item), clock.from_text(item["enabled_since"]))


def _from_progress(order: Order, progress: Progress) -> Item:
    return {
        "kind": order.kind,
        "state": progress.state.value,
        "attempts": [attempt.model_dump(mode="json", exclude_none=True) for attempt in progress.attempts],
        "due_at": clock.to_text(progress.due_at) if progress.due_at else None,
        "leased_until": clock.to_text(progress.leased_until) if progress.leased_until else None,
        "ending": progress.ending.value if progress.ending else None,
        EXPIRES_AT: _expiry(order.created_at, DELIVERIES_KEPT),
    }


def _to_progress(item: Item) -> Progress:
    return Progress(
        state=DeliveryState(item["state"]),
        attempts=tuple(_to_attempt(attempt) for attempt in item["attempts"]),
        due_at=_instant(item.get("due_at")),
        leased_until=_instant(item.get("leased_until")),
        ending=Ending(item["ending"]) if "ending" in item else None,
    )


def _to_attempt(stored: dict[str, Any]) -> Attempt:
    return Attempt(**{**stored, "at": clock.from_text(stored["at"])})


def _to_delivery(stored: Stored) -> Delivery:
    values = keys.DELIVERY.parse(stored.key) or {}
    progress = _to_progress(stored.item)
    created = clock.from_text(values["created"])
    return Delivery(
        id=values["delivery"],
        kind=stored.item["kind"],
        created_at=created,
        state=progress.state,
        attempts=progress.attempts,
        next_attempt_at=(progress.due_at or created) if progress.state is DeliveryState.PENDING else None,
        reason=progress.ending,
    )


def _instant(text: str | None) -> datetime | None:
    return clock.from_text(text) if text else None
