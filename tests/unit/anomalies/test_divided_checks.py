"""However hours are divided into checks, with whatever failures between, the same is found and remembered."""

from collections.abc import Sequence
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.agent_hours import AGENT, at, hours
from tests.support.memory_table import Crash, MemoryTable
from tests.support.watched import Watched
from watchbill.anomalies import store
from watchbill.anomalies.figures import Work
from watchbill.anomalies.models import Anomaly
from watchbill.anomalies.watch import Watch
from watchbill.platform import keys
from watchbill.platform.items import REVISION

LAST = 130
Found = tuple[dict[str, Anomaly], Watch]


def with_faults(index: int, work: Work) -> Work | None:
    """Dear, then failing, then gone for a day, then slow, and slow still."""
    if 50 <= index < 53:
        return work._replace(cost=work.cost * 4)
    if 60 <= index < 66:
        return work._replace(failed=work.runs)
    if 80 <= index < 104:
        return None
    return work._replace(duration=work.duration * 6) if index >= 118 else work


def demo() -> Watched:
    """An organisation with an agent that has these faults."""
    new = Watched()
    new.register()
    new.count(hours(LAST, with_faults))
    return new


def found(checked: Watched) -> Found:
    """What is stored of anomalies, and what is remembered of the agent."""
    return dict(checked.stored), checked.remembered


@cache
def hourly() -> Found:
    """What is found by a check each hour."""
    checked = demo()
    for index in range(1, LAST + 1):
        checked.check(at(index))
    return found(checked)


def test_the_faults_are_found() -> None:
    anomalies, watch = hourly()

    assert {one.type for one in anomalies.values() if one.resolved} >= {"cost", "error-rate", "silence"}
    assert {kind for kind, _ in watch.open} >= {"latency"}


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, LAST), max_size=8))
def test_hours_caught_up_later_give_the_same_as_if_each_had_been_checked_in_time(checks: Sequence[int]) -> None:
    checked = demo()

    for index in [*checks, LAST]:
        checked.check(at(index))

    assert found(checked) == hourly()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(1, LAST), st.integers(0, 3)), max_size=8))
def test_a_check_that_dies_before_a_write_is_made_good_by_the_next(checks: Sequence[tuple[int, int]]) -> None:
    checked = demo()
    assert isinstance(checked.table, MemoryTable)

    for index, writes in checks:
        checked.table.crash_after = writes
        try:
            checked.check(at(index))
        except Crash:
            checked.check(at(index))
        checked.table.crash_after = None
    checked.check(at(LAST))

    assert found(checked) == hourly()


def test_more_changes_than_one_transaction_holds_are_written_in_several(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watchbill.anomalies.service.MOST_CHANGES", 1)
    checked = demo()

    checked.check(at(LAST))

    assert found(checked) == hourly()


def test_open_anomalies_and_those_of_a_month_are_the_agents() -> None:
    checked = demo()
    checked.check(at(LAST))
    anomalies = checked.stored

    assert {one.id: one for one in checked.service.between(at(0), at(LAST))} == anomalies
    assert checked.service.open_ones() == [one for one in anomalies.values() if not one.resolved]


@pytest.mark.parametrize(("attribute", "item"), [("format", keys.WATCH), ("detectors", keys.WATCH_HISTORY)])
def test_what_was_remembered_in_another_form_is_learned_anew_and_open_anomalies_stay(
    attribute: str, item: keys.Entity
) -> None:
    checked = demo()
    checked.check(at(122))
    checked.items[item("demo", AGENT)][attribute] = 0

    checked.check(at(LAST))

    anomalies, _ = hourly()
    assert set(checked.stored) == set(anomalies)
    assert [one.id for one in checked.service.open_ones()] == [one.id for one in anomalies.values() if not one.resolved]


def test_a_read_of_halves_that_do_not_belong_together_is_made_again_surely() -> None:
    checked = demo()
    checked.check(at(LAST))
    history = checked.items[keys.WATCH_HISTORY("demo", AGENT)]
    checked.items[keys.WATCH_HISTORY("demo", AGENT)] = history | {"settled_until": "2026-01-01T00:00:00.000Z"}

    remembered = store.AnomalyStore(checked.table).watch(AGENT)

    # Nor is it whole then: a new watch is begun in its place.
    assert remembered.revision == checked.items[keys.WATCH("demo", AGENT)][REVISION]
    assert remembered.watch is not None
    assert set(remembered.watch.open) == set(hourly()[1].open)
    assert remembered.watch.hours == {}
