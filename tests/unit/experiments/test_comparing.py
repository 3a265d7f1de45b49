"""What an experiment's answer says: figures, comparisons in words, and what they rest on."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from watchbill.analytics.histograms import bucket_of
from watchbill.analytics.models import Cell, Measure
from watchbill.experiments.comparing import report
from watchbill.experiments.models import Experiment, Metric, Share, Sticky

NOW = datetime(2026, 3, 10, tzinfo=UTC)


def experiment(*versions, **facts):
    shares = tuple(Share(version=version) for version in versions or ("1.0", "2.0"))
    known = {"id": "e", "agent_id": "a", "name": "n", "versions": shares, "sticky_by": Sticky.NONE, "started_at": NOW}
    return Experiment.model_validate({**known, **facts})


def cell(runs, completed, ms=1_000, cost=None):
    sums = {Measure.RUNS: runs, Measure.COMPLETED: completed, Measure.FAILED: runs - completed}
    if cost is not None:
        steps = round(cost * 10**8)
        sums |= {Measure.COST: Decimal(str(cost)) * runs, Measure.COSTED: runs, Measure.COST_SQUARES: steps**2 * runs}
    return Cell(sums, Counter({bucket_of(ms): runs}))


def of(shown, metric):
    (found,) = [each for each in shown.comparisons if each.metric is metric]
    return found


def test_a_version_that_succeeds_more_often_is_said_to():
    shown = report(experiment(), {"1.0": cell(500, 400), "2.0": cell(500, 460)}, NOW)

    found = of(shown, Metric.SUCCESS)
    assert found.more_than_noise is True
    assert found.difference == pytest.approx(0.12)
    assert found.low > 0
    assert found.says == "2.0 succeeds more often than 1.0 (92.0% against 80.0%): more than noise on 1000 runs"
    assert [figures.success.value for figures in shown.figures] == [0.8, 0.92]


def test_a_difference_that_may_be_chance_says_how_many_runs_would_show_one():
    shown = report(experiment(), {"1.0": cell(100, 80), "2.0": cell(100, 84)}, NOW)

    found = of(shown, Metric.SUCCESS)
    assert found.more_than_noise is False
    assert found.more_runs > 500
    assert f"about {found.more_runs} more runs of each would be needed to see one of 5 points" in found.says


def test_too_few_runs_say_nothing():
    shown = report(experiment(), {"1.0": cell(29, 0), "2.0": cell(400, 400)}, NOW)

    found = of(shown, Metric.SUCCESS)
    assert (found.more_than_noise, found.p_value, found.adjusted_p_value) == (None, None, None)
    assert found.says == "too few runs to compare success: 29 of 1.0 and 400 of 2.0, and 30 of each are the least"


def test_an_experiment_without_runs_is_shown():
    shown = report(experiment(), {}, NOW)

    assert [figures.success for figures in shown.figures] == [None, None]
    assert [each.metric for each in shown.comparisons] == [Metric.SUCCESS]


def test_durations_and_costs_are_compared_in_words():
    cells = {"1.0": cell(200, 200, ms=1_000, cost=0.25), "2.0": cell(200, 200, ms=2_000, cost=0.3)}
    shown = report(experiment(), cells, NOW)

    assert of(shown, Metric.DURATION_P50).says.startswith("2.0 usually takes longer than 1.0 (")
    assert of(shown, Metric.COST).says.startswith("2.0 costs more than 1.0 ($0.3 against $0.25)")
    assert not [each for each in shown.comparisons if each.metric is Metric.QUALITY]


def test_every_version_is_compared_with_the_first():
    cells = {name: cell(100, 90) for name in ("1.0", "2.0", "3.0")}
    shown = report(experiment("1.0", "2.0", "3.0"), cells, NOW)

    assert {(each.version, each.against) for each in shown.comparisons} == {("2.0", "1.0"), ("3.0", "1.0")}


def test_what_an_experiment_is_made_for_is_not_adjusted_for_the_rest():
    cells = {"1.0": cell(400, 320), "2.0": cell(400, 356)}
    plain, planned = (report(experiment(hypothesis=metric), cells, NOW) for metric in (None, Metric.SUCCESS))

    found = of(planned, Metric.SUCCESS)
    assert found.adjusted_p_value == found.p_value
    assert of(plain, Metric.SUCCESS).adjusted_p_value > found.p_value
    assert "success is judged by itself, all else is adjusted" in " ".join(planned.notes)


def test_the_test_for_one_look_is_used_only_where_the_end_was_planned_and_has_come():
    cells = {"1.0": cell(300, 240), "2.0": cell(300, 264)}
    ends = {"ends_at": NOW + timedelta(days=1)}
    running = report(experiment(**ends), cells, NOW)
    ended = report(experiment(**ends), cells, NOW + timedelta(days=2))
    stopped = report(experiment(**ends, stopped_at=NOW), cells, NOW + timedelta(days=2))

    assert [each.status for each in (running, ended, stopped)] == ["running", "ended", "stopped"]
    p_values = [of(each, Metric.SUCCESS).p_value for each in (running, ended, stopped)]
    assert p_values[0] == p_values[2] > p_values[1]


def test_notes_warn_of_what_figures_cannot_show():
    shown = report(experiment(sticky_by=Sticky.STREAM, weights_changed_at=NOW), {}, NOW)

    assert any("All runs of a stream have one version" in note for note in shown.notes)
    assert any("weights were changed" in note for note in shown.notes)
