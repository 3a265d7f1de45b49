"""Reports: those there are, making one, reading one, and having the daily one sent."""

from datetime import date
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from pydantic import Field

from watchbill.alerts.models import AlertChannel, Kind
from watchbill.dashboard.forms import days
from watchbill.dashboard.routing import Pages
from watchbill.dashboard.visits import HTML, Answer, Visit
from watchbill.platform.access import Scope
from watchbill.platform.wire import Model, PageQuery
from watchbill.reports.models import KnownType, ReportList, ReportRequest, ReportType

pages = Pages()
_Reference = Annotated[str, Field(max_length=200)] | None


class ReportsAsked(PageQuery):
    """Which reports are listed."""

    type: KnownType | None = None


class _Wish(Model):
    """The form of a new report; the days are those of the organisation, the last one included."""

    type: KnownType
    first: date | None = None
    last: date | None = None
    strand: _Reference = None
    user: _Reference = None
    task_type: _Reference = None


@pages.get("/reports")
def reports(visit: Visit) -> Answer:
    """The reports, and what can be done: make one, have the daily one sent."""
    use = visit.services
    subscriptions = use.alerts.subscriptions().items if visit.may(Scope.ADMIN) else ()
    return visit.page(
        "reports.html",
        reports=_listed(visit),
        types=list(ReportType),
        asked=visit.asked(ReportsAsked),
        subscriptions=[one for one in subscriptions if Kind.DAILY_SUMMARY in one.kinds],
        channels=list(AlertChannel),
        hour=use.configuration.effective().report_hour,
        zone=use.identity.organisation().time_zone,
    )


@pages.get("/parts/reports")
def listed(visit: Visit) -> Answer:
    """The reports alone."""
    return visit.page("parts/reports.html", reports=_listed(visit))


@pages.post("/reports", Scope.READ, action="reports.generate_report")
def generate(visit: Visit) -> Answer:
    """The new report."""
    wish, use = visit.form(_Wish), visit.services
    start, end = days(wish.first, wish.last, use.identity.organisation().zone)
    filters = {
        "strand_id": wish.strand,
        "user_id": wish.user,
        "task_type": wish.task_type,
        "start_date": start,
        "end_date": end,
    }
    request = visit.checked(ReportRequest, {"report_type": wish.type, "filters": filters})
    return visit.go(f"/dashboard/reports/{use.reports.generate(request).id}", "The report is made.")


@pages.get("/reports/<report_id>")
def report(visit: Visit, report_id: str) -> Answer:
    """What a report says, in words; its own page has it whole."""
    return visit.page("report.html", report=visit.services.reports.report(report_id))


@pages.get("/reports/<report_id>/whole")
def whole(visit: Visit, report_id: str) -> Answer:
    """The report's own page, which brings its own policy."""
    from watchbill.reports.pages.page import html, response_headers  # it draws: only who asks for it waits for that

    return Response(200, HTML, html(visit.services.reports.report(report_id)), headers=response_headers())


def _listed(visit: Visit) -> ReportList:
    asked = visit.asked(ReportsAsked)
    return visit.services.reports.reports(asked.type, asked.limit, asked.cursor)
