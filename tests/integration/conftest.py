"""Fixtures: the service in process, and an organisation with its admin key."""

import pytest

from tests.support.channels import make_channels
from tests.support.service import Service


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
