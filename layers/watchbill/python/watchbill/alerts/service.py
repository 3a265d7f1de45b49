"""Subscriptions to alerts: making, changing and removing them, their secrets, and how their deliveries went."""

from collections.abc import Sequence
from dataclasses import replace

from watchbill.alerts import notices, rules
from watchbill.alerts.models import (
    MOST_SUBSCRIPTIONS,
    Accepted,
    AlertChannel,
    DeliveryList,
    IssuedSubscription,
    Kind,
    NewSubscription,
    Subscriber,
    Subscription,
    SubscriptionChange,
    SubscriptionList,
)
from watchbill.alerts.store import AlertStore
from watchbill.platform import addresses, clock, ids, queue, signing
from watchbill.platform.errors import BadRequest, Conflict, Fault, NotFound, Unprocessable
from watchbill.platform.lists import Cursors, first_page
from watchbill.platform.outgoing import NoAnswer, Outgoing, Refused
from watchbill.platform.queue import Queue, Send
from watchbill.platform.sealed_signing import SigningKeeper
from watchbill.platform.signing import Rotation


class AlertService:
    """One organisation's subscriptions. `sender` is where its e-mails come from, empty when none can be sent."""

    def __init__(
        self,
        organisation: str,
        store: AlertStore,
        cursors: Cursors,
        outgoing: Outgoing,
        sender: str,
        signings: SigningKeeper,
        send: Send = queue.send,
    ) -> None:
        self._organisation = organisation
        self._store = store
        self._cursors = cursors
        self._outgoing = outgoing
        self._sender = sender
        self._signings = signings
        self._send = send

    def subscribe(self, wish: NewSubscription) -> IssuedSubscription:
        """A new subscription, with the secret of its webhooks, which is shown here and never again.

        Raises BadRequest for a target of another form, Unprocessable for one that may not be told or one too many,
        Conflict when the same target is subscribed already. Two requests at once may pass both looks: then both
        subscriptions are there, and each can be removed.
        """
        self._check_target(wish.channel, wish.target)
        there = [subscriber.subscription for subscriber in self._store.subscribers()]
        _check_distinct(there, wish.channel, wish.target)
        if len(there) >= MOST_SUBSCRIPTIONS:
            raise Unprocessable(f"an organisation has at most {MOST_SUBSCRIPTIONS} subscriptions; remove one first")
        now = clock.now()
        subscription = Subscription(
            id=ids.new_id(),
            channel=wish.channel,
            target=wish.target,
            kinds=_sorted(wish.kinds),
            description=wish.description,
            enabled=True,
            disabled_reason=None,
            created_at=now,
            updated_at=now,
        )
        secret = signing.new_secret() if wish.channel is AlertChannel.WEBHOOK else None
        signed_by = self._signings.kept(subscription.id, secret) if secret else None
        self._store.add(Subscriber(subscription, signed_by, enabled_since=now))
        return _issued(subscription, secret)

    def subscriptions(self) -> SubscriptionList:
        """Every subscription, newest first."""
        found = (subscriber.subscription for subscriber in self._store.subscribers())
        return SubscriptionList(items=tuple(sorted(found, key=lambda each: (each.created_at, each.id), reverse=True)))

    def subscription(self, subscription_id: str) -> Subscription:
        """One subscription. Raises NotFound."""
        return self._subscriber(subscription_id).subscription

    def change(self, subscription_id: str, change: SubscriptionChange) -> Subscription:
        """Set what the change names. Enabling forgets why the subscription was disabled, and its failures so far.

        Raises NotFound, BadRequest when it names nothing, and as `subscribe` does for a target.
        """
        if not change.model_dump(exclude_none=True):
            raise BadRequest("nothing to change: give target, kinds, enabled or description")
        subscription = self.subscription(subscription_id)
        if change.target is not None and change.target != subscription.target:
            self._check_target(subscription.channel, change.target)
            others = (subscriber.subscription for subscriber in self._store.subscribers())
            _check_distinct(
                [other for other in others if other.id != subscription_id], subscription.channel, change.target
            )
        changed = self._store.change(subscription_id, lambda there: self._sealed(_changed(there, change)))
        return self._found(changed, subscription_id).subscription

    def unsubscribe(self, subscription_id: str) -> None:
        """Forget a subscription; what is on its way to it is not sent any more. Raises NotFound."""
        if not self._store.remove(subscription_id):
            raise self._unknown(subscription_id)

    def rotate(self, subscription_id: str, wish: Rotation) -> IssuedSubscription:
        """A new secret, shown here only. Raises NotFound, Unprocessable for a subscription that signs nothing."""
        now, secret = clock.now(), signing.new_secret()

        def rotated(there: Subscriber) -> Subscriber:
            if there.signing is None:
                raise Unprocessable("only webhooks are signed: this subscription is told by e-mail")
            subscription = there.subscription.model_copy(update={"updated_at": now})
            signed_by = self._signings.rotated(subscription_id, there.signing, secret, wish.overlap_hours, now)
            return replace(there, subscription=subscription, signing=signed_by)

        changed = self._found(self._store.change(subscription_id, rotated), subscription_id)
        return _issued(changed.subscription, secret)

    def test(self, subscription_id: str) -> Accepted:
        """Send a test message, on the way that alerts go; it is tried once. Raises NotFound."""
        order = notices.trial(ids.new_id(), self.subscription(subscription_id), clock.now())
        self._send(Queue.DELIVERIES, [notices.to_message(self._organisation, order)])
        return Accepted(delivery=order.delivery, deliveries=f"/api/alerts/subscriptions/{subscription_id}/deliveries")

    def deliveries(self, subscription_id: str, limit: int, cursor: str | None) -> DeliveryList:
        """A subscription's deliveries, newest first. Raises NotFound, BadRequest for a cursor of another list."""
        query = f"deliveries {self.subscription(subscription_id).id}"
        before = self._cursors.open(cursor, query)
        shown, more = first_page(self._store.deliveries(subscription_id, before, page_size=limit + 1), limit)
        return DeliveryList(items=tuple(shown), next_cursor=self._cursors.close(more, query))

    def _check_target(self, channel: AlertChannel, target: str) -> None:
        if channel is AlertChannel.EMAIL:
            if not rules.is_mail_address(target):
                raise _bad_target("an e-mail address looks like name@example.com")
            if not self._sender:
                raise Unprocessable("this deployment sends no e-mail: its stage has no alert_sender")
            return
        try:
            addresses.parsed(target)
            self._outgoing.check(target)
        except addresses.NotAnAddress as error:
            raise _bad_target(str(error)) from error
        except (Refused, NoAnswer) as error:
            raise Unprocessable(str(error), errors=[Fault("target", str(error))]) from error

    def _sealed(self, there: Subscriber) -> Subscriber:
        """A subscription of which nothing is kept in clear."""
        return replace(there, signing=self._signings.sealed(there.subscription.id, there.signing))

    def _subscriber(self, subscription_id: str) -> Subscriber:
        return self._found(self._store.subscriber(subscription_id), subscription_id)

    def _found(self, subscriber: Subscriber | None, subscription_id: str) -> Subscriber:
        if subscriber is None:
            raise self._unknown(subscription_id)
        return subscriber

    @staticmethod
    def _unknown(subscription_id: str) -> NotFound:
        return NotFound(f"there is no subscription {subscription_id!r}")


