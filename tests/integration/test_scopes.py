"""Who may do what: a key does what its scopes allow, and no more; a request without a key of ours does nothing."""

import json
from dataclasses import dataclass
from functools import cached_property

import pytest

from tests.support.channels import make_channels
from tests.support.connected import a_waiting_post, connected, knows_x
from tests.support.local_table import every_item, every_unlogged_item, function_environment, kept, mocked_aws
from tests.support.routes import ROUTES, unlisted
from tests.support.service import Service
from tests.support.steps import (
    AGENT,
    AN_ACCOUNT,
    AN_EXPERIMENT,
    TASKS,
    a_budget,
    a_campaign,
    a_document,
    a_price,
    a_session,
    a_stream,
    a_task,
    an_event,
    an_experiment,
    an_export,
    an_import,
    an_item,
    an_orchestration,
    company,
    get,
    issue_key,
    make_runnable,
    post_run,
    prepare,
    report,
    staff,
    subscribe,
)
from tests.support.telemetry import traced_run
from tests.support.watched import an_anomaly

SCOPES = ("ingest", "read", "execute", "admin")
each_route = pytest.mark.parametrize("route", ROUTES, ids=str)


@pytest.fixture(scope="module")
def deployment():
    """An organisation, made once; its key, and what makes everything again as it was."""
    with function_environment(), mocked_aws():
        make_channels()
        yield Service().organisation("demo"), kept()


@pytest.fixture
def service(deployment):
    """The deployment as it was made."""
    _, restore = deployment
    restore()
    return Service()


@pytest.fixture
def key(service, deployment):
    """The admin key of the organisation."""
    return deployment[0]


@pytest.fixture(scope="module")
def with_things(deployment):
    """An agent with two versions that can be run, a run, and a key with each scope: the keys, the run's id, and what
    makes it all so again."""
    key, restore = deployment
    restore()
    service = Service()
    prepare(service, key)
    run = traced_run(service, key)
    knows_x()
    connected("demo")
    make_runnable(service, key)
    for share in AN_EXPERIMENT["versions"]:
        service.request("POST", f"/api/v1/agents/{AGENT}/versions", {"version": share["version"]}, key=key)
    return {scope: issue_key(service, key, scope) for scope in SCOPES}, run, kept()


def test_every_route_is_listed_with_its_scope():
    assert unlisted() == set()


LET_IN_AND_REFUSED = {
    "GET /api/admin/rebuild": 404,
    "GET /api/prices/reprice": 404,
    # Its state was given out to nobody.
    "POST /api/social/auth/<platform>/complete": 422,
    # Nobody has leased the task.
    **{f"POST {TASKS}/<task_id>/{step}": 409 for step in ("heartbeat", "complete", "fail", "release")},
}


@each_route
def test_a_key_with_every_scope_but_the_one_a_route_needs_is_refused(service, key, route):
    narrow = issue_key(service, key, *(scope for scope in SCOPES if scope != route.scope))
    before = every_unlogged_item()

    answer = service.request(route.method, route.address(), route.body, key=narrow)

    assert answer.status == 403
    assert answer.headers["Content-Type"] == route.refusal
    assert answer.json["detail"] == f"this key lacks the scope '{route.scope}'"
    assert every_unlogged_item() == before


@dataclass
class Things:
    """What an address may name, each made when it is first asked for: a test makes what its route needs."""

    service: Service
    key: str
    run_id: str

    def named_by(self, route):
        """The values of a route's parameters that are ours to make."""
        return {name: getattr(self, name) for name in route.parameters if hasattr(self, name)}

    @property
    def key_id(self):
        return get(self.service, self.key, "/api/keys")["items"][-1]["id"]

    @cached_property
    def session_id(self):
        return a_session(self.service, self.key)["sessionId"]

    @cached_property
    def subscription_id(self):
        return subscribe(self.service, self.key)["id"]

    @cached_property
    def budget_id(self):
        return a_budget(self.service, self.key, subject="bob")["id"]

    @cached_property
    def anomaly_id(self):
        return an_anomaly("demo")

    @cached_property
    def override_id(self):
        return a_price(self.service, self.key)["id"]

    @cached_property
    def report_id(self):
        return report(self.service, self.key)

    @cached_property
    def task_id(self):
        return a_task(self.service, self.key)

    @property
    def execution_id(self):
        return self.task_id

    @cached_property
    def stream_id(self):
        stream = a_stream(self.service, self.key)
        staff(self.service, self.key, stream)
        return stream

    @cached_property
    def item_id(self):
        return an_item(self.service, self.key, self.stream_id)["id"]

    @cached_property
    def company_id(self):
        return company(self.service, self.key)

    @cached_property
    def import_id(self):
        return an_import(self.service, self.key)

    @cached_property
    def export_id(self):
        return an_export(self.service, self.key)

    @property
    def account_id(self):
        return AN_ACCOUNT

    @cached_property
    def post_id(self):
        return a_waiting_post("demo", connected("demo"), "a-post")

    @cached_property
    def document_id(self):
        return a_document(self.service, self.key)

    @cached_property
    def orchestration_id(self):
        return an_orchestration(self.service, self.key)

    @cached_property
    def event_id(self):
        return an_event(self.service, self.key)["id"]

    @cached_property
    def campaign_id(self):
        return a_campaign(self.service, self.key)

    @cached_property
    def experiment_id(self):
        return an_experiment(self.service, self.key)


