"""The page of settings: the organisation, how runs are kept and watched, who is told."""

import json

import pytest

from tests.integration.client.server import Reply
from tests.support.alert_steps import deliver
from tests.support.pages import Visitor
from tests.support.receiver import receiving
from tests.support.steps import SUBSCRIPTIONS, get

HOSTILE = "<img src=x onerror=alert(1)>"
SETTINGS, SUBSCRIBE = "/dashboard/settings", "/dashboard/settings/subscriptions"
CONFIGURE = f"{SETTINGS}/configuration"


@pytest.fixture
def visitor(visitor):
    visitor.get(SETTINGS)
    return visitor


def configuration(service, key):
    return get(service, key, "/api/analytics/configuration")


def test_the_organisation_is_named_and_placed(service, key, visitor):
    shown = visitor.post(f"{SETTINGS}/organisation", name=HOSTILE, time_zone="Europe/Madrid")

    told = get(service, key, "/api/organisation")
    assert (told["name"], told["time_zone"]) == (HOSTILE, "Europe/Madrid")
    assert shown.all("//input[@id='name']/@value") == [HOSTILE]
    assert not shown.all("//img")
    assert visitor.post(f"{SETTINGS}/organisation", name="x", time_zone="Mars").status == 400


def test_what_is_set_holds_and_what_is_left_empty_is_taken_back(service, key, visitor):
    shown = visitor.post(CONFIGURE, retention_days="12", report_hour="6", max_concurrent_tasks="")

    told = configuration(service, key)
    assert (told["retentionDays"], told["reportHour"], told["maxConcurrentTasks"]) == (12, 6, 3)
    assert shown.all("//input[@name='retention_days']/@value") == ["12"]
    assert shown.all("//input[@name='max_concurrent_tasks']/@placeholder") == ["3"]
    visitor.post(CONFIGURE, retention_days="", report_hour="6")
    assert {name for name, value in configuration(service, key)["overrides"].items() if value is not None} == {
        "reportHour"
    }


def test_a_form_of_settings_leaves_alone_what_it_does_not_ask_for(service, key, visitor):
    visitor.post(CONFIGURE, retention_days="12")
    visitor.post(CONFIGURE, enable_anomaly_detection="false", latency_multiplier="3", cost_multiplier="")
    visitor.post(CONFIGURE, content="mask", pattern_name=["badge", ""], pattern=["B-[0-9]+", ""])

    told = configuration(service, key)
    assert (told["retentionDays"], told["enableAnomalyDetection"], told["content"]) == (12, False, "mask")
    assert told["anomalyThresholds"]["latencyMultiplier"] == 3
    assert told["contentPatterns"] == [{"name": "badge", "pattern": "B-[0-9]+"}]
    visitor.post(CONFIGURE, content="", pattern_name=["", ""], pattern=["", ""])
    assert configuration(service, key)["contentPatterns"] == []


@pytest.mark.parametrize(
    "typed",
    [{"retention_days": "0"}, {"latency_multiplier": "much"}, {"pattern_name": "all", "pattern": ".*"}, {}],
    ids=str,
)
def test_what_cannot_be_set_is_refused_with_the_reason(service, key, visitor, typed):
    before = configuration(service, key)

    assert visitor.post(CONFIGURE, **typed).status == 400

    assert configuration(service, key) == before


@pytest.mark.usefixtures("hasty")
def test_a_webhook_is_subscribed_tested_switched_off_and_removed(service, key, visitor, capfd):
    with receiving(Reply(204)) as receiver:
        made = visitor.post(SUBSCRIBE, channel="webhook", target=receiver.url, kinds=["task-failed", "daily-summary"])
        (secret,) = made.all("//section[@aria-labelledby='secret']//code/text()")
        (one,) = get(service, key, SUBSCRIPTIONS)["items"]
        here = f"{SUBSCRIBE}/{one['id']}"
        tested = visitor.post(f"{here}/test")
        deliver(service)

    assert receiver.verified(secret)
    assert "A test message is on its way" in tested.words
    assert "test delivered 1 204" in visitor.get(here).words
    assert f"delivered test to {receiver.url}" in visitor.get(SETTINGS).words
    assert "off" in visitor.post(f"{here}/change", enabled="false").words
    renewed = visitor.post(f"{here}/secret").all("//section[@aria-labelledby='secret']//code/text()")
    assert renewed != [secret]
    said = capfd.readouterr()
    assert not any(text in json.dumps([visitor.get(here).text, said.out, said.err]) for text in (secret, *renewed))
    assert "Nobody yet." in visitor.post(f"{here}/remove").words
    assert visitor.get(here).status == 404


def test_who_lacks_the_scope_sees_settings_and_changes_none(service, key):
    reader = service.request("POST", "/api/keys", {"name": "reader", "scopes": ["read"]}, key=key).json
    visitor = Visitor().sign_in(reader["secret"])

    shown = visitor.get(SETTINGS)

    assert len(shown.all("//fieldset[@disabled]")) == 4
    assert not shown.all("//main//button")
    assert "Who is told" not in shown.words
    for address in (f"{SETTINGS}/organisation", CONFIGURE, SUBSCRIBE, f"{SUBSCRIBE}/x/test", f"{SUBSCRIBE}/x/change"):
        assert visitor.post(address, name="mine", retention_days="1").status == 403
    for address in (f"{SUBSCRIBE}/x/secret", f"{SUBSCRIBE}/x/remove"):
        assert visitor.post(address).status == 403
    assert visitor.get(f"{SUBSCRIBE}/x").status == 403


def test_another_organisation_s_subscription_is_not_found(service, visitor):
    other = service.organisation("other")
    wish = {"channel": "email", "target": "ops@example.com", "kinds": ["daily-summary"]}
    theirs = service.request("POST", SUBSCRIPTIONS, wish, key=other).json["id"]

    assert visitor.get(f"{SUBSCRIBE}/{theirs}").status == 404
    for action in ("test", "secret", "remove"):
        assert visitor.post(f"{SUBSCRIBE}/{theirs}/{action}").status == 404
    assert visitor.post(f"{SUBSCRIBE}/{theirs}/change", enabled="false").status == 404
