"""The first page of the web page."""

import pytest

from tests.support.pages import words_of

HOSTILE = "<img src=x onerror=alert(1)>"


def record(service, key, strand="my-agent", success=1, **metrics):
    told = {"successRate": success, "executionTime": 1_200, "cost": 0.25, **metrics}
    body = {"strandId": strand, "userId": "me", "taskId": "1", "taskType": "hello", "metrics": told}
    assert service.request("POST", "/api/analytics/performance", body, key=key).status == 201
    service.settle()


def test_a_first_visit_shows_how_to_send_a_run(visitor):
    shown = visitor.get("/dashboard")

    assert "Send your first run" in shown.words
    assert "OTEL_EXPORTER_OTLP_ENDPOINT" in shown.words
    assert "No agent has worked in the last 24 hours" in visitor.get("/dashboard/parts/health").words


def test_figures_health_and_activity_are_those_of_the_runs(service, key, visitor):
    record(service, key)
    record(service, key, success=0, cost=0.5)

    shown = visitor.get("/dashboard")

    assert "Send your first run" not in shown.words
    assert "my-agent completed run" in shown.words
    (row,) = visitor.get("/dashboard/parts/health").all("//tbody/tr")
    assert words_of(row) == "my-agent critical 2 50.0% 1.2 s 1.2 s $0.75"
    titles = [chart.text for chart in shown.all("//figcaption")]
    assert titles == ["Runs", "Cost", "Duration", "Success rate"]
    (cost,) = shown.all("//figure[figcaption='Cost']//tbody/tr/td")
    assert cost.text == "$0.75"


@pytest.mark.parametrize(("asked", "status"), [("7d", 200), ("30d", 200), ("1y", 400), (HOSTILE, 400)])
def test_the_range_is_in_the_address(visitor, asked, status):
    shown = visitor.get(f"/dashboard?range={asked}")

    assert shown.status == status
    if status == 200:
        assert shown.all("//nav[@class='ranges']/a[@aria-current]/text()") == [asked]


def test_what_changes_can_be_had_alone(service, key, visitor):
    record(service, key)

    shown = visitor.get("/dashboard/parts/activity", **{"hx-request": "true"})

    assert "my-agent completed run" in shown.words
    assert "<html" not in shown.text


def test_a_name_that_looks_like_html_is_shown_as_it_is(service, key, visitor):
    record(service, key, strand=HOSTILE.replace("/", ""))

    shown = visitor.get("/dashboard")

    assert HOSTILE in shown.words
    assert not shown.all("//img")
