"""What the figures about injected faults are made of: series that stay the same, and alarms compared with faults."""

import pytest

from benchmarks.fault_series import FAULTS, HEALTHY, JUDGED, LEARNED, METRICS, agents
from benchmarks.injected_faults import by_both, by_z_score, episodes, result
from benchmarks.watched_faults import by_watch


def test_the_series_are_always_the_same_and_there_are_at_least_two_hundred() -> None:
    assert agents(2, 1) == agents(2, 1)
    assert agents(2, 1) != agents(3, 1)
    assert len(agents(2, 0)) + 24 * len((*FAULTS, *HEALTHY)) >= 200


def test_every_fault_begins_after_what_is_learned_and_changes_its_metric() -> None:
    for agent in agents(5, 2):
        assert len(agent.hours) == LEARNED + JUDGED
        if agent.fault:
            assert LEARNED <= agent.fault.start < agent.fault.end <= LEARNED + JUDGED
            assert agent.fault.metric in METRICS


@pytest.mark.parametrize(
    ("scores", "found"),
    [([0, 0, 0], []), ([1, 0, 1, 0, 0, 1], [(0, 2), (5, 5)]), ([0, 1, 1], [(1, 2)])],
)
def test_two_calm_hours_end_an_episode(scores: list[float], found: list[tuple[int, int]]) -> None:
    assert episodes(scores, 0.5) == found


def test_alarms_are_counted_as_found_false_or_neither() -> None:
    (agent,) = [one for one in agents(5, 1) if one.kind == "cost spike"]
    assert agent.fault is not None
    at, other = agent.fault.start - LEARNED, (agent.fault.start - LEARNED + 100) % JUDGED
    scores = {metric: [0.0] * JUDGED for metric in METRICS}
    scores["cost"][at + 1] = 1
    scores["quality"][at] = scores["cost"][other] = 1

    found = result([(agent, scores)], 0.5)

    assert (found.faults, found.found, found.false, found.delays) == (1, 1, 2, [2])
    assert found.precision == pytest.approx(1 / 3)
    assert (found.recall, found.false_per_week) == (1, 1)


def test_ours_finds_more_with_fewer_false_alarms_than_a_plain_z_score() -> None:
    some = [agent for agent in agents(7, 1) if agent.kind in ("cost spike", "error burst", "sparse agent")]
    ours = result([(agent, by_both(agent)) for agent in some], 0.5)
    plain = result([(agent, by_z_score(agent)) for agent in some], 5.0)

    assert ours.f1 >= 0.8
    assert ours.recall >= plain.recall
    assert ours.false <= plain.false


def test_the_hourly_check_finds_the_same_with_no_more_false_alarms() -> None:
    some = [agent for agent in agents(7, 1) if agent.kind in ("latency level shift", "silence", "weekly season")]
    checked = result([(agent, by_watch(agent)) for agent in some], 1.0)
    judged = result([(agent, by_both(agent)) for agent in some], 0.6)

    assert (checked.recall, judged.recall) == (1.0, 1.0)
    assert checked.false <= judged.false
