"""API: reports."""

from typing import Annotated, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Header, Query

from watchbill.platform.access import Scope
from watchbill.platform.http import Api, Cursor, Limit, PathName, idempotent, requires
from watchbill.reports.models import KnownType, Report, ReportList, ReportRequest
from watchbill.reports.rules import wants_page
from watchbill.serving import api_handler, services

app = Api("reports")

Format = Annotated[Literal["json", "html"] | None, Query(description="As what; else the Accept header decides.")]


# A report holds nothing that its maker may not read, and changes nothing of what it is about: reading is enough.
@app.post("/api/analytics/reports", status_code=201, middlewares=[requires(Scope.READ), idempotent()])
def generate_report(body: ReportRequest) -> Report:
    """Make a report and keep it."""
    return services(app.principal).reports.generate(body)


@app.get("/api/analytics/reports", middlewares=[requires(Scope.READ)])
def list_reports(
    type: Annotated[KnownType | None, Query(description="Only reports of this type.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ReportList:
    """The reports without their contents, newest first."""
    return services(app.principal).reports.reports(type, limit, cursor)


@app.get("/api/analytics/reports/<report_id>", middlewares=[requires(Scope.READ)])
def get_report(
    report_id: PathName, format: Format = None, accept: Annotated[str, Header()] = ""
) -> Response[Report | str]:
    """One report, as JSON or as a page of HTML."""
    report = services(app.principal).reports.report(report_id)
    as_page = wants_page(format, accept)
    if as_page:
        from watchbill.reports.pages.page import html, response_headers  # whoever asks for JSON does not wait for it

        return Response(200, "text/html; charset=utf-8", html(report), headers=response_headers())
    return Response(200, "application/json", report, headers={"Vary": "Accept"})


lambda_handler = api_handler(app)
