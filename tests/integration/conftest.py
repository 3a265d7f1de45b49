"""Fixtures: the service in process, and an organisation with its admin key."""

import pytest

from tests.support.alert_steps import subscribed_to_topic
from tests.support.channels import make_channels
from tests.support.service import Service
from watchbill import services
from watchbill.platform import settings


@pytest.fixture
def service(cloud: None) -> Service:
    """A deployment in process."""
    return Service()


@pytest.fixture
def key(service: Service) -> str:
    """The admin key of the organisation `demo`."""
    return service.organisation("demo")


@pytest.fixture
def channels(cloud: None) -> None:
    """The queues, the topic of alerts and the sender of e-mails."""
    make_channels()


@pytest.fixture
def hasty(channels: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A schedule of four attempts without waiting."""
    monkeypatch.setenv(settings.WEBHOOK_DELAYS, "0,0,0,0")
    settings.settings.cache_clear()
    services.forget()


@pytest.fixture
def topic(channels: None) -> str:
    """The URL of a queue with what was published to the topic of alerts."""
    return subscribed_to_topic()