def _changed(there: Subscriber, change: SubscriptionChange) -> Subscriber:
    now = clock.now()
    fields = change.model_dump(exclude_none=True, exclude={"kinds"}) | {"updated_at": now}
    if change.kinds is not None:
        fields["kinds"] = _sorted(change.kinds)
    if change.enabled is not None:
        fields["disabled_reason"] = None
    # What failed at another address, or before it was enabled, says nothing of what will.
    anew = change.enabled or change.target not in (None, there.subscription.target)
    subscription = there.subscription.model_copy(update=fields)
    return replace(there, subscription=subscription, enabled_since=now if anew else there.enabled_since)


def _check_distinct(there: Sequence[Subscription], channel: AlertChannel, target: str) -> None:
    for subscription in there:
        if (subscription.channel, subscription.target) == (channel, target):
            raise Conflict(f"subscription {subscription.id!r} tells this target already; change its kinds instead")


def _bad_target(message: str) -> BadRequest:
    return BadRequest(f"target: {message}", errors=[Fault("target", message)])


def _sorted(kinds: frozenset[Kind]) -> tuple[Kind, ...]:
    return tuple(sorted(kinds))


def _issued(subscription: Subscription, secret: str | None) -> IssuedSubscription:
    return IssuedSubscription(**subscription.model_dump(), secret=secret)
