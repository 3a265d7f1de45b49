"""Delivering one message to one subscription: claimed, attempted, recorded, and tried again until it is over.

What the table says decides; a message in the queue only wakes. So a second copy of a message, one that comes early and
one whose first handling died half-way all do what is left to do, and nothing twice.
"""

from collections.abc import Sequence

from watchbill.alerts import emails, rules, webhooks
from watchbill.alerts.emails import ReportOf
from watchbill.alerts.models import TEST, AlertChannel, DeliveryState, Order, Outcome, Subscriber
from watchbill.alerts.rules import Claimed, Early, Ended, Progress
from watchbill.alerts.store import AlertStore
from watchbill.platform import clock
from watchbill.platform.observability import count
from watchbill.platform.outgoing import Outgoing
from watchbill.platform.queue import Later
from watchbill.platform.sealed_signing import SigningKeeper

_ONCE = (0.0,)
"""The schedule of a test: whoever sends one waits for what comes of it."""


class Deliverer:
    """Delivers one organisation's messages. `delays` are the seconds before each attempt since the one before."""

    def __init__(
        self,
        organisation: str,
        store: AlertStore,
        outgoing: Outgoing,
        delays: Sequence[float],
        report_of: ReportOf,
        signings: SigningKeeper,
    ) -> None:
        self._organisation = organisation
        self._report_of = report_of
        self._store = store
        self._outgoing = outgoing
        self._delays = delays
        self._signings = signings

    def deliver(self, order: Order) -> None:
        """Do what an order asks for at this moment. Raises Later while it is not over."""
        subscriber = self._store.subscriber(order.subscription)
        if subscriber is None:
            return
        progress = self._attempted(order, subscriber)
        if progress.state is DeliveryState.PENDING:
            raise Later(rules.seconds_until(progress.due_at or clock.now(), clock.now()))
        self._judge(order, progress)

    def _attempted(self, order: Order, subscriber: Subscriber) -> Progress:
        """The delivery after an attempt, or as it is when there is none to make. Raises Later when it is early."""
        progress, claimed = self._store.advance(order, _claim)
        if not claimed:
            return progress
        if not subscriber.subscription.enabled and order.kind != TEST:
            return self._store.advance(order, rules.cancelled)[0]
        return self._recorded(order, self._sent(order, subscriber))

    def _sent(self, order: Order, subscriber: Subscriber) -> Outcome:
        target, kept = subscriber.subscription.target, subscriber.signing
        if subscriber.subscription.channel is AlertChannel.EMAIL or kept is None:
            return emails.send(self._organisation, target, order, self._report_of)
        signing = self._signings.opened(order.subscription, kept, clock.now())
        return webhooks.send(self._outgoing, target, signing, order)

    def _recorded(self, order: Order, outcome: Outcome) -> Progress:
        delays = _ONCE if order.kind == TEST else self._delays
        now = clock.now()
        count("AlertDelivered" if outcome.delivered else "AlertAttemptFailed")
        return self._store.advance(order, lambda there: rules.after(there, outcome, delays, now, order.delivery))[0]

    def _judge(self, order: Order, progress: Progress) -> None:
        """Disable the subscription when the delivery's failure says so; the write's event tells the organisation."""
        now = clock.now()

        def disabled(there: Subscriber) -> Subscriber | None:
            reason = rules.disabling(
                progress,
                order.kind,
                there.enabled_since,
                lambda instant: self._store.delivered_since(order.subscription, instant),
            )
            return rules.disabled(there, reason, now) if reason and there.subscription.enabled else None

        if progress.state is DeliveryState.FAILED:
            self._store.change(order.subscription, disabled)


def _claim(progress: Progress) -> Progress | None:
    """The delivery leased to us, or None when it has ended. Raises Later when it is early, or leased to another."""
    match rules.claim(progress, clock.now()):
        case Early(seconds):
            raise Later(seconds)
        case Claimed(leased):
            return leased
        case Ended():
            return None
