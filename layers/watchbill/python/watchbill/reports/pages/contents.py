"""Which kind of report has which contents."""

from collections.abc import Callable
from typing import Any

from watchbill.reports.data import BottleneckData, CostData, QualityData, SatisfactionData, StrandData, SummaryData
from watchbill.reports.models import Report
from watchbill.reports.pages import bottlenecks, costs, quality, satisfaction, strands, summary
from watchbill.reports.pages.parts import Contents
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
    return _CONTENTS[type(report.data)](report.data, Labels(report.time_zone, report.period))
