"""However many names there are and however long they are, a report stays within bounds and loses no run."""

from datetime import timedelta

import pytest

from tests.unit.reports.material import END, a_run, figures, material
from watchbill.reports import rules
from watchbill.reports.figures import Calendar, Material
from watchbill.reports.models import Period, ReportFilters, ReportType
from watchbill.reports.rules import MOST_BYTES, Wish, models_named

LENGTH = timedelta(days=92)
LONGEST = 200


def many_runs():
    """Runs of 300 strands, users and task types with the longest names there can be, of the longest signs in JSON."""
    for number in range(300):
        name = f"{number:03d}" + "\N{ROCKET}" * (LONGEST - 3)
        at = END - timedelta(days=number % 90 + 1)
        yield a_run(at, strand=name, version=name, task_type=name, user=name, quality_score=number % 100, cost=number)


@pytest.fixture(scope="module")
def seen():
    """The material of all of them, with every version's models as long."""
    told = list(many_runs())
    models = {(run["strand"], run["version"]): models_named([run["strand"]] * 9) for run in told}
    return material(told, length=LENGTH, models=models)


@pytest.mark.parametrize("type", ReportType)
def test_a_report_of_the_longest_names_has_room(type, seen):
    wish = Wish("id", type, ReportFilters(), Period(start=END - LENGTH, end=END))

    def of(top):
        return Material(seen.calendar, seen.now, seen.current, seen.previous, {}, seen.models, top)

    made = rules.composed(wish, of, [])

    assert len(made.model_dump_json(by_alias=True, ensure_ascii=True)) <= MOST_BYTES


def test_the_previous_period_has_its_own_calendar():
    period = Period(start=END - LENGTH, end=END)
    told = [a_run(END - LENGTH - timedelta(days=day, hours=1)) for day in range(5)]

    assert len(figures(period.before, told).course) == 5
    assert len(list(Calendar(period, material([]).calendar.zone).stretches())) == 92
