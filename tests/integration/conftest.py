"""Fixtures: the service in process, and an organisation with its admin key."""

import pytest

from tests.support.service import Service


@pytest.fixture
def service(cloud: None) -> Service:
    """A deployment in process."""
    return Service()


@pytest.fixture
def key(service: Service) -> str:
    """The admin key of the organisation `demo`."""
    return service.organisation("demo")
