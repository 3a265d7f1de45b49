"""Whatever becomes of an event and of the messages about it: what is to happen at its time does, and does once."""

from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.support.memory_table import Crash, MemoryTable
from tests.support.moments import Shelf
from watchbill.calendar import occasions, rules
from watchbill.calendar.models import EventChange, EventKind, EventMetadata, EventStatus, NewEvent, Reminder
from watchbill.calendar.moments import Moments
from watchbill.calendar.store import CalendarStore
from watchbill.platform import keys, scheduler
from watchbill.platform.clock import frozen_at

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
EVENT = "e-1"
REMINDERS = st.lists(st.builds(Reminder, minutes=st.sampled_from([0, 5, 30])), max_size=2).map(tuple)
SOON = st.integers(-40, 90).map(lambda minutes: minutes * MINUTE)


class CountingTable(MemoryTable):
    """Counts how often it is told that something has happened."""

    def __init__(self) -> None:
        super().__init__()
        self.told: Counter[str] = Counter()

    def transact(self, writes):
        super().transact(writes)
        done = (keys.OCCASION.parse(write.key) for write in writes)
        self.told.update(one["occasion"] for one in done if one)


class Machine(RuleBasedStateMachine):
    """An event, its worker, and a scheduler that may lose what it holds.

    `owed` is all that is to have happened, and `come` what has come while the event was as it is, and nobody looked.
    """

    @initialize()
    def plan(self):
        self.patch = pytest.MonkeyPatch()
        self.held = {}
        self.patch.setattr(scheduler, "put", lambda entry: self.held.update({entry.name: entry}))
        self.patch.setattr(scheduler, "remove", lambda name: self.held.pop(name, None))
        self.table, self.shelf = CountingTable(), Shelf()
        self.store = CalendarStore(self.table)
        self.moments = Moments("demo", self.store, self.shelf)
        self.now, self.owed, self.come = NOON, set(), set()
        wish = NewEvent(
            title="x",
            type=EventKind.CONTENT_PUBLISH,
            start_time=NOON + 30 * MINUTE,
            reminders=(Reminder(minutes=30), Reminder(minutes=0)),
            metadata=EventMetadata(channels=("instagram",)),
        )
        self.store.create(rules.drafted(wish, EVENT, NOON))

    def teardown(self):
        if hasattr(self, "patch"):
            self.attend()
            assert set(self.table.told) == self.owed
            assert set(self.table.told.values()) <= {1}
            self.patch.undo()

    @property
    def stored(self):
        return self.store.event(EVENT)

    def attend(self):
        """What is due is owed from now on, as the event is at this moment."""
        self.owe()
        with frozen_at(self.now):
            self.moments.attend(EVENT)
        after = self.stored
        assert self.come <= set(self.table.told)
        self.come.clear()
        assert after.due is None or after.due > self.now
        assert (f"event-{EVENT}" in self.held) == (after.due is not None)
        if after.due:
            assert self.held[f"event-{EVENT}"].expression == scheduler.at(after.due)

    def owe(self):
        if self.stored.due:
            self.owed |= self.occasions(self.stored.due)

    def occasions(self, since):
        return {one.id for one in occasions.due(self.stored.event, since, self.now)}

    def change(self, **fields):
        before = self.stored
        self.store.replace(before, rules.changed(before.event, EventChange(**fields), self.now))
        self.come &= self.occasions(NOON)

    @rule(minutes=st.integers(1, 50))
    def time_goes_by(self, minutes):
        before, self.now = self.now, self.now + minutes * MINUTE
        self.come |= self.occasions(before + occasions.TICK)

    @rule()
    def somebody_looks(self):
        self.attend()

    @rule(by=SOON)
    def it_is_moved(self, by):
        self.change(start_time=self.now + by)

    @rule(reminders=REMINDERS)
    def it_has_other_reminders(self, reminders):
        self.change(reminders=reminders)

    @rule(status=st.sampled_from(list(EventStatus)))
    def it_is_in_another_state(self, status):
        self.change(status=status)

    @rule()
    def the_scheduler_loses_all(self):
        self.held.clear()

    @rule(writes=st.integers(0, 2))
    def a_worker_dies(self, writes):
        self.owe()
        self.table.crash_after = writes
        with frozen_at(self.now), suppress(Crash):
            self.moments.attend(EVENT)
        self.table.crash_after = None
        self.attend()

    @precondition(lambda self: self.held)
    @rule()
    def its_entry_comes(self):
        """As late as it may be, for whatever time it was meant."""
        del self.held[f"event-{EVENT}"]
        self.attend()


Machine.TestCase.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
TestMoments = Machine.TestCase
