"""What is stored of traces whenever whoever takes them in dies, or is slower than everybody else."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta

import pytest

from tests.support.memory_table import Crash
from tests.support.telemetry_world import NOW, WatchedTable, World
from tests.support.traces import TRACE, agent, call, spoken, told
from watchbill.platform.clock import frozen_at, to_text
from watchbill.platform.items import Item
from watchbill.platform.keys import Key
from watchbill.runs import rules as runs
from watchbill.runs import store
from watchbill.telemetry import refolding
from watchbill.telemetry.facts import Kind
from watchbill.telemetry.fold import run_id
from watchbill.telemetry.settling import GRACE

FIRST = run_id(TRACE)
ROOT, CALL = spoken(agent("writer", end=100)), spoken(call("m", "writer", 10))
TOOL = spoken(told("t", "writer", kind=Kind.TOOL, tool="search"))
HELPERS = [spoken(agent(f"helper{number}", "writer", start=1)) for number in range(4)]
LATE = [spoken(call(f"late{number}", f"helper{number}", 10, start=2)) for number in range(4)]


class Backwards(WatchedTable):
    """A table that stores what it is given together last to first, which it is free to."""

    def put_all(self, items: Mapping[Key, Item]) -> None:
        for key, item in reversed(items.items()):
            self.put(key, item)


@pytest.mark.parametrize("spans", [[ROOT, CALL, *HELPERS], [spoken(told("plain"))]], ids=["runs", "no run"])
def test_where_something_is_stored_of_a_trace_all_of_it_is_that_was_stored_before(spans) -> None:
    whole = World()
    with frozen_at(NOW):
        whole.take_in([spans])
    for writes in range(40):
        world = World(Backwards())
        world.table.crash_after = writes
        with frozen_at(NOW), suppress(Crash):
            world.take_in([spans])
        head = world.traces.heads([TRACE]).get(TRACE)
        if head:
            assert len(list(world.traces.spans(head.packs, [TRACE]))) == len(spans)
            assert world.records == whole.records
    assert head


def test_a_run_that_was_written_by_who_was_slow_gets_what_was_stored_without_a_run_meanwhile() -> None:
    world, slow = World(), World()
    with frozen_at(NOW):
        world.take_in([[TOOL]])
        world.intake.follow(TRACE, list(world.traces.heads([TRACE])[TRACE].packs))
        slow.take_in([[ROOT, CALL]])
    world.table.items |= slow.table.items
    assert world.records == slow.records

    with frozen_at(NOW + GRACE):
        world.intake.follow(TRACE, settles_at=to_text(NOW + GRACE))

    assert world.records[FIRST]["tools"] == ["search"]


def test_a_trace_of_more_runs_than_a_transaction_takes_is_finished_when_who_began_is_dead(monkeypatch) -> None:
    for module in (refolding, store):
        monkeypatch.setattr(module, "MOST_WRITES", 2)
    whole = World()
    with frozen_at(NOW):
        whole.take_in([[ROOT, *HELPERS], LATE])
    for writes in range(20):
        world = World()
        with frozen_at(NOW):
            world.take_in([[ROOT, *HELPERS]])
            before = world.records
            world.table.crash_after = writes
            with suppress(Crash):
                world.take_in([LATE])
            if world.records != before:
                world.intake.follow(TRACE)
        assert world.records in (before, whole.records)
    assert world.records == whole.records


def test_what_was_said_of_a_run_that_became_part_of_another_one_stays() -> None:
    world = World()
    helper, boss = spoken(agent("helper", "desk", start=1)), spoken(agent("boss", "lost", start=3))
    former = run_id(TRACE, boss.span_id)
    with frozen_at(NOW):
        world.take_in([[helper, boss]])
        world.runs.amend(former, lambda _: {"quality_score": 90, runs.RANK: "000011"})
        # Clocks disagree: the helper began before the boss, below whom it turns out to be.
        world.take_in([[spoken(told("desk", "boss", start=2))]])

    left = world.records[former]
    assert (left[runs.STATUS], left["quality_score"]) == ("cancelled", 90)


def test_spans_that_come_again_in_other_company_are_not_stored_again() -> None:
    world = World()
    with frozen_at(NOW):
        world.take_in([[ROOT, CALL, TOOL]])
        packs = world.traces.heads([TRACE])[TRACE].packs
    with frozen_at(NOW + timedelta(minutes=1)):
        world.take_in([[CALL], [TOOL, ROOT]])

    assert world.traces.heads([TRACE])[TRACE].packs == packs
