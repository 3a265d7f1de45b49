"""Each function does on the table what it is allowed to, no less and no more: nothing is refused on AWS.

Every route and consumer is driven while the operations that really leave the process are recorded.
"""

from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from infra.functions import FUNCTIONS
from tests.support.agent_hours import AGENT, FAULT, at, dear, hours, recent
from tests.support.alert_steps import drive_alerts
from tests.support.bus import work
from tests.support.calendars import drive_calendar, drive_moments
from tests.support.channels import received
from tests.support.connecting import drive_social
from tests.support.conversing import drive_sessions
from tests.support.deliveries import delivered_to
from tests.support.exporting import drive_exports
from tests.support.local_table import Stream
from tests.support.measuring import drive_metrics
from tests.support.orchestrating import drive_orchestrations
from tests.support.routes import ROUTES
from tests.support.service import Service
from tests.support.steps import (
    A_BUDGET,
    AN_ASSIGNMENT,
    AN_EXPERIMENT,
    BUDGETS,
    CAMPAIGNS,
    COMPANIES,
    EXPERIMENTS,
    REPORTS,
    RUNS,
    a_budget,
    a_campaign,
    a_document,
    a_price,
    a_run,
    a_stream,
    an_item,
    announce,
    get,
    make_runnable,
    post_run,
    prepare,
    register,
    report,
    staff,
    subscribe,
)
from tests.support.tasks import dead_letter, tasks_of
from tests.support.tracing import send_telemetry
from tests.support.visiting import drive_page
from tests.support.watched import Watched, an_anomaly
from watchbill import services
from watchbill.platform import aws, clock, queue, settings
from watchbill.platform.clock import frozen_at
from watchbill.platform.functions import Invoked
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
        for client in (aws.events(), aws.s3(), aws.scheduler(), aws.sqs(), aws.sns(), aws.ses(), aws.kms(), aws.ssm()):
            client.meta.events.register("provide-client-params", self._others)

    def invoke(self, function, event):
        if function not in self.used:
            services.forget()  # it begins in a process of its own, which has read nothing yet
        self.running = function
        return super().invoke(function, event)

    def _dynamodb(self, params, model, **_):
        if model.name == "TransactWriteItems":
            actions = {action for item in params["TransactItems"] for action in item}
            self.used[self.running] |= {PERMISSIONS[model.name][action] for action in actions}
        else:
            self.used[self.running].add(model.name)

    def _others(self, model, **_):
        self.used[self.running].add(model.name)


def drive(service, monkeypatch):
    """Use everything there is, also where things go wrong."""
    key = service.organisation("demo")
    service.organisation("demo")
    written = Stream()
    prepare(service, key)
    make_runnable(service, key)
    stream_id = a_stream(service, key)
    staff(service, key, stream_id)
    service.running = "nobody"
    known = {
        "anomaly_id": an_anomaly("demo"),
        "stream_id": stream_id,
        "item_id": an_item(service, key, stream_id)["id"],
        "experiment_id": experiment(service, key),
        "run_id": post_run(service, key, id=1)["run_id"],
        "subscription_id": subscribe(service, key, target="http://127.0.0.1:9/known")["id"],
        "budget_id": a_budget(service, key, subject="known")["id"],
        "override_id": a_price(service, key, model="known")["id"],
        "report_id": report(service, key),
        "campaign_id": a_campaign(service, key),
        "document_id": a_document(service, key),
    }
    for repeated in (a_run(id=1), a_run(id=1, status="failed"), a_run(id=1, cost=1), {"runs": [a_run(), a_run()]}):
        service.request("POST", RUNS, repeated, key=key)
    for minute in range(2):
        with frozen_at(NOON + timedelta(minutes=minute)):
            service.settle()
            for route in (route for route in ROUTES if route.method != "DELETE"):
                send_all_ways(service, key, route, known)
    drive_checks(service, service.organisation("watched"))
    drive_alerts(service, key)
    drive_reports(service, key)
    drive_metrics(service, key)
    drive_budgets(service, key, known["budget_id"])
    service.request("DELETE", f"/api/documents/{known['document_id']}", key=key)
    get(service, key, "/api/audit")
    send_telemetry(traced := tasks_of(service, service.organisation("traced"), monkeypatch))
    service.running = "dashboard"
    drive_page(key, known, traced.key)
    tasks = tasks_of(service, service.organisation("tasked"), monkeypatch)
    drive_tasks(tasks)
    for drive in (drive_exports, drive_workflow, drive_schedules, drive_moments, drive_orchestrations):
        drive(tasks)
    service.request("DELETE", f"/api/streams/{stream_id}/agents/{AN_ASSIGNMENT['agent_id']}", key=key)
    drive_campaigns(service, key)
    drive_calendar(service, key)
    service.request("DELETE", f"/api/streams/{stream_id}/items/{known['item_id']}", key=key)
    drive_campaign_runs(tasks_of(service, service.organisation("campaigning"), monkeypatch))
    drive_companies(tasks_of(service, service.organisation("trading"), monkeypatch))
    drive_sessions(service, monkeypatch)
    drive_social(service)
    removed = a_stream(service, key)
    an_item(service, key, removed)
    service.request("DELETE", f"/api/streams/{removed}", key=key)
    service.request("DELETE", f"/api/keys/{get(service, key, '/api/keys')['items'][0]['id']}", key=key)
    service.invoke("outbox", {"Records": delivered_to("outbox", written.records())})
    work(service, "stream_worker", Queue.STREAMS)
    service.request("GET", "/api/docs", key=None)


