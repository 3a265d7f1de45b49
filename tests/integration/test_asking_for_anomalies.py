"""GET /api/analytics/anomalies: a strand's anomalies of a timeframe, newest first, by id or name."""

import pytest

from tests.support.agent_hours import AGENT, FAULT, at, dear, hours, recent
from tests.support.steps import get, register
from tests.support.watched import Watched
from watchbill.platform.clock import frozen_at
from watchbill.platform.table import Table

ANOMALIES = "/api/analytics/anomalies"


def twice_dear(index, work):
    """Runs cost three times as much for four hours, and ten hours after that once more."""
    return dear(index, work) if index < FAULT + 10 else dear(index - 14, work)


@pytest.fixture
def demo(service, key):
    """An organisation whose agent was dear twice, and has been checked since."""
    demo = Watched(Table("demo"))
    demo.register()
    demo.count(recent(hours(FAULT + 24, twice_dear), 90))
    demo.check(at(FAULT + 24))
    return demo


def test_anomalies_are_a_plain_array_newest_first_with_their_fields(service, key, demo):
    with frozen_at(at(FAULT + 24)):
        newer, older = get(service, key, f"{ANOMALIES}?strandId={AGENT}")

    assert older["detectedAt"] < newer["detectedAt"]
    assert older["suggestedActions"]
    assert {name: older[name] for name in ("type", "severity", "affectedComponent", "metric", "resolved")} == {
        "type": "cost",
        "severity": "critical",
        "affectedComponent": "research-strand",
        "metric": "cost",
        "resolved": True,
    }
    assert (older["strandId"], older["taskType"]) == (AGENT, "research")
    assert older["windowStart"] == "2026-02-02T10:00:00.000Z"
    assert older["resolvedAt"] == "2026-02-02T15:00:00.000Z"
    assert older["currentValue"] > 2 * older["expectedValue"] > 0
    assert older["deviation"] > 100
    assert "research" in older["description"]


def test_a_timeframe_says_how_far_back(service, key, demo):
    with frozen_at(at(FAULT + 24)):
        assert len(get(service, key, f"{ANOMALIES}?strandId={AGENT}&timeframe=8h")) == 1
        assert len(get(service, key, f"{ANOMALIES}?strandId={AGENT}&timeframe=2w")) == 2
        assert len(get(service, key, f"{ANOMALIES}?strandId={AGENT}&timeframe=1m")) == 2


def test_without_a_strand_the_request_is_refused_in_the_words_of_the_original_route(service, key):
    for address in (ANOMALIES, f"{ANOMALIES}?strandId=", f"{ANOMALIES}?timeframe=7d"):
        answer = service.request("GET", address, key=key)

        assert (answer.status, answer.json["error"]) == (400, "strandId is required")


def test_a_strand_without_work_has_none_and_a_strand_nobody_knows_is_not_found(service, key):
    register(service, key, "idle-strand")

    assert get(service, key, f"{ANOMALIES}?strandId=idle-strand") == []
    assert service.request("GET", f"{ANOMALIES}?strandId=nobody", key=key).status == 404
