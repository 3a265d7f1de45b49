"""Tasks on the page: the runner, and what failed for good."""

from infra.local.processes import wait_until
from tests.support.running_stack import COLD_SECONDS


def a_dead_letter(us):
    """A task that its worker said cannot be done."""
    us.prepare("puller", "1")
    us.call("PATCH", "/api/v1/agents/puller", {"runtime": {"kind": "pull"}}).raise_for_status()
    task = us.post("/api/tasks", {"agent_id": "puller", "task_type": "fold", "payload": {"paper": "<b>thin</b>"}})["id"]
    leased = []
    wish = {"agent_ids": ["puller"], "wait_seconds": 5}
    assert wait_until(lambda: leased.extend(us.post("/api/tasks/lease", wish)["tasks"]) or leased, COLD_SECONDS)
    error = {"type": "Torn", "message": "<script>alert(1)</script>", "retryable": False}
    us.post(f"/api/tasks/{task}/fail", {"lease_token": leased[0]["lease_token"], "error": error})
    return task


def test_the_runner_is_stopped_and_started(window, us):
    page = window.open("/dashboard/tasks")
    page.on("dialog", lambda dialog: dialog.accept())

    page.get_by_role("button", name="Stop the runner").click()
    window.finds("text=Nothing starts while the runner is stopped.")
    assert us.get("/api/agents/task-runner")["runner"]["status"] == "stopped"
    page.get_by_role("button", name="Start the runner").click()

    window.finds("role=button[name='Stop the runner']")
    assert us.get("/api/agents/task-runner")["runner"]["status"] == "running"


def test_a_dead_letter_says_why_and_is_sent_again(window, us):
    task = a_dead_letter(us)
    page = window.open("/dashboard/tasks/dead-letters")

    window.finds("td:has-text('<script>alert(1)</script>')")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Send the chosen ones again").click()

    window.finds("text=1 task was sent again.")
    assert us.get(f"/api/tasks/{task}")["status"] in ("pending", "queued", "processing")