def experiment(service, key):
    """Have two experiments that were stopped, one of them asked for twice, and room for another; an id."""
    announce(service, key, version=AN_EXPERIMENT["versions"][1]["version"])
    for header in ({"Idempotency-Key": "once"}, {}):
        begun = service.request("POST", EXPERIMENTS, AN_EXPERIMENT, key=key, headers=header).json["id"]
        service.request("POST", f"{EXPERIMENTS}/{begun}/stop", {}, key=key)
    return begun


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


def drive_tasks(tasks):
    """Have tasks done, tried again, called off and sent again, one later, and one whose message got lost."""
    tasks.agent.answers = [Invoked({"errorMessage": "not now"}, "Unhandled")]
    tasks.make()
    with frozen_at(clock.now() - timedelta(hours=1)):
        tasks.make()
        tasks._stream()
        work(tasks.service, "dispatcher", Queue.DISPATCH)
        tasks.service.stream.records()
    tasks.make(scheduled_for=clock.to_text(clock.now() + timedelta(minutes=5)))
    tasks.go_on()
    with frozen_at(clock.now() + timedelta(minutes=10)):
        tasks.service.invoke("due", {})
        tasks.go_on()
    tasks.agent.answers = [Invoked({"error": {"type": "BadInput", "message": "m", "retryable": False}})]
    tasks.make()
    tasks.go_on()
    tasks.post("/api/tasks/dead-letters/redrive")
    put_aside(tasks)
    tasks.set(is_active=False)
    made = tasks.make()
    for step in ("cancel", "retry"):
        tasks.post(f"/api/tasks/{made['id']}/{step}")
    tasks.get("/api/tasks?status=completed")
    drive_leases(tasks)


def put_aside(tasks):
    """Have a task's message put aside by its queue twice, while another task waits for it."""
    lost = tasks.make()["id"]
    tasks.make(depends_on=[lost])
    tasks.start_only()
    for _ in range(2):
        tasks.service.invoke("dead_letters", dead_letter(lost, "tasked"))


def drive_leases(tasks):
    """Have tasks leased, given back, failed, and one whose worker died, before a queue has told of another change."""
    tasks.set(is_active=True, runtime={"kind": "pull"})
    tasks.make()
    for step, more in (("release", {}), ("fail", {"error": {"type": "Busy", "message": "m"}}), ("complete", {})):
        with frozen_at(clock.now() + timedelta(minutes=1)):
            (leased, *_) = tasks.post("/api/tasks/lease", {"agent_ids": ["worker"]})["tasks"]
            token = {"lease_token": leased["lease_token"]}
            tasks.post(f"/api/tasks/{leased['id']}/heartbeat", token)
            tasks.post(f"/api/tasks/{leased['id']}/{step}", token | more)
    tasks.make()
    tasks.post("/api/tasks/lease", {"lease_seconds": 5})
    with frozen_at(clock.now() + timedelta(hours=1)):
        tasks.service.invoke("due", {})
        tasks.go_on()


