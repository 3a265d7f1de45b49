"""What is said about a run ends in the same record, whatever order it is said in and however often."""

from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.run_strategies import PLACES, new_runs
from watchbill.platform import clock
from watchbill.platform.errors import Unprocessable
from watchbill.runs import rules
from watchbill.runs.models import Facts, NewRun, RunChange, Status

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
COPIES = st.lists(new_runs(st.just(7)), min_size=1, max_size=5)


def record_of(run: NewRun) -> Facts:
    """A record as it is first stored."""
    place = PLACES[0]
    identity = {"run_id": rules.run_id(place, run.id), "agent_id": place.agent_id, "version": place.version}
    return rules.statement(run) | identity | {"recorded_at": clock.to_text(NOW)}


def joined(runs: list[NewRun]) -> Facts:
    return reduce(rules.join, map(record_of, runs))


def run(**facts: Any) -> NewRun:
    return NewRun.model_validate({"created": NOW, "status": "completed", "id": 7, **facts})


@given(COPIES, st.randoms())
def test_the_order_of_copies_does_not_matter(copies: list[NewRun], random: Any) -> None:
    shuffled = random.sample(copies, len(copies))

    assert joined(shuffled) == joined(copies)


@given(COPIES, st.data())
def test_a_copy_that_comes_again_changes_nothing(copies: list[NewRun], data: st.DataObject) -> None:
    again = data.draw(st.sampled_from(copies))

    assert rules.join(joined(copies), record_of(again)) == joined(copies)


@given(COPIES, COPIES)
def test_records_join_as_their_copies_do(some: list[NewRun], others: list[NewRun]) -> None:
    # What a batch joins in memory and the table joins one by one is the same.
    assert reduce(rules.join, [record_of(copy) for copy in others], joined(some)) == joined(some + others)


@given(COPIES)
def test_a_final_status_is_never_taken_back_by_a_copy_of_the_same_attempt(copies: list[NewRun]) -> None:
    latest = max(copy.attempt for copy in copies)
    final = any(copy.status.final for copy in copies if copy.attempt == latest)

    assert Status(joined(copies)["status"]).final == final


@given(COPIES, new_runs(st.just(7)))
def test_what_only_one_copy_says_is_kept(copies: list[NewRun], other: NewRun) -> None:
    silent = [copy.model_copy(update={"quality_score": None}) for copy in copies]
    telling = other.model_copy(update={"quality_score": 80.0})

    assert joined([*silent, telling])["quality_score"] == 80


def test_an_older_copy_does_not_take_back_what_was_amended() -> None:
    posted = record_of(run(quality_score=50.0, status="completed"))
    amended = rules.join(posted, rules.amendment(posted, RunChange(quality_score=90.0)))

    assert rules.join(amended, posted)["quality_score"] == 90
    assert rules.join(amended, posted) == amended


def test_the_end_of_a_run_is_taken_after_an_amendment_of_its_beginning() -> None:
    running = record_of(run(status="running"))
    amended = rules.join(running, rules.amendment(running, RunChange(quality_score=90.0)))

    ended = rules.join(amended, record_of(run(status="completed", duration_ms=5)))

    assert (ended["status"], ended["duration_ms"], ended["quality_score"]) == ("completed", 5, 90)


def test_the_later_of_two_amendments_stands() -> None:
    record = record_of(run())
    with clock.frozen_at(NOW):
        first = rules.amendment(record, RunChange(user_satisfaction=2.0))
    with clock.frozen_at(NOW + timedelta(milliseconds=1)):
        second = rules.amendment(record, RunChange(user_satisfaction=5.0))

    assert rules.join(rules.join(record, first), second)["user_satisfaction"] == 5
    assert rules.join(rules.join(record, second), first)["user_satisfaction"] == 5


def test_an_amendment_may_correct_an_end_but_not_take_it_back() -> None:
    record = record_of(run(status="completed"))

    corrected = rules.join(record, rules.amendment(record, RunChange(status="failed")))  # type: ignore[arg-type]

    assert corrected["status"] == "failed"
    with pytest.raises(Unprocessable, match="cannot become running"):
        rules.amendment(record, RunChange(status="running"))  # type: ignore[arg-type]


def test_an_end_gives_the_duration_that_nobody_measured() -> None:
    record = record_of(run(status="running", started_at=NOW + timedelta(seconds=1)))

    amendment = rules.amendment(record, RunChange(completed_at=NOW + timedelta(seconds=4)))

    assert amendment["duration_ms"] == 3_000
    with pytest.raises(Unprocessable, match="before it began"):
        rules.amendment(record, RunChange(completed_at=NOW))


def test_a_client_id_names_one_run_within_its_version_as_number_or_as_text() -> None:
    here, there = PLACES[0], PLACES[1]

    assert rules.run_id(here, 7) == rules.run_id(here, "7")
    assert rules.run_id(here, 7) != rules.run_id(there, 7)
    assert rules.run_id(here, None) != rules.run_id(here, None)
