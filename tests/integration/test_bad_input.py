"""Bad input: each malformed request over all routes is a 4xx whose message names the field or the limit."""

import re

import pytest

from tests.support.bad_accounts import BAD_ACCOUNTS
from tests.support.bad_alerts import BAD_ALERTS
from tests.support.bad_audit import BAD_AUDIT
from tests.support.bad_budgets import BAD_BUDGETS
from tests.support.bad_calendar import BAD_CALENDAR
from tests.support.bad_campaigns import BAD_CAMPAIGNS
from tests.support.bad_chat import BAD_CHAT
from tests.support.bad_companies import BAD_COMPANIES
from tests.support.bad_documents import BAD_DOCUMENTS
from tests.support.bad_experiments import BAD_EXPERIMENTS
from tests.support.bad_exports import BAD_EXPORTS
from tests.support.bad_metrics import BAD_METRICS
from tests.support.bad_orchestrations import BAD_ORCHESTRATIONS
from tests.support.bad_prices import BAD_PRICES
from tests.support.bad_requests import A_RUN, AGENTS, ALL_RUNS, BAD, KEYS, VERSIONS
from tests.support.bad_streams import BAD_STREAMS
from tests.support.bad_tasks import BAD_TASKS
from tests.support.bad_telemetry import BAD_TELEMETRY
from tests.support.channels import make_channels
from tests.support.local_table import function_environment, kept, mocked_aws
from tests.support.routes import ROUTES
from tests.support.service import Service
from tests.support.steps import AGENT, RUNS, SUBSCRIPTIONS, pages, post_run, prepare, register, subscribe

ALL_BAD = (
    *BAD,
    *BAD_ACCOUNTS,
    *BAD_ALERTS,
    *BAD_AUDIT,
    *BAD_BUDGETS,
    *BAD_PRICES,
    *BAD_CALENDAR,
    *BAD_CAMPAIGNS,
    *BAD_CHAT,
    *BAD_COMPANIES,
    *BAD_DOCUMENTS,
    *BAD_METRICS,
    *BAD_ORCHESTRATIONS,
    *BAD_STREAMS,
    *BAD_EXPERIMENTS,
    *BAD_EXPORTS,
    *BAD_TASKS,
    *BAD_TELEMETRY,
)


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
    """A run under way and a subscription: what stands for their ids in addresses, and what makes them so again."""
    key, restore = deployment
    restore()
    service = Service()
    prepare(service, key)
    run = post_run(service, key, status="running")["run_id"]
    subscription = subscribe(service, key, target="http://127.0.0.1:9/other")["id"]
    return {"{run_id}": run, "{subscription_id}": subscription}, kept()


@pytest.mark.parametrize("bad", ALL_BAD, ids=lambda bad: bad.what)
def test_it_is_refused_and_told_why(service, key, with_things, bad):
    ids, restore = with_things
    restore()
    address = bad.address
    for place, value in ids.items():
        address = address.replace(place, value)

    answer = service.request(bad.method, address, bad.body, key=key, raw=bad.raw, headers=bad.headers)

    assert answer.status == bad.status, answer.text
    assert answer.headers["Content-Type"] == bad.type
    assert bad.names in answer.json["detail"]


def test_the_table_is_long_and_covers_every_route_that_takes_something():
    assert len(BAD) >= 60
    unmet = [str(route) for route in ROUTES if route.body and not any(is_of(bad, route) for bad in ALL_BAD)]
    assert unmet == []


def is_of(bad, route):
    pattern = re.sub(r"<\w+>", "[^/]+", route.path)
    return bad.method == route.method and re.fullmatch(pattern, bad.address.split("?")[0]) is not None


def test_a_cursor_of_another_list_is_refused(service, key):
    prepare(service, key)
    for name in ("other", "third"):
        register(service, key, name)
    prepare(service, key, "fourth", "1", "2")
    for i in range(2):
        post_run(service, key, id=i)
        post_run(service, key, "fourth", "1", id=i)
    lists = (
        AGENTS,
        f"{AGENTS}/fourth/versions",
        f"{AGENTS}/fourth/versions/1/runs",
        f"{AGENTS}/fourth/runs",
        ALL_RUNS,
        RUNS,
    )
    cursors = {
        address: service.request("GET", f"{address}?limit=1", key=key).next_address.split("cursor=")[1].split("&")[0]
        for address in lists
    }

    for address in lists:
        for origin, cursor in cursors.items():
            answer = service.request("GET", f"{address}?cursor={cursor}", key=key)
            assert answer.status == (200 if origin == address else 400), (origin, address)


def test_a_cursor_that_lost_or_changed_a_letter_is_refused(service, key):
    for name in "abc":
        register(service, key, name)
    cursor = service.request("GET", f"{AGENTS}?limit=1", key=key).next_address.split("cursor=")[1].split("&")[0]

    changed = [cursor[:i] + ("A" if cursor[i] != "A" else "B") + cursor[i + 1 :] for i in range(0, len(cursor) - 1, 5)]
    for forged in [cursor[:-1], cursor[1:], cursor + "A", cursor * 2, cursor.swapcase(), *changed]:
        assert service.request("GET", f"{AGENTS}?cursor={forged}", key=key).status == 400, forged


def test_nothing_of_a_refused_request_is_kept(service, key):
    prepare(service, key)
    for bad in ALL_BAD:
        if bad.method == "POST":
            service.request(bad.method, bad.address, bad.body, key=key, raw=bad.raw, headers=bad.headers)

    assert [run for page in pages(service, key, ALL_RUNS) for run in page] == []
    assert [agent["name"] for page in pages(service, key, AGENTS) for agent in page] == [AGENT]
    assert len(service.request("GET", VERSIONS, key=key).json) == 1
    assert len(service.request("GET", KEYS, key=key).json["items"]) == 1
    assert service.request("GET", SUBSCRIPTIONS, key=key).json["items"] == []


@pytest.mark.parametrize("spelling", ["Application/JSON", "application/json; charset=utf-8", "application/json;"])
def test_json_is_json_however_its_type_is_spelt(service, key, spelling):
    prepare(service, key)
    headers = {"Content-Type": spelling}

    for raw in (A_RUN, A_RUN.encode()):
        assert service.request("POST", RUNS, key=key, raw=raw, headers=headers).status == 201
