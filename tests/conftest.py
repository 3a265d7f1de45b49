"""Fixtures of every suite: an environment of its own, AWS in process, a service over it."""

from collections.abc import Iterator

import pytest

from tests.support.local_table import ENVIRONMENT, mocked_aws
from watchbill.platform.settings import settings


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The settings of a function, and nothing of the machine's."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def cloud(environment: None) -> Iterator[None]:
    """AWS in process, with the table and the bus."""
    with mocked_aws():
        yield
