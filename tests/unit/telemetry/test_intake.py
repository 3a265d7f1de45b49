"""What is stored of spans: when it is written, replaced, settled and mended."""

import random
import string
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.support.telemetry_world import NOW, World
from tests.support.traces import TRACE, agent, call, spoken, told
from watchbill.platform import keys
from watchbill.platform.clock import frozen_at, to_text
from watchbill.platform.items import to_raw
from watchbill.platform.queue import Later
from watchbill.platform.stream import Record
from watchbill.runs import rules as runs
from watchbill.runs.models import RunChange
from watchbill.telemetry.facts import Kind
from watchbill.telemetry.fold import run_id
from watchbill.telemetry.following import messages_of
from watchbill.telemetry.settling import GRACE
from watchbill.telemetry.spans import Span

FIRST = run_id(TRACE)
ROOT = spoken(agent("writer", version="1", end=100))
CALL = spoken(call("m", "writer", 10))
MORE = spoken(call("n", "writer", 20, start=3))
TOOL = spoken(told("t", "writer", kind=Kind.TOOL, tool="search"))
LOST_ROOT = spoken(call("m", "nobody", 10, agent=None))


@pytest.fixture
def world() -> World:
    return World()


def take_in(world: World, *requests: list[Span], after: timedelta = timedelta()) -> None:
    with frozen_at(NOW + after):
        world.take_in(requests)


def test_spans_that_come_again_write_no_run_again(world: World) -> None:
    take_in(world, [ROOT, CALL])
    take_in(world, [ROOT, CALL], [CALL, ROOT], [CALL], after=timedelta(minutes=5))

    # Another order, or a part, is another pack: the run learns where it is, and nothing else.
    assert [change.after["tokens"] for change in world.table.changes if change.after] == [
        {"input": 10, "output": 10, "total": 20}
    ] * len(world.table.changes)
    writes = len(world.table.changes)
    take_in(world, [ROOT, CALL], [CALL], after=timedelta(minutes=9))
    assert len(world.table.changes) == writes


def test_what_somebody_said_of_a_run_stays_when_more_of_it_comes(world: World) -> None:
    take_in(world, [ROOT, CALL])
    change = RunChange(quality_score=90.0, cost=1)
    with frozen_at(NOW):
        world.runs.amend(FIRST, lambda record: runs.amendment(record, change))

    take_in(world, [MORE])

    record = world.records[FIRST]
    assert (record["quality_score"], record["cost"], record["tokens"]["input"]) == (90, 1, 30)


def test_a_run_whose_agent_comes_later_moves_to_it(world: World) -> None:
    take_in(world, [spoken(agent("helper", "boss", start=2)), CALL])
    (helper,) = world.records.values()
    take_in(world, [spoken(agent("boss", end=200))])

    names = {record[runs.AGENT_ID] for record in world.records.values()}
    assert len(names) == len(world.records) == 2
    assert world.records[FIRST][runs.AGENT_ID] != helper[runs.AGENT_ID]


def test_a_call_alone_waits_for_its_run_and_is_one_when_nothing_else_comes(world: World) -> None:
    take_in(world, [LOST_ROOT])
    assert world.records == {}
    due = to_text(NOW + GRACE)

    with frozen_at(NOW), pytest.raises(Later):
        world.intake.follow(TRACE, settles_at=due)
    with frozen_at(NOW + GRACE):
        world.intake.follow(TRACE, settles_at=due)

    record = world.records[FIRST]
    assert (record[runs.STATUS], record["tokens"]["input"], record[runs.DURATION_MS]) == ("completed", 10, 9)
    # It stays so when the same comes again, and is open again when more does.
    take_in(world, [LOST_ROOT], after=GRACE * 2)
    assert world.records[FIRST][runs.STATUS] == "completed"
    take_in(world, [spoken(call("n", "nobody", 20, start=3))], after=GRACE * 2)
    assert world.records[FIRST]["tokens"]["input"] == 30


def test_a_run_that_was_heard_of_again_does_not_settle_for_the_first_message(world: World) -> None:
    take_in(world, [LOST_ROOT])
    take_in(world, [spoken(call("n", "nobody", 20, start=3))], after=timedelta(seconds=30))

    with frozen_at(NOW + GRACE):
        world.intake.follow(TRACE, settles_at=to_text(NOW + GRACE))

    assert world.records == {}


def stored_by_two_at_once(world: World, one: list[Span], other: list[Span]) -> Record:
    """Two requests find nothing and write: the write of the second, as the stream tells it."""
    lone = World()
    take_in(lone, other)
    take_in(world, one)
    key = keys.RUN("demo", FIRST)
    before = world.table.items[key]
    world.table.items |= {
        key: item for key, item in lone.table.items.items() if not keys.AGENT.parse(key) and not keys.VERSION.parse(key)
    }
    return Record(key, 1, to_raw(before), to_raw(world.table.items[key]))


@pytest.mark.parametrize(
    ("one", "other"), [([ROOT, CALL], [ROOT, MORE]), ([ROOT, MORE, CALL], [ROOT, TOOL])], ids=["calls", "tool"]
)
def test_what_the_second_of_two_at_once_replaced_is_mended(world: World, one: list[Span], other: list[Span]) -> None:
    record = stored_by_two_at_once(world, one, other)
    (message,) = messages_of(record)

    with frozen_at(NOW):
        world.intake.follow(message["trace"], message["packs"])

    at_once = World()
    take_in(at_once, one + other)
    assert world.records == at_once.records


def test_spans_too_large_for_an_item_lie_in_a_file_that_goes_with_it(world: World) -> None:
    noise = "".join(random.Random(1).choices(string.ascii_letters, k=600_000))
    large = replace(CALL, attributes={**CALL.attributes, "gen_ai.input.messages": noise})
    take_in(world, [ROOT, large])

    (name,) = world.files.kept
    pack = keys.SPANS("demo", name)
    assert set(world.table.items[pack]) == {"file", "expires_at"}
    assert list(world.traces.spans([name])) == [ROOT, large]
    gone = Record(pack, 1, to_raw(world.table.items[pack]), None)
    (message,) = messages_of(gone)
    world.intake.work(message)
    assert world.files.kept == {}
    assert list(world.traces.spans([name])) == []


def test_what_comes_again_does_not_lengthen_the_waiting(world: World) -> None:
    named = spoken(call("m", "nobody", 10, agent="writer"))
    take_in(world, [named])
    take_in(world, [named], after=timedelta(minutes=1))

    (change,) = world.table.changes
    assert (change.after or {})[runs.SETTLES_AT] == to_text(NOW + GRACE)


def test_spans_of_a_trace_without_a_run_are_looked_for_in_the_run_that_came_at_once(world: World) -> None:
    apart = World()
    take_in(apart, [TOOL])
    take_in(world, [ROOT, CALL])
    key = keys.TRACE("demo", TRACE)
    world.table.items |= {key: item for key, item in apart.table.items.items() if key.pk.split("#")[1] != "REGISTRY"}
    (message,) = messages_of(Record(key, 1, None, to_raw(world.table.items[key])))

    # It is mended at once, and looked at again when nobody can still be writing who has not seen it.
    with frozen_at(NOW), pytest.raises(Later):
        world.intake.work(message)

    assert world.records[FIRST]["tools"] == ["search"]
