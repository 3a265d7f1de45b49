"""Rollups count every run exactly once, however the stream delivers its writes."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.history import History, Step, recomputed
from tests.support.memory_table import Crash, MemoryTable
from tests.support.run_strategies import changes, new_runs
from watchbill.analytics.models import MAX_CELLS, OTHER, Cell, Dimension, Layout, Measure, Rollup, RollupKey
from watchbill.analytics.rollups import RollupService
from watchbill.analytics.store import RollupStore, to_rollup
from watchbill.platform import clock, keys, stream
from watchbill.platform.stream import Record
from watchbill.runs.models import NewRun

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
STEPS: st.SearchStrategy[list[Step]] = st.lists(
    st.tuples(st.integers(0, 9), st.one_of(new_runs(st.integers(1, 4)), changes, st.just("expire"))), max_size=14
)


def counted(table: MemoryTable, layout: Layout = Layout()) -> dict[RollupKey, Rollup]:  # noqa: B008
    """The rollups in a table."""
    generations = {str(layout.current.number)}
    found = {}
    for key, item in table.items.items():
        entity, values = keys.parse(key)
        if entity in (keys.HOUR, keys.TOTAL) and values["generation"] in generations:
            dimension, hour = Dimension(values["dimension"]), values.get("hour")
            found[RollupKey(int(values["generation"]), dimension, values["member"], hour)] = to_rollup(item)
    return found


def compared(rollups: dict[RollupKey, Rollup]) -> dict[RollupKey, Rollup]:
    """Rollups without what is empty: a cell that came to nothing is as good as none."""
    kept = {
        key: Rollup({name: cell for name, cell in rollup.cells.items() if cell}, rollup.minutes)
        for key, rollup in rollups.items()
    }
    return {key: rollup for key, rollup in kept.items() if rollup.cells or rollup.minutes}


def deliver(
    service: RollupService, table: MemoryTable, records: Sequence[Record], shard: str, data: st.DataObject
) -> None:
    """Deliver as Lambda may: in order at first, in any batches, with crashes between writes, and again from before."""
    done = 0
    while done < len(records):
        again = data.draw(st.integers(0, done), label="delivered from")
        until = data.draw(st.integers(done + 1, len(records)), label="delivered to")
        table.crash_after = data.draw(st.none() | st.integers(0, 12), label="dies before write")
        try:
            service.take_in(records[again:until], shard)
        except Crash:
            continue
        finally:
            table.crash_after = None
        done = until


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS, st.data())
def test_rollups_equal_the_recomputation_for_any_delivery(steps: list[Step], data: st.DataObject) -> None:
    history, table = History().apply(steps), MemoryTable()

    deliver(RollupService(RollupStore(table)), table, history.records, "shard", data)

    assert compared(counted(table)) == compared(recomputed(history.everything))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS, st.data())
def test_shards_are_counted_beside_each_other(steps: list[Step], data: st.DataObject) -> None:
    history, table = History().apply(steps), MemoryTable()
    service = RollupService(RollupStore(table))
    # A run's writes are all in one shard; both shards number their records alike.
    shards = [[record for record in history.records if hash(record.key) % 2 == i] for i in (0, 1)]

    for shard in data.draw(st.permutations([0, 1])):
        deliver(service, table, shards[shard], f"shard-{shard}", data)

    assert compared(counted(table)) == compared(recomputed(history.everything))


def test_marks_older_than_the_stream_keeps_records_are_forgotten() -> None:
    table = MemoryTable()
    store = RollupStore(table)
    key = RollupKey(1, Dimension.AGENT, "a", "2026-06-01T12")
    delta = Rollup({"x": Cell({Measure.RUNS: 1})})

    with clock.frozen_at(NOW):
        store.count({key: [(1, delta)]}, "old")
    with clock.frozen_at(NOW + timedelta(hours=49)):
        store.count({key: [(1, delta)]}, "new")

    (item,) = table.items.values()
    assert set(item["marks"]) == {"new"}


def test_a_rollup_holds_only_so_many_names_and_its_total_stays_exact() -> None:
    rollup, one = Rollup(), Cell({Measure.RUNS: 1})
    names = [f"type-{i}" for i in range(MAX_CELLS + 50)]

    for name in names:
        rollup.add(Rollup({name: one}))

    assert len(rollup.cells) == MAX_CELLS + 1
    assert rollup.cells[OTHER][Measure.RUNS] == 50
    assert rollup.total[Measure.RUNS] == MAX_CELLS + 50
    for name in names:
        rollup.add(Rollup({name: one}), sign=-1)
    assert not rollup.total


def test_records_that_expired_are_not_told_to_the_consumers() -> None:
    change = {"Keys": {"pk": {"S": "demo#RUN#1"}, "sk": {"S": "RUN"}}, "SequenceNumber": "1", "OldImage": {}}
    service = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
    expired = {"eventName": "REMOVE", "userIdentity": service, "dynamodb": change}
    removed = {"eventName": "REMOVE", "dynamodb": change}

    assert len(list(stream.records_of({"Records": [expired, removed]}))) == 1


def test_users_are_spread_wider_once_a_shard_is_crowded() -> None:
    table = MemoryTable()
    store = RollupStore(table)
    history = History()
    with clock.frozen_at(NOW):
        for i in range(2000):
            history.apply([(0, _run_of_user(i))])
        RollupService(store).take_in(history.records, "shard")

    shards = store.layout().user_shards
    assert shards == (("", 8), ("2026-06-03T12", 128))
    assert store.layout().shards_of_hour("2026-06-03T11") == 8
    assert store.layout().shards_of_hour("2026-06-03T12") == 128


def _run_of_user(i: int) -> NewRun:
    return NewRun.model_validate({"created": NOW, "status": "completed", "id": i, "initiator": f"user-{i}"})
