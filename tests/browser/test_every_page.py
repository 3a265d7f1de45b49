"""Every page with a month of the demo's runs: nothing goes wrong, nobody is kept out, and it fits a small screen."""

from datetime import UTC, datetime

import pytest

from examples.demo.send import send
from examples.demo.story import Story
from infra.local.processes import wait_until
from tests.support.running_stack import COLD_SECONDS
from watchbill_client import Watchbill

AGENT = "support-triage"
RUNS = 1_500
PAGES = (
    "",
    "?range=30d",
    "/agents?range=30d",
    f"/agents/{AGENT}?range=30d",
    f"/agents/{AGENT}/runs",
    "/tasks",
    "/tasks/new",
    "/tasks/dead-letters",
    "/streams",
    "/campaigns",
    "/calendar",
    "/chat",
    "/accounts",
    "/audit",
    "/anomalies",
    "/reports",
    "/budgets",
    "/keys",
    "/audit",
    "/settings",
)


@pytest.fixture(scope="module")
def window(open_window, caller):
    us = caller("a-month-of-seven-agents")
    with Watchbill(us.url, us.key) as watchbill:
        sent = send(watchbill, list(Story(datetime.now(UTC), runs=RUNS).chapters()), lambda *_: None)
    counted = lambda: sum(row["totalRuns"] for row in us.get("/api/v1/ui/agent_versions"))  # noqa: E731
    assert wait_until(lambda: counted() == sent.runs, COLD_SECONDS)
    with open_window(us) as opened:
        yield opened


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_there_for_everybody(window, path):
    page = window.page
    page.set_viewport_size({"width": 1600, "height": 1000})

    answer = page.goto(f"/dashboard{path}")

    assert answer.status == 200
    assert window.faults() == []
    assert page.locator("h1").count() == 1
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_run_is_found_by_filters_that_are_in_the_address(window):
    page = window.open(f"/dashboard/agents/{AGENT}/runs")

    page.get_by_label("Status").select_option("failed")
    page.wait_for_url("**/runs?*status=failed*")
    window.finds("tbody .badge.failed")
    assert page.locator("tbody .badge").all_inner_texts() == ["failed"] * page.locator("tbody .badge").count()
    page.locator("tbody a").first.click()

    page.wait_for_url("**/dashboard/runs/*")
    window.finds("h1")
    assert window.faults() == []


def test_a_report_is_made_and_read(window):
    page = window.open("/dashboard/reports")

    page.get_by_role("button", name="Make the report").click()

    window.finds("h1:has-text('Daily summary')")
    assert window.faults() == []
    window.open("/dashboard/reports")
    window.finds("main table a, main li a")


def test_pages_are_readable_in_the_dark(window):
    window.page.emulate_media(color_scheme="dark")

    for path in ("", "/tasks", "/settings", f"/agents/{AGENT}"):
        window.open(f"/dashboard{path}")
        assert window.faults() == []
    window.page.emulate_media(color_scheme="light")
