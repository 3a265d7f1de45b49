"""Each function does on the table what it is allowed to, no less and no more: nothing is refused on AWS.

Every route and consumer is driven while the operations that really leave the process are recorded.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from infra.functions import FUNCTIONS
from tests.support.agent_hours import AGENT, FAULT, at, dear, hours, recent
from tests.support.channels import received
from tests.support.deliveries import delivered_to
from tests.support.local_table import Stream
from tests.support.routes import ROUTES
from tests.support.service import Service
from tests.support.steps import RUNS, a_run, get, post_run, prepare
from tests.support.watched import Watched
from watchbill.platform import aws
from watchbill.platform.clock import frozen_at
from watchbill.platform.queue import Queue
from watchbill.platform.table import Table

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
PERMISSIONS = {
    # A transaction needs the permission of each action in it, and has none of its own.
    "TransactWriteItems": {
        "Put": "PutItem",
        "Update": "UpdateItem",
        "Delete": "DeleteItem",
        "ConditionCheck": "ConditionCheckItem",
    }
}


@dataclass
class WatchedService(Service):
    """A deployment in process that remembers what each function asked of AWS."""

    used: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    running: str = ""

    def __post_init__(self):
        aws.dynamodb().meta.events.register("provide-client-params.dynamodb", self._dynamodb)
        aws.events().meta.events.register("provide-client-params.events", self._events)

    def invoke(self, function, event):
        self.running = function
        return super().invoke(function, event)

    def _dynamodb(self, params, model, **_):
        if model.name == "TransactWriteItems":
            actions = {action for item in params["TransactItems"] for action in item}
            self.used[self.running] |= {PERMISSIONS[model.name][action] for action in actions}
        else:
            self.used[self.running].add(model.name)

    def _events(self, model, **_):
        self.used[self.running].add(model.name)


def drive(service):
    """Use everything there is, also where things go wrong."""
    key = service.organisation("demo")
    service.organisation("demo")
    written = Stream()
    prepare(service, key)
    run = post_run(service, key, id=1)["run_id"]
    for repeated in (a_run(id=1), a_run(id=1, status="failed"), a_run(id=1, cost=1), {"runs": [a_run(), a_run()]}):
        service.request("POST", RUNS, repeated, key=key)
    for minute in range(5):
        with frozen_at(NOON + timedelta(minutes=minute)):
            service.settle()
            for route in (route for route in ROUTES if route.method != "DELETE"):
                send_all_ways(service, key, route, run)
    drive_checks(service, service.organisation("watched"))
    key_id = get(service, key, "/api/keys")["items"][0]["id"]
    service.request("DELETE", f"/api/keys/{key_id}", key=key)
    service.invoke("outbox", {"Records": delivered_to("outbox", written.records())})
    service.request("GET", "/api/docs", key=None)


def drive_checks(service, key):
    """Have an agent checked that had a fault, and ask for it."""
    service.running = "nobody"
    found = Watched(Table("watched"))
    found.register()
    found.count(recent(hours(FAULT + 12, dear)))
    with frozen_at(at(FAULT + 12)):
        service.invoke("anomaly_check", {})
        while (event := received(Queue.CHECKS))["Records"]:
            service.invoke("check_worker", event)
        assert get(service, key, f"/api/analytics/anomalies?strandId={AGENT}")


def send_all_ways(service, key, route, run):
    """Plainly, twice under one Idempotency-Key, to something that is not there, and malformed."""
    repeat = {"Idempotency-Key": f"repeat {route}"}
    service.request(route.method, route.address(run_id=run), route.body, key=key)
    service.request(route.method, route.address(run_id=run, name="other"), route.body, key=key, headers=repeat)
    service.request(route.method, route.address(run_id=run, name="other"), route.body, key=key, headers=repeat)
    elsewhere = {"agent_id": "nobody", "run_id": "none", "name": "register"}
    service.request(route.method, route.address(**elsewhere), route.body, key=key, headers={"Idempotency-Key": "no"})
    if route.lists:
        page = service.request("GET", f"{route.address()}?limit=1", key=key)
        if page.next_address:
            service.request("GET", page.next_address, key=key)


def test_every_function_is_granted_what_it_uses_and_no_more(channels):
    service = WatchedService()
    drive(service)

    granted = {
        declared.name: set(declared.table) | ({"PutEvents"} if declared.puts_events else set())
        for declared in FUNCTIONS
    }
    assert {function: service.used[function] for function in granted} == granted
