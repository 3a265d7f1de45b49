"""What each kind of report says of runs that a person can count: figures worked out by hand."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.unit.reports.material import DAY, END, a_run, material
from watchbill.reports.kinds import bottlenecks, costs, quality, satisfaction, strands, summary
from watchbill.reports.models import InsightSeverity

NOW = END - timedelta(hours=2)
BEFORE = NOW - DAY


def texts(found):
    return [each.insight.text for each in found]


def of_metric(found, metric):
    return [each for each in found if each.insight.metric == metric]


def test_a_summary_compares_with_the_day_before():
    told = [a_run(NOW), a_run(NOW, status="failed"), a_run(BEFORE), a_run(BEFORE), a_run(BEFORE), a_run(BEFORE)]
    seen = material(told)

    data = summary.data(seen)

    assert (data.figures.total_tasks.current, data.figures.total_tasks.previous) == (2, 4)
    assert data.figures.total_tasks.change == -50.0
    assert (data.figures.success_rate.current, data.figures.success_rate.previous) == (0.5, 1.0)
    assert data.figures.total_cost.current == Decimal("0.2")
    assert [stretch.runs for stretch in data.timeline] == [0] * 22 + [2, 0]
    said = texts(summary.findings(data, seen))
    assert "2 runs of 1 strand, down 50.0% from 4 in the period before." in said
    assert "$0.20 was spent, down 50.0% from $0.40 in the period before." in said


def test_the_worst_strand_is_the_one_that_most_surely_fails():
    told = [a_run(NOW, strand="once", status="failed")]
    told += [a_run(NOW, strand="often", status="failed" if number < 50 else "completed") for number in range(60)]

    data = summary.data(material(told))

    assert [line.name for line in data.worst] == ["often", "once"]


def test_a_strand_that_fell_silent_is_named_with_what_it_used_to_do():
    told = [a_run(NOW), a_run(BEFORE), a_run(BEFORE, strand="gone"), a_run(BEFORE, strand="gone")]
    seen = material(told)

    found = summary.findings(summary.data(seen), seen)

    (silent,) = [each for each in found if each.insight.subject == "gone"]
    assert silent.insight.text == "'gone' did not work, down 100% from 2 in the period before."
    assert silent.recommendation.text == "Check whether 'gone' was meant to stop."


@pytest.mark.parametrize(
    ("finished", "failed", "severity"),
    [(1, 1, InsightSeverity.WARNING), (20, 3, InsightSeverity.WARNING), (200, 60, InsightSeverity.CRITICAL)],
)
def test_few_runs_below_the_limit_are_no_certainty(finished, failed, severity):
    seen = material([a_run(NOW, status="failed" if number < failed else "completed") for number in range(finished)])

    (insight,) = of_metric(summary.findings(summary.data(seen), seen), "successRate")

    assert insight.insight.severity is severity


def test_figures_within_their_limits_ask_for_nothing():
    seen = material([a_run(NOW, quality_score=90, user_satisfaction=5) for _ in range(20)])

    found = summary.findings(summary.data(seen), seen)

    assert {each.insight.severity for each in found} == {InsightSeverity.INFO}
    assert not [each for each in found if each.advice]


@pytest.mark.parametrize(
    ("facts", "metric", "said"),
    [
        ({"status": "failed"}, "successRate", "less than the limit of 90.0%"),
        ({"quality_score": 69.9}, "avgQualityScore", "below the limit of 70.0"),
        ({"duration_ms": 5_001}, "avgExecutionTime", "more than the limit of 5.0 s"),
        ({"cost": 100.01}, "totalCost", "more than the limit of $100.00"),
        ({"user_satisfaction": 2}, "avgSatisfaction", "below the middle of the scale"),
    ],
)
def test_each_limit_is_named_when_it_is_passed(facts, metric, said):
    seen = material([a_run(NOW, **facts)])

    (found,) = of_metric(summary.findings(summary.data(seen), seen), metric)

    assert said in found.insight.text
    assert found.insight.text.endswith("with no earlier figure to compare with.")
    assert found.insight.severity is not InsightSeverity.INFO
    assert found.advice


def test_a_strand_is_told_by_version_and_task_type():
    told = [a_run(NOW, version="1", task_type="a"), a_run(NOW, version="2", task_type="a", status="timeout")]
    told += [a_run(NOW, version="2", task_type="b", duration_ms=3000), a_run(BEFORE, version="1")]

    (line,) = strands.data(material(told)).strands.items

    assert (line.runs, line.failed, line.timeouts, line.previous_runs) == (3, 1, 1, 1)
    assert {each.name: (each.runs, each.success_rate.current) for each in line.versions.items} == {
        "2": (2, 0.5),
        "1": (1, 1.0),
    }
    assert {each.name: each.runs for each in line.task_types.items} == {"a": 2, "b": 1, "search": 0}


def test_a_strand_that_became_slower_is_noted_and_one_that_did_not_is_not():
    told = [a_run(at, strand=name) for at in (NOW, BEFORE) for name in ("same",) for _ in range(12)]
    told += [a_run(BEFORE, strand="slow") for _ in range(12)]
    told += [a_run(NOW, strand="slow", duration_ms=2000) for _ in range(12)]
    seen = material(told)

    found = of_metric(strands.findings(strands.data(seen), seen), "p95ExecutionTime")

    assert [each.insight.subject for each in found] == ["slow"]
    assert found[0].insight.change == pytest.approx(100, abs=4)


def test_costs_are_split_by_strand_model_and_user():
    told = [a_run(NOW, cost=3), a_run(NOW, strand="writer", user="bo", cost=1), a_run(NOW, strand="writer", cost=None)]
    models = {("scout", "1.0"): "nova-lite"}

    data = costs.data(material(told, models=models))

    assert [(line.name, line.cost.current, line.share) for line in data.by_strand.items] == [
        ("scout", 3, 0.75),
        ("writer", 1, 0.25),
    ]
    assert [(line.name, line.cost.current) for line in data.by_model.items] == [("nova-lite", 3), ("unknown", 1)]
    assert [(line.name, line.cost.current) for line in data.by_user.items] == [("ana", 3), ("bo", 1)]
    assert data.cost_per_run.current == 2.0
    assert data.runs_without_cost.current == 1


def test_a_projection_goes_on_as_the_period_did():
    data = costs.data(material([a_run(NOW, cost=2), a_run(BEFORE, cost=1)]))

    assert (data.projection.cost, data.projection.previous, data.projection.per_day) == (60, 30, 2)


def test_a_price_that_rose_is_told_from_more_use():
    told = [a_run(BEFORE, strand="dear", cost=1), a_run(NOW, strand="dear", cost=5)]
    told += [a_run(BEFORE, strand="busy", cost=1), *(a_run(NOW, strand="busy", cost=1) for _ in range(5))]
    seen = material(told)

    found = {
        each.insight.subject: each.advice for each in of_metric(costs.findings(costs.data(seen), seen), "strandCost")
    }

    assert "its tokens became dearer" in found["dear"]
    assert "it used more tokens, or ran more" in found["busy"]


def test_a_day_that_costs_more_than_the_usual_stands_out():
    told = [a_run(END - timedelta(days=day, hours=2), cost=12 if day == 3 else 2) for day in range(10)]
    seen = material(told, length=10 * DAY)

    (found,) = of_metric(costs.findings(costs.data(seen), seen), "dearestDay")

    assert found.advice == "Compare what ran on 6 March 2026 with the days around it, beginning with 'scout'."
    assert found.insight.text.startswith("6 March 2026 was the dearest day with $12.00, 6.0 times the usual")


def test_quality_says_what_fell_and_what_is_worst():
    told = [a_run(BEFORE, task_type="a", quality_score=90) for _ in range(6)]
    told += [a_run(NOW, task_type="a", quality_score=60) for _ in range(6)]
    told += [a_run(NOW, task_type="b", quality_score=80) for _ in range(6)] + [a_run(NOW, task_type="b")]
    seen = material(told)

    data = quality.data(seen)

    assert [(line.name, line.quality.current, line.judged) for line in data.by_task_type.items] == [
        ("a", 60, 6),
        ("b", 80, 6),
    ]
    assert [(change.name, change.points) for change in data.declined] == [("a", -30), ("scout", -20)]
    said = texts(quality.findings(data, seen))
    begins = "'a' had a quality of 60.0 over 6 judged runs, below the limit of 70.0, down 30.0 points from 90.0"
    assert f"{begins} in the period before." in said


def test_ratings_of_few_say_nothing_of_a_name():
    told = [a_run(NOW, user="many", user_satisfaction=2) for _ in range(5)]
    told += [a_run(NOW, user="few", user_satisfaction=1) for _ in range(4)]
    seen = material(told)

    data = satisfaction.data(seen)
    found = of_metric(satisfaction.findings(data, seen), "userSatisfaction")

    assert [line.name for line in data.by_user.items] == ["few", "many"]
    assert {each.insight.subject for each in found} == {"many", "scout", "search"}
    assert (data.rated.current, data.share_rated.current) == (9, 1.0)


def test_a_bottleneck_is_told_by_its_share_of_time_and_what_it_could_save():
    told = [a_run(NOW, strand="slow", duration_ms=200_000 if number == 0 else 10_000) for number in range(20)]
    told += [a_run(NOW, strand="quick", duration_ms=100) for _ in range(20)]
    seen = material(told)

    data = bottlenecks.data(seen)
    slow, quick = data.by_strand.items

    assert (slow.name, slow.share) == ("slow", pytest.approx(390_000 / 392_000, abs=1e-5))
    assert slow.saved_ms.current == pytest.approx(190_000, rel=0.02)
    assert quick.saved_ms.current == 0
    assert data.peak_concurrency.current == pytest.approx(392_000 / 3_600_000, abs=1e-4)
    assert "'slow' takes 99.5% of all time, 6 min 30 s, with no earlier figure to compare with." in texts(
        bottlenecks.findings(data, seen)
    )
