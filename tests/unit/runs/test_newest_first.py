"""Run lists come in true time order, whatever segments they are kept in."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from watchbill.platform import clock
from watchbill.runs.models import Entry, Segment
from watchbill.runs.rules import newest_first

START = datetime(2026, 3, 1, tzinfo=UTC)
ENTRIES = st.builds(
    Entry, st.integers(0, 50).map(lambda ms: START + timedelta(milliseconds=ms)), st.sampled_from("abcdef")
)
SOURCES = st.lists(st.lists(st.lists(ENTRIES, min_size=1, max_size=6), max_size=5), max_size=3)


def segment(entries: list[Entry]) -> Segment:
    ordered = sorted(entries, reverse=True)
    return Segment(clock.to_text(ordered[0].created), tuple(ordered))


def source(lists: list[list[Entry]], until: str = "~") -> Iterator[Segment]:
    segments = sorted(map(segment, lists), key=lambda each: each.newest, reverse=True)
    return (each for each in segments if each.newest <= until)


@given(SOURCES)
def test_every_entry_comes_once_in_time_order(sources: list[list[list[Entry]]]) -> None:
    everything = {entry for lists in sources for entries in lists for entry in entries}

    listed = [entry for entry, _ in newest_first([source(lists) for lists in sources])]

    assert listed == sorted(everything, reverse=True)


@given(SOURCES, st.data())
def test_reading_again_from_where_it_was_left_sees_everything_behind(
    sources: list[list[list[Entry]]], data: st.DataObject
) -> None:
    listed = list(newest_first([source(lists) for lists in sources]))
    if listed:
        left = data.draw(st.integers(0, len(listed) - 1))
        entry, resume = listed[left]

        again = [later for later, _ in newest_first([source(lists, resume) for lists in sources]) if later < entry]

        assert again == [later for later, _ in listed[left + 1 :]]


def test_only_as_many_segments_are_read_as_the_entries_taken_need() -> None:
    read: list[Segment] = []

    def segments() -> Iterator[Segment]:
        for second in range(1000, 0, -1):
            read.append(segment([Entry(START + timedelta(seconds=second), "a")]))
            yield read[-1]

    lines = newest_first([segments()])

    assert next(lines)[0].created == START + timedelta(seconds=1000)
    assert len(read) <= 3
