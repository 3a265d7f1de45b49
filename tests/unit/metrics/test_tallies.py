"""Tallies equal what counting by hand gives, however often, in whatever batches and beside whom they are told."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import TypeSerializer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.memory_table import Crash, MemoryTable
from watchbill.metrics import rules
from watchbill.metrics.following import MetricFollower
from watchbill.metrics.models import MOST_SERIES, CustomMetric, NewMetric, Series
from watchbill.metrics.store import MetricStore, _from_metric
from watchbill.metrics.tallies import TallyStore
from watchbill.metrics.values import OTHER, Peak, Reading, Tally
from watchbill.platform import clock, keys
from watchbill.platform.stream import Record

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
AGENTS = ("a" * 24, "b" * 24)
VALUES = st.sampled_from([0, 1, 2, Decimal("0.1"), Decimal("0.2"), Decimal("1e-20"), 10**15])

metrics = st.builds(
    NewMetric,
    id=st.integers(0, 5),
    name=st.sampled_from(["revenue", "clicks"]),
    value=VALUES,
    unit=st.sampled_from([None, "EUR"]),
    campaign_id=st.sampled_from([None, "spring"]),
    agent_id=st.sampled_from([None, *AGENTS]),
    # Over two days and the turn of a year, several at one instant.
    timestamp=st.sampled_from([NOW, NOW - timedelta(hours=1), NOW - timedelta(days=1), NOW - timedelta(days=200)]),
)

Told = dict[tuple[str, str], dict[Series, tuple[Any, ...]]]
"""What is told of each series, by subject and day, or `all`."""


class World:
    """A table with metrics and their lists, and what its stream tells of them."""

    def __init__(self) -> None:
        self.table = MemoryTable()
        self.store = MetricStore(self.table)
        self.tallies = TallyStore(self.table)
        self.follower = MetricFollower(self.store, self.tallies)
        self.records: list[Record] = []
        self.delivered: dict[str, int] = defaultdict(int)

    def post(self, new: NewMetric) -> None:
        """Store a metric as the service does, and note what the stream tells."""
        said = rules.said(new, new.agent_id)
        there = self.store.metrics([said.metric.id]).get(said.metric.id)
        writing = rules.writing(said, there, lambda _: timedelta(days=30))
        if writing:
            assert not self.store.add([writing])
            key = keys.METRIC("demo", said.metric.id)
            images = (_image(there.metric) if there else None, _image(writing.metric))
            self.records.append(Record(key, 1000 + len(self.records), *images))

    def shard(self, number: int) -> list[Record]:
        """What a shard tells: all writes of a metric are in one."""
        return [record for record in self.records if int(record.key.pk[-1], 36) % 2 == number]

    def deliver(self, number: int, data: st.DataObject) -> None:
        """Deliver as Lambda may: in order at first, in any batches, with crashes between writes, and from before."""
        records, shard = self.shard(number), f"shard-{number}"
        until = data.draw(st.integers(self.delivered[shard], len(records)), label="delivered to")
        while self.delivered[shard] < until:
            again = data.draw(st.integers(0, self.delivered[shard]), label="delivered from")
            self.table.crash_after = data.draw(st.none() | st.integers(0, 9), label="dies before write")
            try:
                self.follower.take_in(records[again:until], shard)
            except Crash:
                continue
            finally:
                self.table.crash_after = None
            self.delivered[shard] = until

    def catch_up(self) -> None:
        """Deliver everything, once more."""
        for shard in (0, 1):
            self.follower.take_in(self.shard(shard), f"shard-{shard}")

    def told(self) -> Told:
        """What the tallies say."""
        told: Told = {}
        for key in list(self.table.items):
            entity, values = keys.parse(key)
            if entity is keys.METRIC_TOTAL:
                total = self.tallies.total(values["subject"])
                told[values["subject"], "all"] = _shown(total.book.at, total.tallies)
            if entity is keys.METRIC_TALLY:
                subject, day = values["subject"], values["day"]
                (tallies,) = self.tallies.days(subject, [values["year"]], day, day)
                told[subject, day] = _shown(self.tallies.total(subject).book.at, tallies)
        return {place: series for place, series in told.items() if series}

    def counted_by_hand(self) -> Told:
        """What the metrics that are there say."""
        groups: dict[tuple[str, str], dict[Series, list[Reading]]] = defaultdict(lambda: defaultdict(list))
        for key, item in self.table.items.items():
            if keys.parse(key)[0] is keys.METRIC:
                metric = CustomMetric.model_validate({name: item.get(name) for name in CustomMetric.model_fields})
                for subject in rules.subjects_of(metric):
                    for period in ("all", metric.reading.at[:10]):
                        groups[subject, period][metric.series].append(metric.reading)
        return {
            place: {series: _by_hand(readings) for series, readings in its.items()} for place, its in groups.items()
        }


def _image(metric: CustomMetric) -> dict[str, Any]:
    serialise = TypeSerializer().serialize
    return {name: serialise(value) for name, value in _from_metric(metric).items()}


def _shown(at: Any, tallies: dict[str, Tally]) -> dict[Series, tuple[Any, ...]]:
    return {
        at(home): (
            tally.count,
            tally.sum,
            *(tally.peaks[peak].value if peak in tally.peaks else None for peak in (Peak.LOWEST, Peak.HIGHEST)),
            tally.peaks.get(Peak.LAST),
        )
        for home, tally in tallies.items()
    }


def _by_hand(readings: Sequence[Reading]) -> tuple[Any, ...]:
    values = [int(reading.value.scaleb(20)) for reading in readings]
    return (
        len(values),
        Decimal(f"{sum(values)}e-20"),
        Decimal(f"{min(values)}e-20"),
        Decimal(f"{max(values)}e-20"),
        max(readings),
    )


def posted(news: Iterable[NewMetric]) -> World:
    world = World()
    with clock.frozen_at(NOW):
        for new in news:
            world.post(new)
    return world


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(metrics, max_size=14), st.data())
def test_any_delivery_of_any_corrections_counts_as_by_hand(news: list[NewMetric], data: st.DataObject) -> None:
    world = posted(news)

    for _ in range(4):
        for shard in data.draw(st.permutations([0, 1])):
            world.deliver(shard, data)
    world.catch_up()

    assert world.told() == world.counted_by_hand()


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(metrics, max_size=14), st.data())
def test_corrections_that_come_while_others_are_counted_count_as_by_hand(
    news: list[NewMetric], data: st.DataObject
) -> None:
    world = World()

    with clock.frozen_at(NOW):
        for new in news:
            world.post(new)
            world.deliver(data.draw(st.integers(0, 1), label="shard"), data)
        world.catch_up()

    assert world.told() == world.counted_by_hand()


def test_two_who_count_one_series_at_once_lose_nothing() -> None:
    class Faster(MemoryTable):
        """Lets another shard count before the first one's write."""

        other: Any = None

        def replace(self, *write: Any) -> None:
            if self.other:
                others, self.other = self.other, None
                others()
            super().replace(*write)

    world = posted(NewMetric(id=i, name="clicks", value=i) for i in (1, 2, 3))
    world.catch_up()
    table = Faster()
    table.items = world.table.items
    world.post(NewMetric(id=1, name="clicks", value=5))
    world.post(NewMetric(id=3, name="clicks", value=4))
    first, second = world.records[-2:]
    table.other = lambda: world.follower.take_in([second], "other")

    MetricFollower(MetricStore(table), TallyStore(table)).take_in([first], "one")

    assert world.told() == world.counted_by_hand()
    assert _only(world.told()["*", "all"])[:4] == (3, 11, 2, 5)


