"""Thresholds and retention by stage, organisation and agent."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.local_table import every_item
from tests.support.steps import get, post_run, prepare
from watchbill.configuration.models import OrganisationOverrides
from watchbill.platform.clock import frozen_at
from watchbill.platform.recent import FRESH
from watchbill.platform.table import Changed
from watchbill.services import services
from watchbill.telemetry.content import ContentPolicy

OURS = "/api/analytics/configuration"
STRAND = "/api/analytics/strands/my-agent/configuration"
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def change(service, key, address, body):
    answer = service.request("PATCH", address, body, key=key)
    assert answer.status == 200, answer.text
    return answer.json


def days_kept(run):
    """For how many days the table keeps a run after its recording."""
    (item,) = (item for item in every_item() if item["sk"]["S"] == "RUN" and item["run_id"]["S"] == run["run_id"])
    return (datetime.fromtimestamp(int(item["expires_at"]["N"]), UTC) - NOW).days


def test_the_stage_s_configuration_holds_until_something_is_set(service, key):
    assert get(service, key, OURS) == {
        "enableAnomalyDetection": True,
        "retentionDays": 30,
        "anomalyThresholds": {
            "latencyMultiplier": 2.0,
            "errorRateThreshold": 0.1,
            "costMultiplier": 1.5,
            "qualityDropThreshold": 20.0,
            "volumeMultiplier": 3.0,
            "minimumBaselineRuns": 10,
        },
        "reportHour": 7,
        "maxConcurrentTasks": 3,
        "content": "keep",
        "contentPatterns": [],
        "decisionModel": None,
        "auditRetentionDays": 400,
        "overrides": {
            "enableAnomalyDetection": None,
            "retentionDays": None,
            "anomalyThresholds": None,
            "reportHour": None,
            "maxConcurrentTasks": None,
            "content": None,
            "contentPatterns": None,
            "decisionModel": None,
            "auditRetentionDays": None,
        },
    }


def test_partial_overrides_merge_key_by_key(service, key):
    prepare(service, key)
    change(service, key, OURS, {"anomalyThresholds": {"latencyMultiplier": 4}})
    change(service, key, OURS, {"anomalyThresholds": {"costMultiplier": 5}, "reportHour": 22})
    answered = change(service, key, STRAND, {"anomalyThresholds": {"latencyMultiplier": 6}})

    assert answered["anomalyThresholds"]["latencyMultiplier"] == 6
    assert answered["anomalyThresholds"]["costMultiplier"] == 5
    assert answered["anomalyThresholds"]["errorRateThreshold"] == 0.1
    assert answered["overrides"]["anomalyThresholds"]["costMultiplier"] is None
    assert get(service, key, STRAND) == answered
    assert get(service, key, OURS)["reportHour"] == 22


def test_null_takes_an_override_back(service, key):
    prepare(service, key)
    change(service, key, OURS, {"retentionDays": 5, "anomalyThresholds": {"latencyMultiplier": 4}})

    answered = change(service, key, OURS, {"retentionDays": None, "anomalyThresholds": {"latencyMultiplier": None}})

    assert answered == get(service, key, OURS)
    assert (answered["retentionDays"], answered["anomalyThresholds"]["latencyMultiplier"]) == (30, 2.0)


def test_one_organisation_s_settings_are_not_another_s(service, key):
    change(service, key, OURS, {"retentionDays": 5})

    assert get(service, service.organisation("other"), OURS)["retentionDays"] == 30


def test_a_strand_nobody_knows_has_no_configuration(service, key):
    assert service.request("GET", STRAND, key=key).status == 404
    assert service.request("PATCH", STRAND, {"retentionDays": 5}, key=key).status == 404


def test_runs_are_kept_as_long_as_their_agent_s_configuration_says(service, key):
    prepare(service, key)
    prepare(service, key, "other")
    created = "2026-03-10T12:00:00Z"
    with frozen_at(NOW):
        first = post_run(service, key, created=created)
        change(service, key, OURS, {"retentionDays": 60})
        change(service, key, STRAND, {"retentionDays": 7})
        ours, other = (post_run(service, key, agent, created=created) for agent in ("my-agent", "other"))

    assert [days_kept(run) for run in (first, ours, other)] == [30, 7, 60]


def test_a_change_made_elsewhere_holds_here_within_a_minute(service, key):
    demo, elsewhere = services("demo").configuration, type(services("demo").configuration)
    with frozen_at(NOW):
        assert demo.effective().retention_days == 30
        other = elsewhere(demo._store, demo._of_stage)
        other.change(_overrides(retention_days=3))
        assert demo.effective().retention_days == 30
    with frozen_at(NOW + FRESH):
        assert demo.effective().retention_days == 3


def test_the_shortest_retention_there_ever_was_is_remembered(service, key):
    configuration = services("demo").configuration
    for days in (20, 3, 100, None):
        configuration.change(_overrides(retention_days=days), "agent")

    assert configuration.shortest_retention() == timedelta(days=3)
    assert configuration.effective("agent").retention_days == 30


def test_two_changes_at_once_do_not_undo_each_other(service, key):
    store = services("demo").configuration._store
    read = store.one("*")
    change(service, key, OURS, {"retentionDays": 5})

    with pytest.raises(Changed):
        store.replace("*", read)


def test_a_change_that_says_nothing_is_refused(service, key):
    answer = service.request("PATCH", OURS, {}, key=key)

    assert (answer.status, "nothing to change" in answer.json["detail"]) == (400, True)


def _overrides(**fields):
    return OrganisationOverrides(**fields)


def test_an_organisation_says_what_is_done_with_content(service, key):
    order = {"name": "order", "pattern": r"ORD-\d+"}
    change(service, key, OURS, {"content": "mask", "contentPatterns": [order]})

    policy = services("demo").content_policy()

    assert get(service, key, OURS)["contentPatterns"] == [order]
    assert policy.masks.text("ORD-7, ana@x.com") == "[custom order], [email]"
    assert change(service, key, OURS, {"content": "drop", "contentPatterns": None})["contentPatterns"] == []
    assert services("demo").content_policy() == ContentPolicy(drop=True)


@pytest.mark.parametrize(
    "body",
    [
        {"content": "encrypt"},
        {"contentPatterns": [{"name": "a", "pattern": "("}]},
        {"contentPatterns": [{"name": "A b", "pattern": "x"}]},
        {"contentPatterns": [{"name": "a", "pattern": "a*"}]},
        {"contentPatterns": [{"name": "a", "pattern": "x"}] * 21},
    ],
)
def test_patterns_that_cannot_be_looked_for_are_refused(service, key, body):
    answer = service.request("PATCH", OURS, body, key=key)

    assert answer.status == 400, answer.text
    assert get(service, key, OURS)["contentPatterns"] == []


def test_content_is_the_organisation_s_and_not_an_agent_s(service, key):
    prepare(service, key)

    assert service.request("PATCH", STRAND, {"content": "drop"}, key=key).status == 400
