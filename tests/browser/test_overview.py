"""The first page, as its user meets it."""

from infra.local.processes import wait_until
from tests.support.running_stack import COLD_SECONDS


def a_run(strand="my-agent", cost=0.25):
    told = {"successRate": 1, "executionTime": 1_200, "cost": cost}
    return {"strandId": strand, "userId": "me", "taskId": "1", "taskType": "hello", "metrics": told}


def test_a_first_visit_shows_what_to_do_and_the_first_run_changes_it(window):
    window.finds("text=Send your first run")
    assert window.faults() == []

    window.us.post("/api/analytics/performance", a_run())
    assert wait_until(lambda: window.us.get("/api/v1/ui/recent_activity"), COLD_SECONDS)
    window.open("/dashboard")

    window.finds(".activity >> text=my-agent")
    assert window.page.locator(".drawing canvas").count() == 4
    assert window.faults() == []
