"""Traces whose parts come at the same time, while whoever takes them in, and whoever mends them, dies at any write.

In each world some requests with parts of a few traces are sent, again when they are not answered; every access to the
table is a turn of its own, and whose it is, who dies and what is refused is decided by a seed.
"""

import pytest

from tests.support.trace_world import TraceWorld
from watchbill.platform import table
from watchbill.runs import rules as runs
from watchbill.runs import store
from watchbill.telemetry import refolding

WORLDS = 120
_OF_A_WRITING = {runs.RECORDED_AT, "expires_at", "revision", runs.PACKS, runs.RANK, runs.LESSER, "user_satisfaction"}
"""What a record says of how it came about, and not of its trace."""


@pytest.fixture(autouse=True)
def small_steps(monkeypatch):
    monkeypatch.setattr(table, "_AT_ONCE", 1)  # who does several things at a time does them one by one, in any order
    for module in (refolding, store):
        monkeypatch.setattr(module, "MOST_WRITES", 3)  # as for a trace of more runs than a transaction takes


def lived(seed, patience=None):
    world = TraceWorld(seed, patience)
    world.live()
    world.settle()
    return world


@pytest.mark.parametrize("patience", [None, 1])
def test_what_was_answered_is_there_once_whoever_dies(patience):
    for seed in range(WORLDS):
        world = lived(seed, patience)

        try:
            every_span_that_was_taken_is_in_its_trace_once(world)
            every_run_is_what_its_spans_come_to(world)
            every_run_is_listed_once_where_it_belongs(world)
            assert world.figures() == world.recomputed()
        except AssertionError as error:
            raise AssertionError(f"in world {seed}") from error


def every_span_that_was_taken_is_in_its_trace_once(world):
    taken = [span for request in world.requests if request.taken for span in request.spans]
    for span in taken:
        assert world.trace(span.trace_id).count(span) == 1


def every_run_is_what_its_spans_come_to(world):
    found = world.records()
    known = {span.trace_id for request in world.requests for span in request.spans}
    told = {run: facts for trace in known for run, facts in world.told(trace).items()}
    if world.patience is None:
        assert set(found) == set(told)
    for run, facts in told.items():
        assert facts_of(found[run]) == facts_of(facts)
    for run, rating in world.rated.items():
        assert float(found[run]["user_satisfaction"]) == rating
    for facts in told.values():
        if "session_id" in facts:
            assert facts[runs.TRACE_ID] in world.traces.session(facts["session_id"])


def every_run_is_listed_once_where_it_belongs(world):
    found = world.records()
    for agent in {record[runs.AGENT_ID] for record in found.values()}:
        theirs = [run for run, record in found.items() if record[runs.AGENT_ID] == agent]
        assert sorted(world.listed(agent)) == sorted(theirs)


def facts_of(record):
    return {name: value for name, value in record.items() if name not in _OF_A_WRITING}
