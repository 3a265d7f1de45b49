"""A report as one page of HTML: escaped, complete in itself, without scripts."""

import base64
import hashlib
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment

from watchbill.platform.templates import templates_of
from watchbill.reports import words
from watchbill.reports.models import Report
from watchbill.reports.pages.charts import NARROW, WIDE, drawn
from watchbill.reports.pages.contents import contents_of
from watchbill.reports.pages.parts import Chart


def html(report: Report) -> str:
    """The page."""
    numbers = iter(range(1, 1000))

    def draw(chart: Chart) -> tuple[str, str]:
        number = next(numbers)
        return drawn(chart, WIDE, number), drawn(chart, NARROW, number)

    page = _environment().get_template("report.html")
    return page.render(
        report=report,
        contents=contents_of(report),
        draw=draw,
        style=_style(),
        policy=_policy(),
        times=_Times(report),
        words=words,
    )


def response_headers() -> dict[str, str]:
    """What a page is sent with: nothing in it may run, load or be framed."""
    return {
        "Content-Security-Policy": f"{_policy()}; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Vary": "Accept",
    }


class _Times:
    """Instants as they are read where the organisation is."""

    def __init__(self, report: Report) -> None:
        from zoneinfo import ZoneInfo

        self._zone = ZoneInfo(report.time_zone)

    def __call__(self, at: Any) -> str:
        return words.moment(at.astimezone(self._zone))


@cache
def _environment() -> Environment:
    return templates_of("watchbill.reports", "pages")


@cache
def _style() -> str:
    return (resources.files("watchbill.reports.pages") / "report.css").read_text("utf-8")


@cache
def _policy() -> str:
    """The Content-Security-Policy: our own style sheet, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
