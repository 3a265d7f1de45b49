"""Whatever is asked of the running stack, as its OpenAPI document allows or not, is never answered with a 5xx."""

import json

import pytest
from schemathesis.checks import not_a_server_error

from tests.support.bad_alerts import BAD_ALERTS
from tests.support.bad_budgets import BAD_BUDGETS
from tests.support.bad_companies import BAD_COMPANIES
from tests.support.bad_documents import BAD_DOCUMENTS
from tests.support.bad_experiments import BAD_EXPERIMENTS
from tests.support.bad_exports import BAD_EXPORTS
from tests.support.bad_metrics import BAD_METRICS
from tests.support.bad_prices import BAD_PRICES
from tests.support.bad_requests import BAD
from tests.support.bad_streams import BAD_STREAMS
from tests.support.bad_tasks import BAD_TASKS
from tests.support.fuzzing import each_operation, for_examples
from tests.support.steps import A_SUBSCRIPTION, AGENT, RUNS, SUBSCRIPTIONS, VERSION

EXAMPLES = 2
"""Few: more are tried of the same functions in process, where they cost less."""
BY_THE_GATEWAY = {
    # What is not UTF-8 has been made so on the way, and a decoded slash is one more part of the path.
    "Latin-1": 201,
    "a lone surrogate that is not escaped": 201,
    "a table that is not text": 201,
    "a name with a slash": 404,
}


@pytest.fixture(scope="session")
def stranger(caller):
    """An organisation with an agent, a version and a run, in which anything may be done."""
    stranger = caller("fuzzed")
    stranger.prepare("my-agent", "1.0.0")
    stranger.post("/api/v1/agents/my-agent/versions/1.0.0/runs", {"created": "2023-08-01T12:00:00Z", "status": "ok"})
    return stranger


@each_operation
def test_no_request_is_answered_with_a_server_error(operation, stranger):
    headers = {"Authorization": f"Bearer {stranger.key}"}

    def no_server_error(case):
        case.call_and_validate(base_url=stranger.url, headers=headers, checks=[not_a_server_error])

    for_examples(operation, EXAMPLES, no_server_error)


def test_malformed_requests_are_refused_by_the_deployed_whole_as_by_its_parts(stranger):
    stranger.prepare(AGENT, VERSION)
    run = {"created": "2023-08-01T12:00:00Z", "status": "running"}
    known = {
        "{run_id}": stranger.post(RUNS, run)["run_id"],
        "{subscription_id}": stranger.post(SUBSCRIPTIONS, A_SUBSCRIPTION | {"target": "http://127.0.0.1:9/bad"})["id"],
    }

    malformed = (
        *BAD,
        *BAD_ALERTS,
        *BAD_BUDGETS,
        *BAD_PRICES,
        *BAD_COMPANIES,
        *BAD_DOCUMENTS,
        *BAD_METRICS,
        *BAD_STREAMS,
        *BAD_EXPERIMENTS,
        *BAD_EXPORTS,
        *BAD_TASKS,
    )

    statuses = {bad.what: send(stranger, bad, known) for bad in malformed}

    assert statuses == {bad.what: bad.status for bad in malformed} | BY_THE_GATEWAY


def send(stranger, bad, known):
    text = json.dumps(bad.body) if bad.raw is None else bad.raw
    content = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    headers = {"Content-Type": "application/json"} | bad.headers
    address = bad.address
    for placeholder, value in known.items():
        address = address.replace(placeholder, value)
    return stranger.call(bad.method, address, content=content, headers=headers).status_code
