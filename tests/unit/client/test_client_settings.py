"""Where the service is and which key to send."""

import pytest

from watchbill_client import ConfigurationError
from watchbill_client.settings import DEFAULT_URL, resolve


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WATCHBILL_URL", raising=False)
    monkeypatch.delenv("WATCHBILL_API_KEY", raising=False)


def test_without_anything_it_is_the_front_door_of_this_machine_without_a_key() -> None:
    settings = resolve()

    assert (settings.url, settings.api_key, settings.is_local) == (DEFAULT_URL, None, True)


def test_the_environment_comes_before_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHBILL_URL", "https://api.example.com/stage/")
    monkeypatch.setenv("WATCHBILL_API_KEY", "wb_environment")

    settings = resolve()

    assert (settings.url, settings.api_key) == ("https://api.example.com/stage", "wb_environment")
    assert not settings.is_local


def test_arguments_come_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHBILL_URL", "https://api.example.com")
    monkeypatch.setenv("WATCHBILL_API_KEY", "wb_environment")

    settings = resolve("http://[::1]:9999", "wb_argument")

    assert (settings.url, settings.api_key, settings.is_local) == ("http://[::1]:9999", "wb_argument", True)


def test_an_empty_variable_is_no_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHBILL_URL", "")
    monkeypatch.setenv("WATCHBILL_API_KEY", "")

    assert (resolve().url, resolve().api_key) == (DEFAULT_URL, None)


@pytest.mark.parametrize(
    "url",
    ["localhost:9999", "ftp://example.com", "http://", "/api", "http://a b", "http://x:port", "https://e.com/?a=1"],
)
def test_a_url_that_leads_nowhere_is_refused_by_name(url: str) -> None:
    with pytest.raises(ConfigurationError, match="URL"):
        resolve(url)


@pytest.mark.parametrize("key", ["wb two", "wb_\n", "wb_schlüssel", "Bearer wb_x"])
def test_a_key_that_no_header_may_hold_is_refused_without_repeating_it(key: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        resolve(api_key=key)
    assert key not in str(caught.value)