def drive_companies(tasks):
    """Have companies imported, found to be one, and removed."""
    named = {"name": "Ada", "website": "ada.example"}, {"name": "Ada", "registration_number": "1"}
    for rows in (named, [named[0] | named[1]]):
        tasks.service.request("POST", COMPANIES + "/imports", {"companies": list(rows)}, key=tasks.key)
        tasks.go_on()
        tasks.get(f"{COMPANIES}?limit=1")
    drive_prospecting(tasks)
    none = {"raw": "name", "headers": {"Content-Type": "text/csv", "Idempotency-Key": "none"}}
    tasks.service.request("POST", COMPANIES + "/imports", key=tasks.key, **none)
    (found,) = tasks.get(COMPANIES)["items"]
    tasks.service.request("DELETE", f"{COMPANIES}/{found['id']}", key=tasks.key)


def drive_workflow(tasks):
    """Have an agent start behind another, and again by the clock."""
    for name in ("first", "second"):
        register(tasks.service, tasks.key, name)
        make_runnable(tasks.service, tasks.key, name)
    agents = f"/api/streams/{a_stream(tasks.service, tasks.key)}/agents"
    daily = {"agent_id": "second", "auto_execute": True, "execution_frequency": "daily"}
    tasks.post(agents, {"assignments": [{"agent_id": "first"}, daily | {"depends_on_agent_ids": ["first"]}]})
    tasks.post(f"{agents}/first/execute")
    tasks.go_on()
    with frozen_at(clock.now() + timedelta(days=1)):
        tasks.service.invoke("due", {})
        tasks.go_on()
    assert len(tasks.get("/api/executions?agent_id=second")["items"]) == 2


class Dead(BaseException):
    """A worker's process is gone."""


def dies():
    """An agent that takes its worker's process along."""
    raise Dead


def drive_campaign_runs(tasks):
    """Have an agent run for campaigns: one made for it, one it is linked to, one whose worker died; and stopped."""
    running = "/api/agents/campaign/worker"
    tasks.post(f"{running}/run?wait=1", {"config": {}, "tokenUsage": {"input": 1, "output": 1, "model": "gpt-4"}})
    with frozen_at(clock.now() - timedelta(hours=2)):
        tasks.agent.answers = [dies]
        given = {"campaignId": a_campaign(tasks.service, tasks.key)}
        tasks.service.request("POST", f"{running}/run?wait=0", given, key=tasks.key)
        with suppress(Dead):
            tasks.go_on()
    again = {"Idempotency-Key": "again"}
    tasks.service.request("POST", f"{running}/run?wait=0", {}, key=tasks.key, headers=again)
    tasks.post(f"{running}/stop")
    tasks.get(running)
    tasks.get(f"{running}/campaigns")


def drive_campaigns(service, key):
    """Have a campaign linked to an agent twice, found by it, changed, and removed."""
    campaign = f"{CAMPAIGNS}/{a_campaign(service, key)}"
    for _ in range(2):
        service.request("PUT", f"{campaign}/agents/my-agent", key=key)
    assert get(service, key, f"{CAMPAIGNS}?agentId=my-agent")["items"]
    service.request("PATCH", campaign, {"status": "PAUSED"}, key=key)
    service.request("DELETE", f"{campaign}/agents/my-agent", key=key)
    service.request("DELETE", campaign, key=key)


def drive_prospecting(tasks):
    """Have a stream's companies found by our own agents."""
    stream_id = a_stream(tasks.service, tasks.key, target_metrics={})
    tasks.set(runtime={"kind": "builtin"}, agent_type="opportunity_bot")
    tasks.make(payload={"stream_id": stream_id})
    tasks.go_on()


def drive_schedules(tasks):
    """Have an agent's schedule kept, found again by the daily check, fire twice, and taken away."""
    tasks.set(is_active=True, schedule_cron="* * * * *")
    tasks.go_on()
    tasks.service.invoke("schedule_check", {})
    agent_id = tasks.get("/api/v1/agents/worker")["id"]
    for _ in range(2):
        tasks.service.running = "nobody"
        firing = {"organisation": "tasked", "agent": agent_id, "at": clock.to_text(clock.now())}
        queue.send(Queue.FIRINGS, [firing])
        tasks.go_on()
    tasks.set(schedule_cron=None)
    tasks.go_on()


