"""What a report is asked for, and what its figures say."""

from datetime import UTC, datetime, timedelta

import pytest

from watchbill.agents.report_words import report
from watchbill.agents.reporting import Group, Material, range_of, subject_of
from watchbill.analytics.fleet import analytics
from watchbill.analytics.models import Cell, Measure
from watchbill.analytics.views import Range
from watchbill.decisions.models import Language

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
ES, EN = Language.SPANISH, Language.ENGLISH


def cell(runs, completed, cost=0):
    there = {Measure.RUNS: runs, Measure.COMPLETED: completed, Measure.FAILED: runs - completed, Measure.COST: cost}
    return Cell({measure: amount for measure, amount in there.items() if amount}, newest="2026-03-10T11:00:00.000Z")


def material(agents, before=None, ever=True):
    total = Cell()
    for one in agents.values():
        total.add(one)
    known = analytics(Range.DAY, NOW, {"2026-03-10T11": total} if agents else {}, agents, {}, len(agents))
    return Material(known, before or Cell(), ever, [])


def findings(asked, there, language=EN):
    return report(there, subject_of(asked), asked or "overview", language).findings


@pytest.mark.parametrize(
    ("metric", "groups"),
    [
        (None, set(Group)),
        ("overview", set(Group)),
        ("costes", {Group.COST}),
        ("Éxito y coste", {Group.SUCCESS, Group.COST}),
        ("latency", {Group.LATENCY}),
        ("campañas", {Group.CAMPAIGNS}),
        ("engagement", {Group.CAMPAIGNS}),
    ],
)
def test_a_metric_is_understood_in_both_languages(metric, groups):
    assert subject_of(metric).groups == groups


@pytest.mark.parametrize(
    ("period", "meant"),
    [(None, Range.WEEK), ("30d", Range.MONTH), ("último mes", Range.MONTH), ("today", Range.DAY), ("Q3", None)],
)
def test_a_period_is_understood_in_both_languages(period, meant):
    assert range_of(period) is meant


def test_figures_are_said_beside_those_of_the_period_before():
    there = material({"a": cell(8, 8, 4), "b": cell(4, 1, 1)}, before=cell(10, 10, 5))

    assert findings("runs, success and cost", there) == (
        "Runs that ended in the last 24 hours: 12, 20.0% more than in the period before.",
        "75.0% of the finished runs succeeded, 25.0% less than in the period before.",
        "The runs cost $5.00, as in the period before.",
        "a cost the most: $4.00.",
        "b failed the most often: 25.0% of its finished runs succeeded.",
    )


def test_spanish_figures_are_written_as_in_spanish():
    there = material({"a": cell(1_200, 900, 4)})

    assert findings("coste y éxito", there, ES) == (
        "El 75,0 % de las ejecuciones terminadas ha salido bien.",
        "Las ejecuciones han costado $4,00.",
    )


def test_where_nothing_ran_that_is_what_is_said():
    assert findings("runs", material({}, ever=False), ES) == (
        "Ningún agente ha terminado todavía una ejecución: no hay nada de lo que informar.",
    )
    assert findings("runs", material({}, before=cell(3, 3))) == ("Nothing ended in the last 24 hours.",)


def test_a_metric_that_nobody_reports_is_not_made_up():
    assert findings("engagement", material({}), EN) == ("There are no campaigns yet.",)


def test_a_period_is_as_long_as_its_range():
    there = report(material({}), subject_of(None), "overview", EN)

    assert there.end - there.start == timedelta(days=1)
