"""A strict little service behind a real socket, and clients of it."""

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.integration.client.deployment import Deployment, deployed
from tests.integration.client.server import serving
from tests.integration.client.service import API_KEY, Service
from watchbill_client import PerformanceTracker, Retries, Watchbill, create_performance_tracker
from watchbill_client.performance import tracker as trackers

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


@pytest.fixture
def deployment(cloud: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployment]:
    """The service's own functions, which the environment names; trackers made in the test are closed at its end."""
    made: dict[Any, PerformanceTracker] = {}
    monkeypatch.setattr(trackers, "_trackers", made)
    with deployed() as deployment:
        monkeypatch.setenv("WATCHBILL_URL", deployment.url)
        monkeypatch.setenv("WATCHBILL_API_KEY", deployment.key)
        yield deployment
        for tracker in made.values():
            tracker.close()


Trackers = Callable[..., PerformanceTracker]


@pytest.fixture
def make_tracker(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Trackers]:
    """Trackers of the service that are quick to retry; closed at the end, as those made elsewhere in the test are."""
    made: dict[Any, PerformanceTracker] = {}
    monkeypatch.setattr(trackers, "_trackers", made)

    def make(**options: Any) -> PerformanceTracker:
        return create_performance_tracker({"retries": QUICK, **options})

    yield make
    for tracker in made.values():
        tracker.close()
        # What could not be sent is neither the next test's affair nor that of the end of this process.
        tracker._pipeline.forget()


@pytest.fixture
def tracker(make_tracker: Trackers) -> PerformanceTracker:
    """A tracker that sends when it is told to: its interval is beyond the test's patience."""
    return make_tracker(flush_interval=60)


@pytest.fixture
def complaints(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """What the tracker said through its logger."""
    caplog.set_level(logging.WARNING, "watchbill_client.performance")
    return lambda: [record.getMessage() for record in caplog.records if record.name == "watchbill_client.performance"]
