"""Alerts in plain words, as text and as HTML."""

import html
from pathlib import Path

import pytest

from tests.support.alerting import AN_ANOMALY, CRITICAL, NOW, REPORT, a_subscriber
from tests.unit.alerts.test_notices import BUDGET, DISABLED, FAILED, REVOKED
from tests.unit.reports.material import a_run, material
from watchbill.alerts import emails, notices
from watchbill.alerts.models import AlertChannel, Kind
from watchbill.reports import rules
from watchbill.reports.models import ReportFilters, ReportType
from watchbill.reports.pages import page
from watchbill.reports.rules import Wish

TEMPLATES = Path(emails.__file__).parent / "templates"
TO = a_subscriber(AlertChannel.EMAIL).subscription


def mail(event_type, detail):
    order = notices.order(notices.notice_of(event_type, detail), TO, NOW)
    return emails.written("demo", TO.target, order)


def test_a_critical_anomaly_says_what_happened_what_was_expected_and_what_to_do():
    written = mail("anomaly_critical", CRITICAL)

    assert (written.to, written.subject) == ("ops@example.com", "[Watchbill] Critical latency anomaly: ana")
    for form in (written.text, written.html):
        for said in (AN_ANOMALY["description"], "9.2 s, 2.0 s was expected", "+360%", *AN_ANOMALY["suggestedActions"]):
            assert said in form
    assert "Since: 15 June 2026, 11:00 UTC" in written.text


@pytest.mark.parametrize(
    ("event_type", "detail", "said"),
    [
        ("task_failed", FAILED, ["Busy", "later", "/api/tasks/t1/retry"]),
        ("budget_warned", BUDGET, ["8.41 of 10.00 USD", "/api/budgets/b1", "2026-03-11T00:00:00.000Z"]),
        ("oauth_error", REVOKED, ["invalid_grant", "/api/social/auth/twitter/initiate"]),
        ("budget_held", BUDGET, ["8.41 of 10.00 USD", "/api/budgets/b1", "Tasks under way go on"]),
    ],
)
def test_what_fails_or_costs_too_much_says_what_to_do(event_type, detail, said):
    written = mail(event_type, detail)

    for form in (written.text, html.unescape(written.html)):
        assert all(text in form for text in said)


def test_every_kind_can_be_written_as_a_mail():
    assert {path.stem for path in TEMPLATES.iterdir()} == {*Kind, "test", "page"}


def a_report():
    """A daily summary of a day on which everything failed."""
    failed = [a_run(status="failed", strand="<b>scout</b>") for _ in range(20)]
    drawn = material(failed)
    wish = Wish("report-1", ReportType.DAILY_SUMMARY, ReportFilters(), drawn.calendar.period, scheduled=True)
    return rules.composed(wish, lambda _: drawn, [])


def test_a_daily_summary_says_what_stands_out_and_has_its_page_beside_it():
    report = a_report()
    order = notices.order(notices.notice_of("report_generated", REPORT), TO, NOW)

    written = emails.written("demo", TO.target, order, report)

    assert written.subject == "[Watchbill] Daily summary of 14 June 2026"
    for form in (written.text, html.unescape(written.html)):
        assert REPORT["summary"] in form
        assert "/api/analytics/reports/report-1" in form
        for said in (*report.insights, *report.recommendations):
            assert said.text in form
    assert report.insights
    assert "<b>scout" not in written.html
    assert (written.page.file_name, written.page.html) == ("daily-summary-2026-03-09.html", page.html(report))


def test_a_daily_summary_whose_report_is_gone_says_its_figures():
    written = mail("report_generated", REPORT)

    for form in (written.text, html.unescape(written.html)):
        assert REPORT["summary"] in form
    assert written.page is None


def test_a_disabled_subscription_says_why_and_how_to_enable_it():
    written = mail("subscription_disabled", DISABLED | {"description": "On call"})

    for form in (written.text, written.html):
        assert "the endpoint answered 410 Gone" in form
        assert "On call" in form
        assert "/api/alerts/subscriptions/sub-1" in form


def test_a_test_says_that_it_is_one():
    written = emails.written("demo", TO.target, notices.trial("delivery-1", TO, NOW))

    assert "This is a test" in written.text
    assert "This is a test" in written.html


@pytest.mark.parametrize("field", ["description", "affectedComponent", "metric"])
def test_what_an_agent_is_called_is_text_and_no_markup(field):
    written = mail("anomaly_critical", {**CRITICAL, "anomaly": AN_ANOMALY | {field: "<img src=x onerror=alert(1)>"}})

    assert "<img" not in written.html
    assert "&lt;img" in written.html
    assert "<img" in written.text


@pytest.mark.parametrize(
    ("metric", "current", "shown"),
    [
        ("executionTime", 9_200.0, "Execution time: 9.2 s, 0 ms was expected"),
        ("cost", 0.0213, "Cost of a run: $0.0213, $0.00 was expected"),
        ("errorRate", 0.5, "Failures: 50.0%, 0.0% was expected"),
        ("qualityScore", 61.25, "Quality: 61.2, 0.0 was expected"),
        ("a metric of tomorrow", 12_345.0, "a metric of tomorrow: 12,345, 0 was expected"),
    ],
)
def test_a_figure_is_written_as_its_unit_is(metric, current, shown):
    anomaly = AN_ANOMALY | {"metric": metric, "currentValue": current, "expectedValue": 0}

    assert shown in [f"{name}: {value}" for name, value in emails.figures(anomaly)]
