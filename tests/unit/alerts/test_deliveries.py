"""A delivery under failures, duplicates, early messages and crashes: it always ends, and nothing is done twice.

The queue is a simulation in which time jumps to the next message. A process may die before any write of the table, and
between the sending and the write that records it.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.alerting import NOW, Endpoint, a_subscriber, an_order, no_report
from tests.support.memory_table import Crash, MemoryTable
from tests.support.open_sealer import SIGNINGS
from watchbill.alerts import rules
from watchbill.alerts.deliverer import Deliverer
from watchbill.alerts.models import TEST, DeliveryState, Ending, SubscriptionChange
from watchbill.alerts.rules import LEASE
from watchbill.alerts.service import AlertService
from watchbill.alerts.store import AlertStore
from watchbill.platform.clock import frozen_at
from watchbill.platform.lists import Cursors
from watchbill.platform.outgoing import Outgoing
from watchbill.platform.queue import Later

DELAYS = (0.0, 5.0, 300.0, 1800.0)
HIDDEN = timedelta(seconds=360)
"""How long SQS hides a message whose handling died."""


@dataclass
class World:
    """A subscription, the messages on their way to it, and who delivers them."""

    endpoint: Endpoint
    crashes: list[int | None] = field(default_factory=list)
    queue: list[tuple[datetime, str]] = field(default_factory=list)
    handled: int = 0
    died: int = 0

    def __post_init__(self):
        self.table = MemoryTable()
        self.store = AlertStore(self.table)
        self.store.add(a_subscriber())
        self.deliverer = Deliverer("demo", self.store, self.endpoint, DELAYS, no_report, SIGNINGS)
        self.now = NOW

    def enqueue(self, delivery, copies=1):
        self.queue += [(self.now, delivery)] * copies

    def run(self, pick=None):
        """Handle messages until none is left; the first few `pick` may take while they are hidden still."""
        while self.queue:
            self.handled += 1
            assert self.handled < 500, "it does not end"
            if pick and self.handled < 30:
                _, delivery = self.queue.pop(pick(self.queue))
            else:
                ready, delivery = self.queue.pop(self.queue.index(min(self.queue)))
                self.now = max(self.now, ready)
            self.table.crash_after = self.crashes.pop(0) if self.crashes else None
            try:
                self.handle(delivery)
            except Later as later:
                self.queue.append((self.now + timedelta(seconds=max(later.seconds, 1)), delivery))
            except Crash:
                self.died += 1
                self.queue.append((self.now + HIDDEN, delivery))
            self.table.crash_after = None

    def handle(self, delivery):
        with frozen_at(self.now):
            self.deliverer.deliver(an_order(delivery))

    def deliveries(self):
        return [delivery for delivery, _ in self.store.deliveries("sub-1")]

    def subscription(self):
        return self.store.subscriber("sub-1").subscription


statuses = st.lists(st.sampled_from([0, 204, 302, 404, 410, 429, 500]), min_size=1, max_size=6)
crashes = st.lists(st.none() | st.integers(0, 2), max_size=8)


@settings(max_examples=300)
@given(statuses, crashes, st.integers(1, 3), st.data())
def test_whatever_goes_wrong_it_ends_and_nothing_is_sent_after_a_recorded_success(answers, dying, copies, data):
    world = World(Endpoint(*answers), dying)
    world.endpoint.meanwhile = lambda: no_success_yet(world)
    world.enqueue("delivery-1", copies)

    world.run(lambda queue: data.draw(st.integers(0, len(queue) - 1)))

    (delivery,) = world.deliveries()
    successes = [attempt for attempt in delivery.attempts if attempt.status == 204]
    assert delivery.state is not DeliveryState.PENDING
    assert delivery.next_attempt_at is None
    assert (len(successes) == 1) == (delivery.state is DeliveryState.DELIVERED)
    assert len(delivery.attempts) <= len(DELAYS)
    assert len(delivery.attempts) <= len(world.endpoint.sent) <= len(delivery.attempts) + world.died
    assert world.subscription().enabled == (delivery.reason not in (Ending.GONE, Ending.EXHAUSTED))


def no_success_yet(world):
    assert all(delivery.state is DeliveryState.PENDING for delivery in world.deliveries())


@given(statuses, crashes, st.integers(2, 4))
def test_two_copies_at_once_never_both_send(answers, dying, copies):
    world = World(Endpoint(*answers), dying)
    sending = []

    def another_copy():
        assert not sending
        sending.append(1)
        with pytest.raises(Later) as later:
            world.handle("delivery-1")
        assert 0 < later.value.seconds <= LEASE.total_seconds()
        sending.clear()

    world.endpoint.meanwhile = another_copy
    world.enqueue("delivery-1", copies)

    world.run()

    assert world.deliveries()[0].state is not DeliveryState.PENDING


@given(statuses, st.integers(1, 3))
def test_messages_that_come_again_after_the_end_change_nothing(answers, late):
    world = World(Endpoint(*answers))
    world.enqueue("delivery-1")
    world.run()
    ended, sent = dict(world.table.items), len(world.endpoint.sent)

    world.enqueue("delivery-1", late)
    world.run()

    assert world.table.items == ended
    assert len(world.endpoint.sent) == sent


@settings(max_examples=50)
@given(st.integers(0, 3), st.integers(0, 10))
def test_a_crash_at_any_write_is_made_good(after_writes, at_message):
    world = World(Endpoint(500), [None] * at_message + [after_writes])
    world.enqueue("delivery-1")

    world.run()

    (delivery,) = world.deliveries()
    assert (delivery.reason, len(delivery.attempts)) == (Ending.EXHAUSTED, len(DELAYS))
    assert not world.subscription().enabled


def test_a_first_success_is_recorded_with_how_long_it_took():
    world = World(Endpoint(204))
    world.enqueue("delivery-1")

    world.run()

    (delivery,) = world.deliveries()
    (attempt,) = delivery.attempts
    assert (delivery.state, attempt.status, attempt.at) == (DeliveryState.DELIVERED, 204, NOW)
    assert delivery.created_at == NOW
    assert world.subscription().enabled


def test_a_message_that_is_early_goes_back_until_it_is_due():
    world = World(Endpoint(500, 204))
    with pytest.raises(Later):
        world.handle("delivery-1")

    with pytest.raises(Later) as later:
        world.handle("delivery-1")

    assert later.value.seconds in (5, 6)
    assert len(world.endpoint.sent) == 1
    assert world.deliveries()[0].next_attempt_at > NOW


def test_a_subscription_to_which_others_were_delivered_meanwhile_stays():
    world = World(Endpoint(500))
    world.enqueue("delivery-1")
    world.endpoint.meanwhile = lambda: succeed_once(world)

    world.run()

    states = {delivery.id: delivery.state for delivery in world.deliveries()}
    assert states == {"delivery-1": DeliveryState.FAILED, "delivery-2": DeliveryState.DELIVERED}
    assert world.subscription().enabled


def succeed_once(world):
    if len(world.endpoint.sent) == 2:
        other = Deliverer("demo", world.store, Endpoint(204), DELAYS, no_report, SIGNINGS)
        with frozen_at(world.now):
            other.deliver(an_order("delivery-2", at=NOW + timedelta(seconds=1)))


def test_what_failed_at_another_address_costs_the_new_one_nothing():
    world = World(Endpoint(500))
    world.enqueue("delivery-1")
    world.endpoint.meanwhile = lambda: move_once(world)

    world.run()

    assert [sent.url for sent in world.endpoint.sent[-2:]] == ["https://hooks.example.com/t0k3n", "https://1.1.1.1/"]
    assert world.deliveries()[0].reason is Ending.EXHAUSTED
    assert world.subscription().enabled


def move_once(world):
    if len(world.endpoint.sent) == len(DELAYS) - 1:
        service = AlertService("demo", world.store, Cursors(lambda: b""), Outgoing(), "", SIGNINGS)
        with frozen_at(world.now):
            service.change("sub-1", SubscriptionChange(target="https://1.1.1.1/"))


def test_a_test_is_tried_once_and_costs_nothing():
    world = World(Endpoint(500))
    with frozen_at(NOW):
        world.deliverer.deliver(an_order(kind=TEST))

    (delivery,) = world.deliveries()
    assert (delivery.state, delivery.reason, len(delivery.attempts)) == (DeliveryState.FAILED, Ending.EXHAUSTED, 1)
    assert world.subscription().enabled


def test_what_is_on_its_way_to_a_disabled_subscription_is_cancelled():
    world = World(Endpoint(410))
    world.handle("delivery-1")

    world.handle("delivery-2")

    reasons = {delivery.id: delivery.reason for delivery in world.deliveries()}
    assert reasons == {"delivery-1": Ending.GONE, "delivery-2": Ending.CANCELLED}
    assert len(world.endpoint.sent) == 1


def test_a_message_being_sent_is_not_cancelled_when_its_subscription_is_disabled_meanwhile():
    world = World(Endpoint(204))
    world.endpoint.meanwhile = lambda: disable_and_meet_it_again(world)

    world.handle("delivery-1")

    (delivery,) = world.deliveries()
    assert (delivery.state, delivery.reason) == (DeliveryState.DELIVERED, None)


def disable_and_meet_it_again(world):
    world.store.change("sub-1", lambda there: rules.disabled(there, "by hand", world.now))
    with pytest.raises(Later):
        world.handle("delivery-1")


def test_what_is_on_its_way_to_a_subscription_that_is_gone_is_forgotten():
    world = World(Endpoint(204))
    world.table.items.clear()

    world.handle("delivery-1")

    assert world.table.items == {}
    assert world.endpoint.sent == []
