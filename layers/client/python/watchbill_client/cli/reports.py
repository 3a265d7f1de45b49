"""`watchbill report` and `watchbill reports`: make one, list them, show one again, save one as a page."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from watchbill_client.cli import formats
from watchbill_client.cli.output import Column
from watchbill_client.cli.session import Session, command
from watchbill_client.performance.answers import PerformanceReport

_STYLES = {"critical": "red", "warning": "yellow", "info": "dim"}
_TYPES = (
    "daily-summary, weekly-summary, monthly-summary, strand-performance, cost-analysis, quality-trends,"
    " user-satisfaction or bottleneck-analysis"
)

_Type = Annotated[str, typer.Argument(help=f"{_TYPES}.", show_default=False)]
_Html = Annotated[Path | None, typer.Option("--html", help="Also save it as a page of HTML.", dir_okay=False)]


def add_to(app: typer.Typer) -> None:
    """Add the commands to the root, where they stand without a group."""
    command(
        app,
        "report",
        examples=[
            "watchbill report daily-summary",
            "watchbill report cost-analysis --html costs.html",
            "watchbill report strand-performance --strand scout --from 2026-11-01T00:00:00Z",
        ],
    )(make)
    command(
        app,
        "reports",
        examples=[
            "watchbill reports",
            "watchbill reports --type daily-summary",
            "watchbill reports 01K9Z3… --html it.html",
        ],
    )(look)


def make(
    session: Session,
    type: _Type,
    html: _Html = None,
    strand: Annotated[str | None, typer.Option(help="Only this strand, by name or id.")] = None,
    user: Annotated[str | None, typer.Option(help="Only this user.")] = None,
    task_type: Annotated[str | None, typer.Option(help="Only this type of task.")] = None,
    begin: Annotated[str | None, typer.Option("--from", help="From when on, such as 2026-11-01T00:00:00Z.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="Until when; now unless given.")] = None,
) -> None:
    """Make a report and keep it: what a period was like, and how it differs from the one before."""
    filters = {"strandId": strand, "userId": user, "taskType": task_type, "startDate": begin, "endDate": end}
    _show(session, session.client.performance.report(type, filters), html)


def look(
    session: Session,
    report: Annotated[str | None, typer.Argument(help="The id of one to show.", show_default=False)] = None,
    html: _Html = None,
    type: Annotated[str | None, typer.Option("--type", help=f"Only of this type: {_TYPES}.")] = None,
    limit: Annotated[int, typer.Option(help="How many at most.", min=1, max=500)] = 20,
) -> None:
    """List the newest reports, or show one of them again."""
    if report is None:
        return _list(session, session.client.performance.reports(type, limit).items)
    return _show(session, session.client.performance.stored_report(report), html)


def _list(session: Session, reports: tuple[PerformanceReport, ...]) -> None:
    if session.output.as_json:
        return session.output.json([_document(report) for report in reports])
    if not reports:
        return session.output.say("No reports yet.")
    session.output.table(
        [Column("Id"), Column("Made"), Column("Report", fold=True), Column("Summary", fold=True)],
        [(one.id, formats.short_moment(one.generated_at), one.title, one.summary) for one in reports],
    )
    return None


def _show(session: Session, report: PerformanceReport, html: Path | None) -> None:
    if html is not None:
        html.write_text(session.client.performance.report_page(report.id), encoding="utf-8")
    if session.output.as_json:
        return session.output.json(_document(report))
    session.output.facts([("Report", report.title), ("Id", report.id), ("Summary", report.summary)])
    session.output.say("")
    session.output.table(
        [Column("Severity"), Column("Insight", fold=True)],
        [(_severity(insight.severity), insight.text) for insight in report.insights],
    )
    if report.recommendations:
        session.output.say("")
        advice = enumerate(report.recommendations, start=1)
        session.output.table(
            [Column("", right=True), Column("Recommendation", fold=True)],
            [(str(number), one.text) for number, one in advice],
        )
    if html is not None:
        session.output.say(f"\nSaved as {html}.")
    return None


def _severity(word: str | None) -> Text:
    return Text(word or formats.UNKNOWN, style=_STYLES.get(word or "", ""))


def _document(report: PerformanceReport) -> dict[str, object]:
    """A report in the API's own words, without what was not asked for."""
    return report.model_dump(mode="json", by_alias=True, exclude_unset=True)
