"""The counts of tasks by state, however often, in whatever batches, and beside whom the stream tells of each change."""

from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.memory_table import MemoryTable
from watchbill.execution.models import TaskStatus
from watchbill.execution.store import TaskStore

STATES = [status.value for status in TaskStatus]
Change = tuple[int, Counter[str]]


def changes_of(lives: list[list[str]]) -> tuple[list[Change], Counter[str]]:
    """The changes that tasks tell of which live through these states, numbered, and how many are where in the end."""
    changes: list[Change] = []
    ends = Counter[str]()
    for life in lives:
        for before, after in zip([None, *life], life, strict=False):
            change = Counter({after: 1})
            if before:
                change[before] -= 1
            changes.append((1000 + len(changes), change))
        ends[life[-1]] += 1
    return changes, ends


def shown(store: TaskStore) -> dict[str, int]:
    return {state: count for state, count in store.counts().items() if count}


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.sampled_from(STATES), min_size=1, max_size=5), min_size=1, max_size=6), st.data())
def test_what_is_told_again_from_anywhere_is_counted_once(lives: list[list[str]], data: st.DataObject) -> None:
    changes, ends = changes_of(lives)
    store, until = TaskStore(MemoryTable()), 0
    while until < len(changes):
        again = data.draw(st.integers(0, until), label="from")
        until = data.draw(st.integers(until + 1, len(changes)), label="until")
        store.count(changes[again:until], "shard")

    assert shown(store) == dict(ends)


def test_two_shards_have_their_own_marks() -> None:
    store = TaskStore(MemoryTable())
    for shard, sequence in (("a", 9), ("b", 3), ("b", 3), ("a", 9)):
        store.count([(sequence, Counter(pending=1))], shard)

    assert shown(store) == {"pending": 2}


def test_of_two_who_count_at_once_neither_is_lost() -> None:
    class Faster(MemoryTable):
        def replace(self, *write: Any) -> None:
            if not self.items:
                TaskStore(other).count([(1, Counter(pending=1))], "other")
                self.items |= other.items
            super().replace(*write)

    other = MemoryTable()
    store = TaskStore(Faster())

    store.count([(1, Counter(pending=1))], "shard")

    assert shown(store) == {"pending": 2}
