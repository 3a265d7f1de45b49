"""Fixtures: the service in process, and an organisation with its admin key."""

from collections.abc import Iterator

import pytest

from tests.support.alert_steps import subscribed_to_topic
from tests.support.bedrock import ENDPOINT, Bedrock, bedrock
from tests.support.channels import make_channels
from tests.support.pages import Visitor
from tests.support.service import Service
from watchbill import services
from watchbill.platform import aws, settings


@pytest.fixture
def service(cloud: None) -> Service:
    """A deployment in process."""
    return Service()


@pytest.fixture
def key(service: Service) -> str:
    """The admin key of the organisation `demo`."""
    return service.organisation("demo")


@pytest.fixture
def visitor(key: str) -> Visitor:
    """Somebody at the page who has signed in with the admin key."""
    return Visitor().sign_in(key)


@pytest.fixture
def channels(cloud: None) -> None:
    """The queues, the topic of alerts and the sender of e-mails."""
    make_channels()


@pytest.fixture
def model_service(environment: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bedrock]:
    """Language models on the loopback interface, which took every request that they were sent."""
    with bedrock() as service:
        monkeypatch.setenv(ENDPOINT, service.url)
        aws.forget_clients()
        yield service
    aws.forget_clients()
    assert service.wrong == []


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
