"""Lists of metrics show each metric once, at its place, newest first, wherever a page ends."""

from datetime import UTC, datetime, timedelta
from itertools import islice

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.memory_table import MemoryTable
from watchbill.metrics import rules
from watchbill.metrics.listing import Position, Walk
from watchbill.metrics.models import CustomMetric, NewMetric
from watchbill.metrics.store import MetricStore
from watchbill.platform import clock

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
INSTANTS = st.sampled_from([NOW - timedelta(hours=hours) for hours in (0, 1, 2, 13, 14, 40, 24 * 365)])
POSTS = st.lists(
    st.lists(
        st.builds(
            NewMetric,
            id=st.integers(0, 8),
            name=st.sampled_from(["clicks", "revenue"]),
            value=st.integers(0, 3),
            campaign_id=st.sampled_from([None, "spring"]),
            timestamp=INSTANTS,
        ),
        min_size=1,
        max_size=4,
        unique_by=lambda new: new.id,
    ),
    max_size=6,
)


def posted(batches: list[list[NewMetric]]) -> tuple[MetricStore, list[CustomMetric]]:
    """A store that was given these, batch by batch, and the metrics as they are in the end."""
    store, kept = MetricStore(MemoryTable()), dict[str, CustomMetric]()
    for batch in batches:
        said = [rules.said(new, None) for new in batch]
        there = store.metrics(one.metric.id for one in said)
        writings = [rules.writing(one, there.get(one.metric.id), lambda _: timedelta(days=30)) for one in said]
        assert not store.add([writing for writing in writings if writing])
        kept |= {writing.metric.id: writing.metric for writing in writings if writing}
    return store, list(kept.values())


@settings(max_examples=120, deadline=None)
@given(
    POSTS,
    st.sampled_from([None, "spring"]),
    st.sampled_from([None, "clicks"]),
    st.tuples(INSTANTS, INSTANTS),
    st.integers(1, 3),
    st.integers(1, 4),
)
def test_pages_show_what_is_there_once_and_in_order(
    batches: list[list[NewMetric]],
    campaign: str | None,
    name: str | None,
    window: tuple[datetime, datetime],
    limit: int,
    most: int,
) -> None:
    store, kept = posted(batches)
    first, end = (clock.to_text(instant) for instant in window)

    shown: list[CustomMetric] = []
    position: Position | None = {}
    while position is not None:
        walk = Walk(store, rules.subject(None, campaign), name, first, end, most)
        page = list(islice(walk.metrics(position, wanted=limit), limit))
        shown += [metric for metric, _ in page]
        position = page[-1][1] if len(page) == limit else walk.stopped_at

    wanted = [
        metric
        for metric in kept
        if campaign in (None, metric.campaign_id)
        and name in (None, metric.name)
        and window[0] <= metric.timestamp < window[1]
    ]
    assert shown == sorted(wanted, key=lambda metric: (metric.timestamp, metric.id), reverse=True)
