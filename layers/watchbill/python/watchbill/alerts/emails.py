"""Alerts as e-mail: plain words as text and as HTML, from templates that escape what is put into them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from watchbill.alerts.models import Attempt, Ending, Kind, Order, Outcome
from watchbill.platform import clock, mail
from watchbill.platform.errors import NotFound
from watchbill.platform.mail import Mail, MailBusy, MailRefused, Page
from watchbill.reports import words
from watchbill.reports.models import Report

if TYPE_CHECKING:
    from jinja2 import Environment

_METRICS = {
    "executionTime": ("Execution time", words.duration),
    "cost": ("Cost of a run", words.money),
    "errorRate": ("Failures", words.rate),
    "qualityScore": ("Quality", words.score),
    "activeHours": ("Active hours", words.score),
    "runsPerHour": ("Runs in an hour", words.score),
}

ReportOf = Callable[[str], Report]
"""A report by its id. Raises NotFound."""


def send(organisation: str, target: str, order: Order, report_of: ReportOf) -> Outcome:
    """Send an order to an address."""
    now, began = clock.now(), clock.ticks()
    outcome = Outcome(Attempt(at=now, duration_ms=0), delivered=True)
    try:
        mail.send(
            written(organisation, target, order, _report(order, report_of)),
            {"organisation": organisation, "kind": order.kind},
        )
    except MailRefused as error:
        outcome = Outcome(Attempt(at=now, duration_ms=0, error=str(error)), ending=Ending.REJECTED)
    except MailBusy as error:
        outcome = Outcome(Attempt(at=now, duration_ms=0, error=str(error)))
    taken = round((clock.ticks() - began) * 1000)
    return replace(outcome, attempt=outcome.attempt.model_copy(update={"duration_ms": taken}))


def written(organisation: str, target: str, order: Order, report: Report | None = None) -> Mail:
    """An order as a message to an address; what a report found is in it, and its page beside it."""
    values = {"subject": order.subject, "organisation": organisation, "data": order.payload["data"], "figures": figures}
    text, html = (
        _templates().get_template(f"{order.kind}.{form}").render(values, report=report) for form in ("txt", "html")
    )
    return Mail(target, f"[Watchbill] {order.subject}", text, html, _page(report) if report else None)


def figures(anomaly: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What an anomaly's message says in figures: names and values."""
    name, shown = _METRICS.get(anomaly["metric"], (anomaly["metric"], words.large))
    yield "Agent", str(anomaly["affectedComponent"])
    if anomaly.get("taskType"):
        yield "Task type", str(anomaly["taskType"])
    yield name, f"{shown(anomaly['currentValue'])}, {shown(anomaly['expectedValue'])} was expected"
    yield "Departure", f"{anomaly['deviation']:+,.0f}%"
    yield "Since", f"{clock.from_text(anomaly['windowStart']):%-d %B %Y, %H:%M} UTC"


def _report(order: Order, report_of: ReportOf) -> Report | None:
    """The report that a message is about; None when there is none, or no longer."""
    if order.kind != Kind.DAILY_SUMMARY:
        return None
    try:
        return report_of(order.payload["data"]["reportId"])
    except NotFound:
        return None


def _page(report: Report) -> Page:
    # Imported at first use, as the templates are.
    from watchbill.reports.pages.page import html

    return Page(f"{report.type}-{report.period.start:%Y-%m-%d}.html", html(report))


@cache
def _templates() -> "Environment":
    # Imported at first use: it would cost the cold start of every function that writes no mail.
    from watchbill.platform.templates import templates_of

    return templates_of("watchbill.alerts")
