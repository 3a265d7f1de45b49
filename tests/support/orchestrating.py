"""What has agents work together as far as their functions go, for tests of what those may do."""

from tests.support.tasks import Tasks


def drive_orchestrations(tasks: Tasks) -> None:
    """Have agents work together, one of them registered for that, until what came of them is said; and fail to."""
    unknown, once = {"agents": ["nobody"]}, {"Idempotency-Key": "unknown"}
    tasks.service.request("POST", "/api/admin/orchestrate", unknown, key=tasks.key, headers=once)
    wish = {"agents": ["first", {"agent": "second", "after": ["first"]}, "trend-agent"]}
    begun = tasks.post("/api/admin/orchestrate", wish)["orchestrationId"]
    tasks.go_on()
    assert tasks.get(f"/api/admin/orchestrations/{begun}")["agents"][1]["status"] == "completed"
    assert tasks.get("/api/admin/orchestrations")["items"]