def drive_reports(service, key):
    """Have the report that is due made twice, of a day that begins at half past: runs are read for it. Refuse one."""
    service.request("PATCH", "/api/organisation", {"time_zone": "Asia/Kolkata"}, key=key)
    post_run(service, key, created="2026-03-08T18:40:00Z")
    service.settle()
    for _ in range(2):
        with frozen_at(NOON - timedelta(hours=9)):
            service.invoke("daily_report", {})
            work(service, "report_worker", Queue.REPORTS)
    ahead = {"startDate": "2050-01-01T00:00:00Z", "endDate": "2050-01-02T00:00:00Z"}
    wish = {"reportType": "daily-summary", "filters": ahead}
    service.request("POST", REPORTS, wish, key=key, headers={"Idempotency-Key": "ahead"})


def drive_budgets(service, key, budget_id):
    """Have a budget spent that was set before, one refused because of who it is for, and one removed."""
    post_run(service, key, created=clock.to_text(clock.now()), user_id="known", cost=100)
    service.settle()
    assert get(service, key, f"{BUDGETS}/{budget_id}")["state"] == "held"
    for subject in ("nobody", AGENT):
        wish = A_BUDGET | {"scope": "agent", "subject": subject}
        service.request("POST", BUDGETS, wish, key=key, headers={"Idempotency-Key": f"of {subject}"})
    campaign = A_BUDGET | {"scope": "campaign", "subject": a_campaign(service, key)}
    service.request("POST", BUDGETS, campaign, key=key, headers={"Idempotency-Key": "of a campaign"})
    service.request("DELETE", f"{BUDGETS}/{budget_id}", key=key)


def send_all_ways(service, key, route, known):
    """Plainly, twice under one Idempotency-Key, to something that is not there, and malformed."""
    services.forget()
    repeat = {"Idempotency-Key": f"repeat {route}"}
    service.request(route.method, route.address(**known), route.body, key=key)
    service.request(route.method, route.address(**known, name="other"), route.body, key=key, headers=repeat)
    service.request(route.method, route.address(**known, name="other"), route.body, key=key, headers=repeat)
    elsewhere = {"agent_id": "nobody", "run_id": "none", "name": "register", "subscription_id": "none"}
    service.request(route.method, route.address(**elsewhere), route.body, key=key, headers={"Idempotency-Key": "no"})
    if route.lists:
        page = service.request("GET", f"{route.address()}?limit=1", key=key)
        if page.next_address:
            service.request("GET", page.next_address, key=key)


def granted(declared):
    """What a function may do, beyond reading the queue that triggers it."""
    also = {
        "PutEvents": declared.puts_events,
        "SendMessageBatch": bool(declared.sends_to),
        "Publish": declared.tells_alerts,
        "SendEmail": declared.sends_mail,
        "PutObject": declared.writes_files or "PutObject" in declared.spans,
        # Of a link that somebody is given.
        "GetObject": declared.links_files or "GetObject" in declared.spans,
        "DeleteObject": "DeleteObject" in declared.spans,
        **dict.fromkeys(("CreateSchedule", "UpdateSchedule", "DeleteSchedule"), declared.keeps_schedules),
        **dict.fromkeys(declared.sealing, True),
        "GetParametersByPath": declared.knows_platforms,
        "ChangeMessageVisibility": declared.name in ("delivery_worker", "social_worker", "task_worker", "trace_worker"),
    }
    return set(declared.table) | {action for action, may in also.items() if may}


def test_every_function_is_granted_what_it_uses_and_no_more(channels, monkeypatch):
    monkeypatch.setenv(settings.WEBHOOK_DELAYS, "0,0")
    settings.settings.cache_clear()
    service = WatchedService()
    drive(service, monkeypatch)

    grants = {declared.name: granted(declared) for declared in FUNCTIONS}
    assert {function: service.used[function] for function in grants} == grants
