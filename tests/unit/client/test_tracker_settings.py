"""How a tracker is configured, and that no setting fails the caller."""

import logging

import pytest

from watchbill_client import Retries, TrackerSettings, create_performance_tracker
from watchbill_client.performance.settings import tracker_settings

SAID = "watchbill_client.performance"


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WATCHBILL_URL", raising=False)
    monkeypatch.delenv("WATCHBILL_API_KEY", raising=False)


def test_settings_come_from_a_mapping_or_from_keywords_which_win() -> None:
    settings = tracker_settings({"bufferSize": 5, "flush_interval": 2, "url": "http://a"}, {"url": "http://b"})

    assert (settings.buffer_size, settings.flush_interval, settings.url) == (5, 2.0, "http://b")


def test_the_environment_fills_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHBILL_URL", "http://environment")
    monkeypatch.setenv("WATCHBILL_API_KEY", "wb_environment")

    found, given = tracker_settings(None, {}), tracker_settings({"url": "http://a", "apiKey": "wb_a"}, {})

    assert (found.url, found.api_key) == ("http://environment", "wb_environment")
    assert (given.url, given.api_key) == ("http://a", "wb_a")


def test_the_settings_of_the_original_are_accepted_and_only_whispered_about(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, SAID)
    original = {
        "tableName": "bayon-coagent-prod",
        "enableAnomalyDetection": True,
        "retentionDays": 90,
        "anomalyThresholds": {"latencyMultiplier": 1.5},
    }

    assert tracker_settings(original, {}) == TrackerSettings()
    assert [record.levelname for record in caplog.records] == ["DEBUG"] * 4


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("buffer_size", 0),
        ("batch_size", 1_001),
        ("flush_interval", -1),
        ("timeout", float("nan")),
        ("url", 5),
        ("enabled", "perhaps"),
        ("retries", {"attempts": "many"}),
        ("flush_intervall", 1),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_and_the_others_count(
    name: str, value: object, caplog: pytest.LogCaptureFixture
) -> None:
    settings = tracker_settings({name: value, "flush_timeout": 7}, {})

    assert settings == TrackerSettings(flush_timeout=7)
    assert [name in record.getMessage() for record in caplog.records] == [True]


def test_how_to_retry_is_a_setting() -> None:
    given = tracker_settings({"retries": Retries(attempts=2)}, {})
    spelt = tracker_settings({"retries": {"attempts": 2}}, {})

    assert given == spelt
    assert given.retries.attempts == 2


def test_the_key_is_not_shown() -> None:
    assert "wb_secret" not in repr(tracker_settings({"apiKey": "wb_secret"}, {}))


def test_the_same_settings_give_the_same_tracker() -> None:
    first = create_performance_tracker({"url": "http://127.0.0.1:9", "tableName": "x"})

    assert create_performance_tracker(url="http://127.0.0.1:9") is first
    assert create_performance_tracker(url="http://127.0.0.1:9", enabled=False) is not first
