"""Whatever is delivered twice, late or by who dies at it: a client gives out every event once and in order."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.live_world import World, runs_of

SOON = st.tuples(st.just("wait"), st.sampled_from([1.0, 4.0, 10.0]))
"""Forty of them are shorter than a room is kept for who has left it."""
AWAY = st.tuples(st.just("wait"), st.sampled_from([1.0, 4.0, 300.0, 900.0]))
NUMBER = st.integers(0, 30)
FEW = st.none() | st.integers(0, 3)
STEP = st.one_of(
    st.tuples(st.just("happen"), st.integers(1, 3)),
    st.tuples(st.just("deliver"), NUMBER, FEW, FEW, st.booleans()),
    st.tuples(st.just("connect"), FEW),
    st.tuples(st.just("disconnect"), st.booleans()),
    st.tuples(st.just("receive"), NUMBER),
)


def lived(steps: list[tuple[object, ...]]) -> World:
    world = World()
    world.connect()
    while world.coming:
        world.receive(0)
    for name, *arguments in steps:
        getattr(world, str(name))(*arguments)
    world.settle()
    return world


def following(world: World) -> list[list[int]]:
    """The numbers that were given out, one list for each time without a gap."""
    stretches: list[list[int]] = [[]]
    for event in world.given:
        if event.room == "runs" and event.event == "missed":
            stretches.append([])
        elif event.room == "runs" and event.seq:
            stretches[-1].append(event.seq)
    return stretches


@settings(max_examples=150)
@given(st.lists(st.one_of(STEP, SOON), max_size=40))
def test_who_is_never_away_for_long_has_every_event_once_and_in_order(steps: list[tuple[object, ...]]) -> None:
    world = lived(steps)

    (numbers,) = following(world)
    told = runs_of(world.given)
    assert not world.waits
    assert numbers == list(range(1, len(numbers) + 1)) == sorted(world.stored)
    assert sorted(told) == sorted(run["event_id"] for event in world.told for run in event["detail"]["runs"])
    assert told == [run for number in sorted(world.stored) for run in world.stored[number]]


@settings(max_examples=150)
@given(st.lists(st.one_of(STEP, AWAY), max_size=40))
def test_who_is_away_for_long_is_told_so_and_has_nothing_twice(steps: list[tuple[object, ...]]) -> None:
    world = lived(steps)

    stretches = following(world)
    happened = {run["event_id"] for event in world.told for run in event["detail"]["runs"]}
    assert happened == set(runs_of(world.given)) or len(stretches) > 1
    assert not world.waits
    for stretch in stretches:
        assert stretch == list(range(stretch[0], stretch[0] + len(stretch))) if stretch else True
    numbers = [number for stretch in stretches for number in stretch]
    assert numbers == sorted(set(numbers))
    assert len(runs_of(world.given)) == len(set(runs_of(world.given)))
    told = [run for runs in world.stored.values() for run in runs]
    assert len(told) == len(set(told))
    last = max(world.stored, default=0)
    assert world.follower.positions.get("runs", 0) >= last
