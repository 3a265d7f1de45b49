"""A rebuild ends in the same figures as counting did, also when runs arrive meanwhile and when it dies on its way."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.memory_table import Crash
from tests.support.world import NOW, RETENTION, World
from watchbill.analytics.models import Dimension, Measure
from watchbill.analytics.rules import EVERYONE
from watchbill.identity.models import Organisation
from watchbill.platform import clock, keys
from watchbill.platform.errors import Conflict, NotFound
from watchbill.rebuild import service
from watchbill.rebuild.models import RebuildState, RebuildStatus
from watchbill.rebuild.service import RebuildService
from watchbill.rebuild.store import RebuildStore
from watchbill.runs.models import Facts, Line, RunChange
from watchbill.runs.store import RunStore

SETTLING = timedelta(seconds=35)


class RebuiltWorld(World):
    """An organisation whose rollups are rebuilt."""

    def __init__(self, age: timedelta = timedelta(days=5)) -> None:
        super().__init__()
        organisation = Organisation(id="demo", name="Demo", created_at=NOW - age)
        store = RebuildStore(self.table)
        self.rebuild = RebuildService(
            lambda: organisation, store, self.store, self.runs, self.registry, lambda: RETENTION, SETTLING
        )

    def advance(self, seconds: int = 0) -> RebuildStatus:
        """Take the rebuild further, so much later."""
        with clock.frozen_at(NOW + timedelta(seconds=seconds)):
            return self.rebuild.advance()

    def rebuild_completely(self) -> None:
        """Advance until the rebuild is completed, the stream being counted in between."""
        for second in range(0, 600, 40):
            if self.advance(second).state is RebuildState.COMPLETED:
                return
            self.count()
        pytest.fail("the rebuild does not come to its end")

    def figures(self) -> dict[str, Any]:
        """Everything that is read from rollups: by hour for the organisation and each agent, and the totals."""
        layout = self.store.layout()
        totals = self.store.totals(layout.current, Dimension.AGENT)
        members = [(Dimension.ORGANISATION, EVERYONE), *((Dimension.AGENT, agent) for agent in totals)]
        hours = {
            (dimension, member): dict(self.store.hours(layout, dimension, member, "2025-12-01T00", "2026-06-16T00"))
            for dimension, member in members
        }
        return {"totals": totals, "hours": hours, "recent": self.store.recent()}

    def lose_rollups(self) -> None:
        """What a stream that was broken for more than a day leaves behind: figures that lack something."""
        for key in list(self.table.items):
            if keys.parse(key)[0] in (keys.HOUR, keys.TOTAL):
                del self.table.items[key]


@pytest.fixture
def world() -> Iterator[RebuiltWorld]:
    with clock.frozen_at(NOW - timedelta(hours=1)):
        yield RebuiltWorld()


def some_runs(world: RebuiltWorld, count: int = 12) -> None:
    for number in range(count):
        world.post("ana" if number % 3 else "bo", number, NOW - timedelta(hours=7 * number + 2))


def test_a_rebuild_gives_the_figures_that_counting_gave(world: RebuiltWorld) -> None:
    some_runs(world)
    world.count()
    counted = world.figures()

    world.rebuild_completely()

    assert world.figures() == counted
    assert world.store.layout().current.number == 2


def test_a_rebuild_finds_again_what_was_lost(world: RebuiltWorld) -> None:
    some_runs(world)
    world.count()
    counted = world.figures()
    world.lose_rollups()

    world.rebuild_completely()

    assert world.figures() == counted


def test_figures_stay_readable_until_the_rebuild_is_completed(world: RebuiltWorld) -> None:
    some_runs(world)
    world.count()
    counted = world.figures()

    world.advance(0)
    world.advance(40)

    assert world.figures() == counted
    assert world.store.layout().building is not None


def test_runs_that_arrive_meanwhile_are_counted_once_on_both_sides(world: RebuiltWorld) -> None:
    some_runs(world)
    world.count()
    world.advance(0)
    with clock.frozen_at(NOW + timedelta(seconds=10)):
        world.post("ana", 100, NOW)
        late = world.post("bo", 101, NOW - timedelta(hours=3), status="running")
    world.advance(40)
    with clock.frozen_at(NOW + timedelta(seconds=50)):
        world.runs.amend("bo", late, RunChange.model_validate({"status": "failed", "time_taken": "9s"}))
        world.post("ana", 0, NOW - timedelta(hours=2))  # a repeated copy
    world.count()
    counted = world.figures()

    world.rebuild_completely()

    assert world.figures() == counted
    assert counted["hours"][(Dimension.ORGANISATION, EVERYONE)]["2026-06-15T09"].total[Measure.FAILED] == 1


def test_a_rebuild_waits_until_the_stream_has_counted_what_was_replayed(world: RebuiltWorld) -> None:
    some_runs(world)
    world.count()
    world.advance(0)

    waiting = [world.advance(second) for second in (40, 80, 120)]

    assert [status.state for status in waiting] == [RebuildState.APPLYING] * 3
    assert [status.progress.done for status in waiting] == [0] * 3
    world.count()
    completed = world.advance(160)
    assert (completed.state, completed.progress.done, completed.progress.total) == (RebuildState.COMPLETED, 12, 12)


def test_a_rebuild_settles_before_it_counts(world: RebuiltWorld) -> None:
    some_runs(world, 3)

    assert [world.advance(second).state for second in (0, 10, 34)] == [RebuildState.SETTLING] * 3
    assert world.advance(10).retry_after == 25
    assert world.advance(35).state is RebuildState.APPLYING


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.integers(0, 9), max_size=6), st.data())
def test_a_rebuild_that_dies_goes_on_and_counts_nothing_twice(crashes: list[int], data: st.DataObject) -> None:
    with clock.frozen_at(NOW - timedelta(hours=1)):
        world = RebuiltWorld()
        some_runs(world, 8)
        world.count()
        counted = world.figures()
        for i, writes in enumerate(crashes):
            world.table.crash_after = writes
            with suppress(Crash):
                world.advance(40 * i)
            world.table.crash_after = None
            if data.draw(st.booleans(), label="counted in between"):
                world.count()
        world.count()

        world.rebuild_completely()

        assert world.figures()["hours"] == counted["hours"]
        assert world.figures()["totals"] == counted["totals"]


def test_what_is_older_than_the_runs_that_exist_is_kept_as_it_was() -> None:
    with clock.frozen_at(NOW - timedelta(hours=1)):
        world = RebuiltWorld(age=timedelta(days=200))
        world.post("ana", 1, NOW - timedelta(days=60))
        world.post("ana", 2, NOW - timedelta(days=60, hours=1), status="failed")
        world.post("ana", 3, NOW - timedelta(days=2))
        world.count()
        counted = world.figures()
        expired = [key for key, item in world.table.items.items() if key.sk == "RUN" and item["client_id"] != 3]
        for key in expired:
            del world.table.items[key]  # by TTL, which the consumers are not told of

        world.rebuild_completely()

        assert world.figures() == counted
        assert world.store.layout().read[-1].since == "2026-05-17T00"
        ((_, total),) = world.store.totals(world.store.layout().current, Dimension.AGENT).items()
        assert total.cells["1.0"][Measure.RUNS] == 3


def test_a_run_that_expires_while_it_is_replayed_does_not_hold_up_the_rebuild(world: RebuiltWorld) -> None:
    some_runs(world, 3)
    world.count()
    record = world.runs.newest(world.store.recent())[0]
    line = next(world.runs.lines(record["agent_id"]))
    del world.table.items[keys.RUN("demo", record["run_id"])]

    assert not world.runs.replay(line, record, 2)
    world.rebuild_completely()


def test_a_run_that_moved_to_another_agent_is_counted_as_that_ones_alone(world: RebuiltWorld) -> None:
    some_runs(world)
    world.count()
    run = world.runs.newest(world.store.recent())[0]
    (agent,) = {agent.id for agent in world.registry.all_agents()} - {run["agent_id"]}
    store, moved = RunStore(world.table), run | {"agent_id": agent}
    store._list([moved])
    store._replace(moved, run["revision"])
    world.count()
    before = world.figures()["totals"]

    world.rebuild_completely()

    after = world.figures()["totals"]
    assert [after[one].cells["1.0"][Measure.RUNS] for one in before] == [
        totals.cells["1.0"][Measure.RUNS] for totals in before.values()
    ]


def move(world: RebuiltWorld, run_id: str, **where: str) -> None:
    """What a trace does to a run whose spans come late: it has another agent, or another instant."""
    store = RunStore(world.table)
    stored = store.run(run_id)
    assert stored
    store._list([stored | where])
    store._replace(stored | where, stored["revision"])


@pytest.mark.parametrize("replayed_before", [True, False])
@pytest.mark.parametrize("days", [-5, 0, 5])
def test_a_run_that_moves_while_it_is_rebuilt_is_counted_once(
    world: RebuiltWorld, monkeypatch: pytest.MonkeyPatch, replayed_before: bool, days: int
) -> None:
    some_runs(world)
    world.count()
    monkeypatch.setattr(service, "_CHUNK", 2)
    first, second = sorted(agent.id for agent in world.registry.all_agents())
    replay, moved = world.runs.replay, set()

    def replay_and_move(line: Line, record: Facts, generation: int) -> bool:
        if replayed_before:
            counted = replay(line, record, generation)
        if not moved:
            stored = record if replayed_before else world.runs.newest(world.store.recent(), 100)[-1]
            at = clock.from_text(stored["created_at"]) + timedelta(days=days)
            other = second if stored["agent_id"] == first else first
            move(world, stored["run_id"], agent_id=other, created_at=clock.to_text(at))
            moved.add(stored["run_id"])
        return counted if replayed_before else replay(line, record, generation)

    monkeypatch.setattr(world.runs, "replay", replay_and_move)
    world.rebuild_completely()

    assert moved
    assert sum(total.runs for total in world.figures()["totals"].values()) == 12


def test_a_second_rebuild_follows_the_first(world: RebuiltWorld) -> None:
    some_runs(world)
    world.count()
    counted = world.figures()

    world.rebuild_completely()
    first = world.rebuild.status().id
    world.rebuild_completely()

    assert world.rebuild.status().id != first
    assert world.figures() == counted


def test_an_organisation_without_agents_is_rebuilt_too() -> None:
    with clock.frozen_at(NOW - timedelta(hours=1)):
        world = RebuiltWorld()
        for key in list(world.table.items):
            del world.table.items[key]

        world.rebuild_completely()

        assert world.rebuild.status().progress.percentage == 100


def test_there_is_no_status_before_the_first_rebuild(world: RebuiltWorld) -> None:
    with pytest.raises(NotFound, match="no rebuild yet"):
        world.rebuild.status()


def test_a_rebuild_that_another_one_overtook_stops(world: RebuiltWorld) -> None:
    some_runs(world)
    world.advance(0)
    layout = world.store.layout()
    assert layout.building is not None
    world.store.replace_layout(replace(layout, building=replace(layout.building, number=9)))

    with pytest.raises(Conflict, match="overtaken"):
        world.advance(40)
