"""Fixtures of every suite: an environment of its own, AWS in process, a service over it."""

from collections.abc import Iterator

import hypothesis
import pytest

from tests.support.local_table import function_environment, mocked_aws
from watchbill.platform import queue, table

# How long an example takes says how busy the machine is, not whether the code is right.
hypothesis.settings.register_profile("watchbill", deadline=None)
hypothesis.settings.load_profile("watchbill")


@pytest.fixture(scope="session", autouse=True)
def _one_after_the_other() -> Iterator[None]:
    """Writes of this process follow one another, and so do the messages of a batch.

    A process that dies before its n-th write then always leaves the same behind, and moto, which numbers a stream's
    records as they come, never gives two of them one number.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table, "_AT_ONCE", 1)
        patch.setattr(queue, "_AT_ONCE", 1)
        yield


@pytest.fixture
def environment() -> Iterator[None]:
    """The settings of a function, and nothing of the machine's."""
    with function_environment():
        yield


@pytest.fixture
def cloud(environment: None) -> Iterator[None]:
    """AWS in process, with the table and the bus."""
    with mocked_aws():
        yield