def test_what_expires_stays_counted() -> None:
    world = posted(NewMetric(id=i, name="clicks", value=i) for i in (1, 2))
    world.catch_up()
    told = world.told()

    del world.table.items[keys.METRIC("demo", rules.metric_id(1))]
    world.catch_up()

    assert world.told() == told


def test_a_highest_value_that_is_corrected_gives_way_to_the_highest_of_those_left() -> None:
    world = posted(NewMetric(id=i, name="clicks", value=i) for i in (1, 2, 900))
    world.catch_up()

    world.post(NewMetric(id=900, name="clicks", value=0))
    world.catch_up()

    assert _only(world.told()["*", "all"])[:4] == (3, 3, 0, 2)


def test_series_that_find_no_room_are_counted_together_and_corrected_there() -> None:
    names = [f"name-{i}" for i in range(MOST_SERIES + 20)]
    world = posted(NewMetric(id=name, name=name, value=1) for name in names)
    world.follower.take_in(world.records, "shard")
    roomless = [name for name in names if world.tallies.total("*").book.home(Series(name)) == OTHER]

    world.post(NewMetric(id=roomless[0], name=roomless[0], value=7))
    world.post(NewMetric(id=roomless[1], name=roomless[1], value=0))
    world.post(NewMetric(id=names[0], name=roomless[2], value=3))
    world.follower.take_in(world.records, "shard")
    world.post(NewMetric(id=roomless[0], name=roomless[0], value=5))
    world.follower.take_in(world.records, "shard")

    for told in world.told().values():
        assert len(told) == MOST_SERIES
        assert told[Series(OTHER)][:4] == (21, 18 + 0 + 3 + 5, 0, 5)


def test_when_nothing_is_left_that_tells_the_highest_value_it_is_what_is_known_or_unknown() -> None:
    world = posted(
        NewMetric(id=f"{name} {value}", name=name, value=value)
        for name, value in (("clicks", 1), ("clicks", 2), ("same", 3), ("same", Decimal("3.0")))
    )
    world.catch_up()

    for metric_id in ("clicks 1", "same 3"):
        del world.table.items[keys.METRIC("demo", rules.metric_id(metric_id))]
    for metric_id in ("clicks 2", "same 3.0"):
        world.post(NewMetric(id=metric_id, name="moved", value=9))
    world.catch_up()

    total = world.tallies.total("*")
    clicks, _, same = rules.aggregates(total.book, total.tallies)
    assert (clicks.count, clicks.sum, clicks.min, clicks.max) == (1, 1, 1, 1)
    assert (same.count, same.sum, same.min, same.max, same.last) == (1, 3, None, None, None)


def test_a_page_of_text_for_a_name_leaves_a_total_that_fits_into_an_item() -> None:
    world = World()
    series = [Series(chr(0x4E00 + i) * 100 + str(i) * 20, "u" * 50, "\U0001f600" * 50) for i in range(MOST_SERIES)]

    world.tallies.enter("*", series, {"2026"})

    assert (
        sum(len(value) for item in world.table.items.values() for value in item.values() if isinstance(value, bytes))
        < 400_000
    )


def _only(told: dict[Series, tuple[Any, ...]]) -> tuple[Any, ...]:
    (one,) = told.values()
    return one
