"""What only the deployed whole can show: gateway, authorizer, documentation, provisioning, events, the command."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from arro3.io import read_parquet
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from functions.documentation.handler import OPENAPI
from infra.local.aws import client


@pytest.fixture(scope="module")
def us(caller):
    """An organisation of its own."""
    return caller("wiring")


def problem(answer):
    assert answer.headers["Content-Type"] == "application/problem+json"
    return answer.status_code, answer.json()["detail"]


def test_a_request_without_a_key_is_refused_past_the_front_door(caller):
    assert caller().call("GET", "/api/v1/agents").status_code == 401


def test_a_key_that_is_not_ours_is_refused_as_a_problem(caller):
    stranger = caller(key="wb_wiring_" + "x" * 43)

    assert problem(stranger.call("GET", "/api/v1/agents")) == (401, "the API key is missing or not one of ours")


def test_a_key_without_the_scope_is_refused_as_a_problem(us, caller):
    secret = us.post("/api/keys", {"name": "reader", "scopes": ["read"]})["secret"]

    refused = caller(key=secret).call("POST", "/api/v1/agents/a/register", {"project": "p"})

    assert problem(refused) == (403, "this key lacks the scope 'ingest'")


def test_an_unknown_path_is_not_found_with_and_without_a_key(us, caller, front_door):
    for someone in (us, caller(), front_door):
        status, detail = problem(someone.call("GET", "/api/v1/nowhere"))
        assert (status, detail) == (404, "there is nothing at '/api/v1/nowhere'")


def test_an_unknown_method_is_not_found(us):
    assert problem(us.call("PUT", "/api/v1/agents", {}))[0] == 404


def test_the_documentation_is_open_to_everyone(caller):
    visitor = caller()

    root, page = visitor.call("GET", "/"), visitor.call("GET", "/api/docs")
    document = visitor.get("/api/openapi.json")

    assert (root.status_code, root.headers["Location"]) == (302, "/dashboard")
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html")
    assert "swagger-ui" in page.text
    assert document == json.loads(OPENAPI.read_text())
    assert "/api/v1/agents/{name}/register" in document["paths"]


def test_provisioning_makes_an_organisation_and_a_key_that_works(stack, caller):
    made = stack.service.provision("acme", "Acme", "Asia/Kolkata")

    organisation = caller(key=made["key"]["secret"]).get("/api/organisation")
    assert organisation == made["organisation"]
    assert (organisation["id"], organisation["time_zone"]) == ("acme", "Asia/Kolkata")


def test_two_organisations_do_not_see_each_other(us, caller):
    us.prepare("only-ours")
    them = caller("others")

    assert them.get("/api/v1/agents") == []
    assert them.call("GET", "/api/v1/agents/only-ours").status_code == 404


@pytest.mark.parametrize("name", ["my agent", "Übersetzer", "監視", "🤖", "a+b&c=d;e@f"])
def test_a_name_of_any_letters_is_an_address(us, name):
    agent_id = us.prepare(quote(name), "1.0 beta")

    agent = us.get(f"/api/v1/agents/{quote(name)}")
    assert (agent["id"], agent["name"]) == (agent_id, name)
    for i in range(2):
        run = {"created": "2023-08-01T12:00:00Z", "status": "ok", "id": i}
        us.post(f"/api/v1/agents/{quote(name)}/versions/1.0%20beta/runs", run)
    first = us.call("GET", f"/api/v1/agents/{quote(name)}/runs?limit=1")
    rest = us.get(first.links["next"]["url"])
    assert sorted(run["id"] for run in first.json() + rest) == [0, 1]


def test_a_body_that_the_gateway_hands_over_encoded_is_read(us):
    us.prepare("encoded", "1")
    run = json.dumps({"created": "2023-08-01T12:00:00Z", "status": "ok", "summary": "é"}).encode()

    answer = us.call(
        "POST",
        "/api/v1/agents/encoded/versions/1/runs",
        content=run,
        headers={"Content-Type": "Application/JSON; charset=utf-8"},
    )

    assert (answer.status_code, answer.json()["summary"]) == (201, "é")


def test_an_idempotency_key_repeats_the_first_answer(us):
    us.prepare("once", "1")
    run = {"created": "2023-08-01T12:00:00Z", "status": "ok"}

    first, again = (
        us.call("POST", "/api/v1/agents/once/versions/1/runs", run, headers={"Idempotency-Key": "1"}) for _ in range(2)
    )

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()


def test_a_key_made_by_the_command_works_until_it_is_revoked(us, caller, watchbill):
    first, second = (watchbill(us, "keys", "create", "ci", "--scope", "read") for _ in range(2))
    assert caller(key=first["secret"]).call("GET", "/api/v1/agents").status_code == 200

    # One that has not been used yet: the gateway trusts the authorizer's answer of a key for a minute.
    watchbill(us, "keys", "revoke", second["id"])

    assert caller(key=second["secret"]).call("GET", "/api/v1/agents").status_code == 401
    listed = [key["id"] for key in watchbill(us, "keys", "list")]
    assert first["id"] in listed
    assert second["id"] not in listed


def test_what_happens_is_told_on_the_bus(stack, us, soon):
    queues, events = client(stack.settings, "sqs"), client(stack.settings, "events")
    bus = stack.service.deployment.outputs["BusName"]
    url = queues.create_queue(QueueName="e2e-subscriber")["QueueUrl"]
    arn = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    pattern = json.dumps(
        {"source": ["watchbill"], "detail-type": ["runs_recorded"], "detail": {"organisation": [{"exists": True}]}}
    )
    events.put_rule(Name="e2e", EventBusName=bus, EventPattern=pattern)
    events.put_targets(Rule="e2e", EventBusName=bus, Targets=[{"Id": "queue", "Arn": arn}])
    us.prepare("told", "1")

    run = us.post("/api/v1/agents/told/versions/1/runs", {"created": "2023-08-01T12:00:00Z", "status": "ok"})

    heard = []

    def told():
        heard.extend(
            json.loads(message["Body"]) for message in queues.receive_message(QueueUrl=url).get("Messages", [])
        )
        return run["run_id"] in [one["run_id"] for event in heard for one in event["detail"]["runs"]]

    soon(told)


def test_runs_are_exported_to_files_that_links_lead_to_and_nothing_else_does(us, watchbill, tmp_path):
    us.prepare("exporter", "1.0.0")
    now = datetime.now(UTC)
    runs = [{"created": now.isoformat(), "status": "completed", "id": number, "cost": 0.5} for number in range(20)]
    us.post("/api/v1/agents/exporter/versions/1.0.0/runs", {"runs": runs})
    asked = ("--from", (now - timedelta(hours=1)).isoformat(timespec="seconds"), "--agent", "exporter")

    saved = [watchbill(us, "export", *asked, "--format", form, "--out", tmp_path) for form in ("csv", "parquet")]

    table, columns = (Path(path) for one in saved for path in one["saved"])
    read = list(csv.DictReader(io.StringIO(table.read_text("utf-8"), newline="")))
    ids = read_parquet(str(columns)).read_all()["id"].to_pylist()
    assert sorted(map(int, ids)) == sorted(int(row["id"]) for row in read) == list(range(20))
    link = httpx.URL(us.get(f"/api/exports/{saved[0]['export']['id']}")["files"][0]["url"])
    assert httpx.get(link, trust_env=False).content == table.read_bytes()
    for changed in (link.copy_set_param("X-Amz-Expires", "99999"), link.copy_with(query=None)):
        assert httpx.get(changed, trust_env=False).status_code == 403


def test_prometheus_scrapes_with_a_bearer_token(us):
    text = us.call("GET", "/metrics", headers={"Accept": "application/openmetrics-text;version=1.0.0"}).text

    assert {family.name for family in text_string_to_metric_families(text)} >= {"watchbill_runs_recorded"}
