"""Exports as they are asked for and written, in process."""

from datetime import timedelta

from tests.support.steps import EXPORTS
from tests.support.tasks import Tasks
from watchbill.platform import clock


def drive_exports(tasks: Tasks) -> None:
    """Have an agent's runs exported, then those of all, and fetch what came of it; and fail to."""
    now = clock.to_text(clock.now() - timedelta(days=1))
    for narrowed in ({"agent": "worker"}, {}):
        wish = {"format": "csv", "from": now, **narrowed}
        answer = tasks.service.request("POST", EXPORTS, wish, key=tasks.key, headers={"Idempotency-Key": str(wish)})
        tasks.go_on()
        assert tasks.get(answer.json["href"])["files"]
    unknown = {"format": "csv", "from": now, "agent": "nobody"}
    tasks.service.request("POST", EXPORTS, unknown, key=tasks.key, headers={"Idempotency-Key": "unknown"})
