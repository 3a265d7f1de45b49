"""Which kind of report has which contents."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from watchbill.reports.data import BottleneckData, CostData, QualityData, SatisfactionData, StrandData, SummaryData
from watchbill.reports.models import Report
from watchbill.reports.pages import bottlenecks, costs, quality, satisfaction, strands, summary
from watchbill.reports.pages.parts import Contents, Section
from watchbill.reports.pages.stretches import Labels

_CONTENTS: dict[type, Callable[[Any, Labels], Contents]] = {
    SummaryData: summary.contents,
    StrandData: strands.contents,
    CostData: costs.contents,
    QualityData: quality.contents,
    SatisfactionData: satisfaction.contents,
    BottleneckData: bottlenecks.contents,
}


def contents_of(report: Report) -> Contents:
    """The cards and sections of a report."""
    contents = _CONTENTS[type(report.data)](report.data, Labels(report.time_zone, report.period))
    return replace(contents, sections=[section for each in contents.sections if (section := _filled(each))])


def _filled(section: Section) -> Section | None:
    """A section without charts and tables in which there is nothing; None when nothing is left."""
    charts = [chart for chart in section.charts if any(value for each in chart.series for value in each.values)]
    tables = [table for table in section.tables if table.rows]
    if not charts and not tables:
        return None
    return replace(section, charts=charts, tables=tables)
