"""Agents that are endpoints, over the wire: signed requests, answers at once and later, secrets, addresses refused."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from tests.integration.client.server import HANG_UP, Reply, serving
from tests.support.alerting import SECRET
from tests.support.local_table import every_item
from tests.support.receiver import hanging, receiving, talking
from tests.support.tasks import tasks_of
from watchbill import services
from watchbill.platform import clock, settings
from watchbill.platform.clock import frozen_at
from watchbill.platform.sealed_signing import SealedSigning
from watchbill.platform.table import Table
from watchbill.registry.store import RegistryStore

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def tasks(service, key, channels, monkeypatch):
    return tasks_of(service, key, monkeypatch)


def point_at(tasks, url, **more):
    """Make the agent the endpoint of that address; its secret."""
    runtime = {"kind": "http", "url": url}
    answer = tasks.service.request("PATCH", "/api/v1/agents/worker", {"runtime": runtime} | more, key=tasks.key)
    assert answer.status == 200, answer.text
    return answer.json["secret"]


def work(tasks, made, **after):
    """Deliver the task's message again after so long."""
    with frozen_at(clock.now() + timedelta(**after)):
        again = services.services("demo").worker.work(made["id"])
        tasks.go_on()
    return again


def state(tasks, made):
    task = tasks.get(f"/api/tasks/{made['id']}")
    return task["status"], task["error"] and task["error"]["type"]


def test_a_task_is_posted_signed_and_the_answer_is_its_result(tasks):
    with receiving(Reply(200, {"output": {"found": 3}, "metrics": {"cost": 0.25}})) as endpoint:
        secret = point_at(tasks, endpoint.url, timeout=60)
        made = tasks.make(payload={"topic": "Gezeiten — 潮"})
        tasks.go_on()

    # Verified as a receiver does, over the body as it came, with a tolerance of five minutes.
    (told,) = endpoint.verified(secret)
    assert (told["id"], told["payload"], told["attempt"], told["timeout"]) == (made["id"], made["payload"], 1, 60)
    (request,) = endpoint.seen
    assert (request.method, request.headers["content-type"]) == ("POST", "application/json")
    assert request.headers["webhook-id"] == f"{made['id']}-1"
    assert abs(int(request.headers["webhook-timestamp"]) - clock.now().timestamp()) < 300
    assert request.headers["webhook-signature"].startswith("v1,")
    task = tasks.get(f"/api/tasks/{made['id']}")
    assert (task["status"], task["output"]) == ("completed", {"found": 3})
    (run,) = tasks.get("/api/v1/agents/worker/runs")
    assert (run["status"], run["cost"]) == ("completed", 0.25)


def test_a_request_that_was_changed_on_its_way_is_seen_by_its_receiver(tasks):
    with receiving(Reply(200)) as endpoint:
        secret = point_at(tasks, endpoint.url)
        tasks.make()
        tasks.go_on()

    (request,) = endpoint.seen
    for headers, body in (
        (request.headers, request.body + b" "),
        ({**request.headers, "webhook-id": "another"}, request.body),
        ({**request.headers, "webhook-timestamp": "1"}, request.body),
    ):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(body, dict(headers))


@pytest.mark.parametrize(
    ("reply", "state_after"),
    [
        (Reply(204), ("completed", None)),
        (Reply(200, b'"just text"'), ("completed", None)),
        (Reply(200, {"error": {"type": "BadInput", "message": "m", "retryable": False}}), ("failed", "BadInput")),
        (Reply(200, b"<html>"), ("failed", "UnreadableAnswer")),
        (Reply(200, b"[" * 100_000), ("failed", "UnreadableAnswer")),
        (Reply(200, b" " * 300_000), ("failed", "UnreadableAnswer")),
        (Reply(400, b"no such topic"), ("failed", "Http400")),
        (Reply(410), ("failed", "Http410")),
        (Reply(302, headers={"Location": "http://169.254.169.254/"}), ("failed", "Http302")),
        (Reply(408), ("retrying", "Http408")),
        (Reply(429), ("retrying", "Http429")),
        (Reply(500), ("retrying", "Http500")),
        (Reply(503), ("retrying", "Http503")),
        (HANG_UP, ("retrying", "NoAnswer")),
    ],
    ids=str,
)
def test_what_an_answer_means(tasks, reply, state_after):
    with receiving(reply) as endpoint, frozen_at(NOW):
        point_at(tasks, endpoint.url)
        made = tasks.make()
        tasks.go_on()

    assert state(tasks, made) == state_after
    assert len(endpoint.seen) == 1


