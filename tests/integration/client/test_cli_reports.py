"""`watchbill report` and `watchbill reports` with the service's own functions behind them."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tests.integration.client.deployment import Deployment
from watchbill_client import create_performance_tracker
from watchbill_client.cli.app import app

pytestmark = pytest.mark.usefixtures("deployment")


def watchbill(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), env={"COLUMNS": "100", "NO_COLOR": "1"})


def printed(*arguments: str) -> Any:
    result = watchbill(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture(autouse=True)
def _a_failure(deployment: Deployment) -> None:
    tracker = create_performance_tracker()
    for number in range(12):
        metrics = {"executionTime": 9_000, "successRate": 0, "cost": 0.25}
        tracker.track_performance("scout", "amara", number, "search", metrics)
    assert tracker.flush()
    deployment.service.settle()


def test_a_report_is_made_and_shown_with_what_follows_from_it() -> None:
    result = watchbill("report", "daily-summary")

    assert result.exit_code == 0, result.output
    said = " ".join(result.stdout.split())
    assert "Daily summary, " in said
    assert "critical 0.0% of the finished runs succeeded, less than the limit of 90.0%" in said
    assert "1 Read the errors of the 12 failed runs, beginning with 'scout'." in said


def test_a_report_is_saved_as_a_page(tmp_path: Path) -> None:
    page = tmp_path / "costs.html"

    result = watchbill("report", "cost-analysis", "--html", str(page))

    assert f"Saved as {page}." in result.stdout.replace("\n", "")
    assert page.read_text("utf-8").startswith("<!doctype html>")
    assert "$3.00" in page.read_text("utf-8")


def test_reports_are_listed_and_shown_again() -> None:
    made = [printed("report", one)["id"] for one in ("daily-summary", "cost-analysis")]

    listed = printed("reports")
    again = printed("reports", made[0])

    assert {report["id"] for report in listed} == set(made)
    assert [report["id"] for report in printed("reports", "--type", "cost-analysis")] == made[1:]
    assert "data" not in listed[0]
    assert again["data"]["figures"]["totalTasks"]["current"] == 12
    assert made[0] in watchbill("reports").stdout


def test_a_report_is_of_what_was_asked_for() -> None:
    report = printed(
        "report",
        "quality-trends",
        "--strand",
        "nobody",
        "--from",
        "2026-01-01T00:00:00Z",
        "--to",
        "2026-01-02T00:00:00Z",
    )

    assert report["filters"]["strandId"] == "nobody"
    assert report["period"] == {"start": "2026-01-01T00:00:00.000Z", "end": "2026-01-02T00:00:00.000Z"}


def test_a_type_that_is_none_is_refused_with_those_there_are() -> None:
    result = watchbill("report", "horoscope")

    assert result.exit_code == 1
    assert "a report is one of daily-summary, weekly-summary" in result.stderr


def test_without_reports_there_is_a_sentence() -> None:
    assert watchbill("reports").stdout == "No reports yet.\n"