@each_route
def test_a_key_with_only_the_scope_a_route_needs_is_let_in(service, key, with_things, route):
    narrow, run, restore = with_things
    restore()
    address = route.address(**Things(service, key, run).named_by(route))
    if route.path.endswith("/retry"):
        service.request("POST", address.replace("/retry", "/cancel"), key=key)

    answer = service.request(route.method, address, route.body, key=narrow[route.scope])

    expected = LET_IN_AND_REFUSED.get(str(route))
    assert answer.status == expected if expected else answer.status < 300, answer.text


BAD_KEYS = {
    "no key": None,
    "an empty key": "",
    "a key of another form": "secret",
    "a key nobody issued": "wb_demo_" + "x" * 43,
    "a key of no organisation": "wb_nobody_" + "x" * 43,
    "an organisation that is none": "wb_DEMO#_" + "x" * 43,
    "a key that is too long": "wb_demo_" + "x" * 44,
}


@each_route
def test_a_request_without_a_key_of_ours_is_refused(service, route):
    before = every_unlogged_item()

    for what, secret in BAD_KEYS.items():
        answer = service.request(route.method, route.address(), route.body, key=secret)

        assert answer.status == 401, what
        assert answer.headers["Content-Type"] == route.refusal, what
        assert answer.json["detail"] == "the API key is missing or not one of ours", what
        assert every_unlogged_item() == before, what


@pytest.mark.parametrize(
    "change", [str.lower, str.swapcase, lambda secret: secret[:-1] + "!", lambda secret: secret[:-1]]
)
def test_a_key_with_one_sign_changed_is_not_ours(service, key, change):
    assert service.request("GET", "/api/v1/agents", key=change(key)).status == 401


@pytest.mark.parametrize("header", ["bearer {}", "BEARER {}", "Bearer  {}"])
def test_the_scheme_may_be_written_in_any_case(service, key, header):
    answer = service.request("GET", "/api/v1/agents", key=None, headers={"Authorization": header.format(key)})

    assert answer.status == 200


@pytest.mark.parametrize("header", ["{}", "Basic {}", "Bearer", "Bearer: {}"])
def test_a_key_in_another_scheme_is_none(service, key, header):
    answer = service.request("GET", "/api/v1/agents", key=None, headers={"Authorization": header.format(key)})

    assert answer.status == 401


def test_a_malformed_body_from_nobody_is_answered_401(service, key):
    answer = service.request("POST", "/api/v1/agents/a/register", key="nobody", raw="{")

    assert answer.status == 401


def test_a_malformed_body_from_a_key_without_the_scope_is_answered_403(service, key):
    narrow = issue_key(service, key, "read")

    assert service.request("POST", "/api/v1/agents/a/register", key=narrow, raw="{").status == 403
    assert service.request("GET", "/api/v1/agents?limit=0", key=issue_key(service, key, "admin")).status == 403


def test_no_secret_is_stored_whatever_was_done_with_it(service, key):
    prepare(service, key)
    post_run(service, key)
    wish = {"name": "second", "scopes": list(SCOPES)}
    answers = [service.request("POST", "/api/keys", wish, key=key, headers={"Idempotency-Key": name}) for name in "abb"]
    secrets = [key, *(answer.json["secret"] for answer in answers if answer.json["secret"])]
    for secret in secrets:
        for route in ROUTES:
            service.request(route.method, route.address(), route.body, key=secret, headers={"Idempotency-Key": "c"})
    service.settle()

    stored = json.dumps(every_item(), default=repr)

    assert len(secrets) == 3
    for secret in secrets:
        assert secret not in stored
        assert secret.rsplit("_", 1)[1] not in stored