def test_what_an_endpoint_says_when_it_refuses_is_in_the_failure(tasks):
    with receiving(Reply(400, b"no such\x00 topic")) as endpoint:
        point_at(tasks, endpoint.url)
        made = tasks.make()
        tasks.go_on()

    assert tasks.get(f"/api/tasks/{made['id']}")["error"]["message"] == "the endpoint answered 400: no such  topic"


@pytest.mark.parametrize(("asked", "waits"), [("7", 7), ("86400", 60), ("0", 1), ("soon", 1)])
def test_an_endpoint_that_asks_to_wait_is_waited_for_up_to_a_minute(tasks, asked, waits):
    with receiving(Reply(503, headers={"Retry-After": asked})) as endpoint, frozen_at(NOW):
        point_at(tasks, endpoint.url)
        made = tasks.make()
        tasks.go_on()

    due = tasks.get(f"/api/tasks/{made['id']}")["next_attempt_at"]
    assert clock.from_text(due) - NOW == timedelta(seconds=waits)


def test_an_endpoint_that_does_not_answer_in_its_agent_s_time_has_timed_out(tasks):
    with talking(hanging) as url, frozen_at(NOW):
        point_at(tasks, url, timeout=1, max_retries=0)
        made = tasks.make()
        tasks.go_on()

    assert state(tasks, made) == ("failed", "Timeout")
    (run,) = tasks.get("/api/v1/agents/worker/runs")
    assert run["status"] == "timeout"


def test_an_attempt_after_a_failure_is_another_message_to_the_receiver(tasks):
    with receiving(Reply(500), Reply(200, {"output": 1})) as endpoint:
        point_at(tasks, endpoint.url)
        with frozen_at(NOW):
            made = tasks.make()
            tasks.go_on()
        work(tasks, made, minutes=1)

    assert endpoint.ids == [f"{made['id']}-1", f"{made['id']}-2"]
    assert state(tasks, made) == ("completed", None)


def accepted(tasks, endpoint, **more):
    """A task that the endpoint will call back about, with what it was told to do so."""
    point_at(tasks, endpoint.url, timeout=60, **more)
    made = tasks.make()
    tasks.go_on()
    assert state(tasks, made) == ("processing", None)
    return made, json.loads(endpoint.seen[-1].body)["callback"]


def test_who_answered_202_calls_back_and_that_is_the_result(tasks):
    with receiving(Reply(202)) as endpoint, frozen_at(NOW):
        made, callback = accepted(tasks, endpoint)
        assert clock.from_text(callback["expires_at"]) == NOW + timedelta(seconds=60)
        assert tasks.get(f"/api/tasks/{made['id']}")["lease_until"] == callback["expires_at"]

        done = {"lease_token": callback["lease_token"], "output": {"found": 3}, "metrics": {"cost": 0.5}}
        first, again = (tasks.post(callback["complete"], done) for _ in range(2))
        tasks.go_on()

    assert first == again
    assert (first["status"], first["output"]) == ("completed", {"found": 3})
    (run,) = tasks.get("/api/v1/agents/worker/runs")
    assert (run["status"], run["cost"]) == ("completed", 0.5)


def test_who_calls_back_with_a_failure_is_asked_again(tasks):
    with receiving(Reply(202), Reply(200, {"output": 1})) as endpoint:
        with frozen_at(NOW):
            made, callback = accepted(tasks, endpoint)
            error = {"type": "Busy", "message": "later"}
            tasks.post(callback["fail"], {"lease_token": callback["lease_token"], "error": error})
            assert state(tasks, made) == ("pending", "Busy")
        with frozen_at(NOW + timedelta(minutes=1)):
            tasks.service.invoke("due", {})
            tasks.go_on()

    assert state(tasks, made) == ("completed", None)


def test_who_does_not_call_back_in_time_has_timed_out_and_is_asked_again(tasks):
    with receiving(Reply(202), Reply(202)) as endpoint, frozen_at(NOW):
        made, callback = accepted(tasks, endpoint, max_retries=1)
        assert services.services("demo").worker.work(made["id"]) == NOW + timedelta(seconds=60)

        again = work(tasks, made, seconds=60)
        assert (again, state(tasks, made)) == (NOW + timedelta(seconds=61), ("retrying", "Timeout"))
        with frozen_at(NOW + timedelta(seconds=61)):
            work(tasks, made)
            assert state(tasks, made)[0] == "processing"
            late = {"lease_token": callback["lease_token"]}
            answer = tasks.service.request("POST", callback["complete"], late, key=tasks.key)
            assert (answer.status, "attempt 2 has it now" in answer.json["detail"]) == (409, True)
        with frozen_at(NOW + timedelta(seconds=122)):
            tasks.service.invoke("due", {})
            tasks.go_on()

    assert state(tasks, made) == ("failed", "Timeout")
    (run,) = tasks.get("/api/v1/agents/worker/runs")
    assert run["status"] == "timeout"


