"""A strict little service behind a real socket, and clients of it."""

from collections.abc import Iterator

import pytest

from tests.integration.client.server import serving
from tests.integration.client.service import API_KEY, Service
from watchbill_client import Retries, Watchbill

QUICK = Retries(attempts=4, first_delay=0.001)


@pytest.fixture
def service() -> Iterator[Service]:
    """The service's state; a test fails if the client did anything against the contract."""
    service = Service()
    yield service
    assert service.violations == []


@pytest.fixture
def url(service: Service, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where the service is served; the environment names it as well, as a user's would."""
    with serving(service.answer) as url:
        monkeypatch.setenv("WATCHBILL_URL", url)
        monkeypatch.setenv("WATCHBILL_API_KEY", API_KEY)
        yield url


@pytest.fixture
def client(url: str) -> Iterator[Watchbill]:
    """A client that is quick to retry."""
    with Watchbill(url, API_KEY, retries=QUICK) as client:
        yield client
