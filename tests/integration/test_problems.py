"""Every error is application/problem+json of one shape, whatever went wrong."""

import json

import pytest

from tests.support.service import http_event
from tests.support.steps import RUNS, a_run, issue_key, post_run, prepare

AGENTS = "/api/v1/agents"
TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    422: "Unprocessable Content",
}


@pytest.fixture
def run(service, key):
    """A finished run of an agent with a version."""
    prepare(service, key)
    return post_run(service, key)["run_id"]


def errors(service, key, run):
    """Each kind of error, by what causes it."""
    path = f"{AGENTS}/my-agent"
    too_many = {"runs": [a_run()] * 1_001}
    plain = {"Content-Type": "text/plain"}
    return {
        "a bad field": (400, service.request("POST", RUNS, a_run(cost=-1), key=key)),
        "a bad parameter": (400, service.request("GET", f"{AGENTS}?limit=0", key=key)),
        "a bad cursor": (400, service.request("GET", f"{AGENTS}?cursor=forged", key=key)),
        "no JSON": (400, service.request("POST", RUNS, key=key, raw="{")),
        "a batch of bad runs": (400, service.request("POST", RUNS, {"runs": [{}]}, key=key)),
        "a reserved name": (400, service.request("POST", f"{AGENTS}/campaign/register", {"project": "p"}, key=key)),
        "no key": (401, service.request("GET", AGENTS, key=None)),
        "no scope": (403, service.request("GET", AGENTS, key=issue_key(service, key, "ingest"))),
        "an unknown agent": (404, service.request("GET", f"{AGENTS}/nobody", key=key)),
        "an unknown path": (404, service.request("GET", "/nowhere", key=key)),
        "an unknown method": (404, service.request("PUT", AGENTS, {}, key=key)),
        "another project": (409, service.request("POST", f"{path}/register", {"project": "q"}, key=key)),
        "a second version": (409, service.request("POST", f"{path}/versions", {"version": "1.0.2"}, key=key)),
        "too large a body": (413, service.request("POST", RUNS, key=key, raw=" " * 5_000_001)),
        "too many runs": (413, service.request("POST", RUNS, too_many, key=key)),
        "another type": (415, service.request("POST", RUNS, a_run(), key=key, headers=plain)),
        "a state": (422, service.request("PATCH", f"{path}/runs/{run}", {"status": "running"}, key=key)),
    }


def test_every_error_has_the_same_shape(service, key, run):
    met = errors(service, key, run)

    assert {status for status, _ in met.values()} == TITLES.keys()
    for cause, (status, answer) in met.items():
        assert answer.status == status, (cause, answer.text)
        assert answer.headers["Content-Type"] == "application/problem+json", cause
        body = answer.json
        assert body.keys() - {"errors"} == {"type", "title", "status", "detail", "instance", "error"}, cause
        assert (body["type"], body["title"], body["status"]) == ("about:blank", TITLES[status], status), cause
        assert body["instance"] == "request-1", cause
        assert body["error"] == body["detail"], cause
        assert body["detail"], cause


def test_validation_says_where_and_what(service, key, run):
    answer = service.request("POST", RUNS, a_run(cost=-1, tools=["", 1], tokens={"input": -1}), key=key)

    assert answer.json["errors"] == [
        {"path": "tokens.input", "message": "input should be greater than or equal to 0"},
        {"path": "cost", "message": "input should be greater than or equal to 0"},
        {"path": "tools.0", "message": "string should have at least 1 character"},
        {"path": "tools.1", "message": "input should be a valid string"},
    ]
    assert answer.json["detail"] == "tokens.input: input should be greater than or equal to 0 (and 3 more)"


def test_an_unknown_status_is_told_the_words_that_are_known(service, key, run):
    answer = service.request("POST", RUNS, a_run(status="splendid"), key=key)

    for word in ("completed", "succeeded", "timed_out", "in_progress", "pending", "aborted"):
        assert word in answer.json["detail"]


def test_no_more_than_fifty_faults_are_listed(service, key, run):
    answer = service.request("POST", RUNS, {"runs": [a_run(**{f"x{i}": 1 for i in range(200)})]}, key=key)

    assert len(answer.json["errors"]) == 50


def test_an_error_of_ours_is_not_dressed_up_as_the_callers(service, key, run, monkeypatch):
    monkeypatch.setattr("watchbill.services.Services.registry", property(broken))

    with pytest.raises(ZeroDivisionError):
        service.request("GET", AGENTS, key=key)


def broken(_):
    return 1 / 0


@pytest.mark.parametrize("headers", [None, {}])
def test_a_request_without_headers_is_answered_all_the_same(service, headers):
    event = http_event("GET", "/nowhere", None, {}) | {"headers": headers or {}}

    answer = service.invoke("documentation", event)

    assert answer["statusCode"] == 404
    assert json.loads(answer["body"])["detail"] == "there is nothing at '/nowhere'"