def test_who_calls_back_before_it_has_answered_is_believed(tasks):
    def early(request):
        callback = json.loads(request.body)["callback"]
        tasks.post(callback["complete"], {"lease_token": callback["lease_token"], "output": "early"})
        return Reply(202)

    with serving(early) as url:
        point_at(tasks, url)
        made = tasks.make()
        tasks.go_on()

    task = tasks.get(f"/api/tasks/{made['id']}")
    assert (task["status"], task["output"]) == ("completed", "early")


def test_a_task_that_was_cancelled_takes_no_call_back(tasks):
    with receiving(Reply(202)) as endpoint, frozen_at(NOW):
        made, callback = accepted(tasks, endpoint)
        tasks.post(f"/api/tasks/{made['id']}/cancel")
        done = {"lease_token": callback["lease_token"]}
        late = tasks.service.request("POST", callback["complete"], done, key=tasks.key)

    assert (late.status, "it is cancelled" in late.json["detail"]) == (409, True)


def test_the_secret_is_shown_once_and_rotated_with_an_overlap(tasks):
    with receiving(afterwards=Reply(200)) as endpoint:
        first = point_at(tasks, endpoint.url)
        assert first.startswith("whsec_")
        assert point_at(tasks, endpoint.url, timeout=30) is None
        assert "secret" not in tasks.get("/api/v1/agents/worker")
        second = tasks.post("/api/v1/agents/worker/secret", {"overlap_hours": 1})["secret"]
        tasks.make()
        tasks.go_on()
        third = tasks.post("/api/v1/agents/worker/secret", {"overlap_hours": 0})["secret"]
        tasks.make()
        tasks.go_on()

    both, alone = endpoint.seen
    for secret in (first, second):
        Webhook(secret).verify(both.body, dict(both.headers))
    Webhook(third).verify(alone.body, dict(alone.headers))
    with pytest.raises(WebhookVerificationError):
        Webhook(second).verify(alone.body, dict(alone.headers))


def test_no_answer_and_no_event_holds_a_secret(tasks):
    with receiving(afterwards=Reply(200)) as endpoint:
        secret = point_at(tasks, endpoint.url)
        made = tasks.make()
        tasks.go_on()

    for address in ("/api/v1/agents", "/api/v1/agents/worker", f"/api/tasks/{made['id']}", "/api/executions"):
        assert secret not in json.dumps(tasks.get(address))
    assert not any(secret in str(item) for item in every_item())


def test_a_secret_that_lies_in_clear_signs_on_and_is_sealed_when_its_agent_is_changed(tasks):
    with receiving(afterwards=Reply(200)) as endpoint:
        point_at(tasks, endpoint.url)
        registry = RegistryStore(Table("demo"))
        agent = services.services("demo").registry.agent("worker")
        there = registry.settings(agent.id)
        registry.replace_agent(agent, replace(there, signing=SealedSigning(SECRET)))
        tasks.make()
        tasks.go_on()
        in_clear = sum(SECRET in str(item) for item in every_item())
        assert point_at(tasks, endpoint.url, timeout=30) is None
        tasks.make()
        tasks.go_on()

    for request in endpoint.seen:
        Webhook(SECRET).verify(request.body, dict(request.headers))
    assert (len(endpoint.seen), in_clear) == (2, 1)
    assert not any(SECRET in str(item) for item in every_item())


@pytest.mark.parametrize(
    ("url", "status", "why"),
    [
        ("http://169.254.169.254/latest/meta-data", 422, "link-local"),
        ("http://[::ffff:10.0.0.1]/", 422, "hides an IPv4 address"),
        ("ftp://example.com/", 422, "https://"),
        ("not an address", 400, "runtime"),
        ("https://user:secret@example.com/", 400, "runtime"),
        ("http://no-such-host.invalid/", 422, "has no address"),
    ],
)
def test_an_address_that_may_not_be_called_is_refused_when_it_is_set(tasks, url, status, why):
    wish = {"runtime": {"kind": "http", "url": url}}
    answer = tasks.service.request("PATCH", "/api/v1/agents/worker", wish, key=tasks.key)

    assert (answer.status, why in answer.text) == (status, True), answer.text


def test_an_address_that_leads_inside_later_is_not_called(tasks, monkeypatch):
    with receiving(Reply(200)) as endpoint:
        point_at(tasks, endpoint.url)
        monkeypatch.setenv(settings.PRIVATE_TARGETS, "")
        settings.settings.cache_clear()
        made = tasks.make()
        tasks.go_on()

    task = tasks.get(f"/api/tasks/{made['id']}")
    assert (task["status"], task["error"]["type"], endpoint.seen) == ("failed", "Refused", [])
