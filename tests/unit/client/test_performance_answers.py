"""The client has a name for everything the service's performance routes answer, and the service answers all of it."""

import pytest
from pydantic import BaseModel

import watchbill_client as client
from watchbill.anomalies import models as anomalies
from watchbill.health import models as health
from watchbill.performance import models as performance
from watchbill.reports import models as reports

PAIRS: list[tuple[type[BaseModel], type[BaseModel]]] = [
    (performance.Snapshot, client.PerformanceSnapshot),
    (performance.SnapshotMetrics, client.PerformanceMetrics),
    (performance.StrandMetrics, client.StrandMetrics),
    (performance.PerformanceAnalytics, client.PerformanceAnalytics),
    (performance.SeriesPoint, client.TimePoint),
    (anomalies.Anomaly, client.Anomaly),
    (health.StrandHealth, client.StrandHealth),
    (health.Dashboard, client.PerformanceDashboard),
    (health.DashboardSummary, client.DashboardSummary),
    (health.DashboardStrand, client.DashboardStrand),
    (reports.Report, client.PerformanceReport),
    (reports.Period, client.Period),
    (reports.Insight, client.Insight),
    (reports.Recommendation, client.Recommendation),
]


def names(model: type[BaseModel]) -> set[str]:
    """The names of a model's fields on the wire."""
    return {field.serialization_alias or field.alias or name for name, field in model.model_fields.items()}


def test_rows_and_splits_that_the_service_could_not_make_hold_nobody() -> None:
    assert client.PerformanceDashboard.model_validate({"strands": None}).strands == ()
    assert client.PerformanceAnalytics.model_validate({"byStrand": None}).by_strand == {}


@pytest.mark.parametrize(("told", "read"), PAIRS, ids=lambda model: model.__name__)
def test_what_the_service_tells_is_what_the_client_reads(told: type[BaseModel], read: type[BaseModel]) -> None:
    assert names(read) == names(told)
