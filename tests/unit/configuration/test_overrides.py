"""Overrides are laid over each other key by key, in any division, and can be taken back."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbill.configuration import rules
from watchbill.configuration.models import PRODUCTION, AgentOverrides, Thresholds

LEAVES = st.dictionaries(st.sampled_from(["a", "b", "c"]), st.none() | st.integers(1, 9), max_size=3)
GROUPS = st.dictionaries(st.sampled_from(["x", "y"]), st.none() | LEAVES, max_size=2)
CHANGES = st.builds(lambda leaves, groups: {**leaves, **groups}, LEAVES, GROUPS)
STAGE = rules.of_stage("development", 30)


def leaves(values: dict[str, Any]) -> dict[tuple[str, ...], Any]:
    """Every value that is none itself, under its path."""
    found = {}
    for name, value in values.items():
        if isinstance(value, dict):
            found |= {(name, *path): leaf for path, leaf in leaves(value).items()}
        else:
            found[(name,)] = value
    return found


@given(CHANGES, CHANGES)
def test_a_change_touches_what_it_names_and_nothing_else(there: dict[str, Any], change: dict[str, Any]) -> None:
    before = rules.patched({}, there)
    after = rules.patched(before, change)

    removed = {name for name, value in change.items() if value is None}
    untouched = {path: leaf for path, leaf in leaves(before).items() if path[0] not in removed}
    said = {path: leaf for path, leaf in leaves(change).items() if leaf is not None}
    taken_back = {path for path, leaf in leaves(change).items() if leaf is None}
    assert leaves(after) == {path: leaf for path, leaf in (untouched | said).items() if path not in taken_back}
    assert {} not in after.values()


@given(CHANGES, CHANGES)
def test_the_same_change_twice_is_the_change_once(there: dict[str, Any], change: dict[str, Any]) -> None:
    once = rules.patched(rules.patched({}, there), change)

    assert rules.patched(once, change) == once


def test_an_agent_s_override_lies_over_the_organisation_s_and_that_over_the_stage_s() -> None:
    organisation = {"retention_days": 45, "anomaly_thresholds": {"latency_multiplier": 3.0, "cost_multiplier": 4.0}}
    agent = {"anomaly_thresholds": {"latency_multiplier": 9.0}}

    effective = rules.effective(STAGE, organisation, agent)

    assert effective.retention_days == 45
    assert effective.anomaly_thresholds == Thresholds(latency_multiplier=9.0, cost_multiplier=4.0)
    assert effective.enable_anomaly_detection


def test_production_is_more_sensitive_and_an_override_there_changes_only_what_it_names() -> None:
    stage = rules.of_stage("production", 90)

    effective = rules.effective(stage, {"anomaly_thresholds": {"cost_multiplier": 2.0}})

    assert stage.anomaly_thresholds == PRODUCTION
    assert effective.anomaly_thresholds == PRODUCTION.model_copy(update={"cost_multiplier": 2.0})


@pytest.mark.parametrize(
    "wrong",
    [
        {"retentionDays": 0},
        {"retentionDays": 3_651},
        {"anomalyThresholds": {"latencyMultiplier": 1.0}},
        {"anomalyThresholds": {"errorRateThreshold": 1.1}},
        {"anomalyThresholds": {"nothing": 1}},
        {"enableAnomalyDetection": "perhaps"},
        {"reportHour": 7},
    ],
)
def test_what_an_agent_cannot_have_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        AgentOverrides.model_validate(wrong)
