"""Fixtures of every suite: an environment of its own, AWS in process, a service over it."""

from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from tests.support.local_table import function_environment, mocked_aws
from watchbill.platform import queue, table

_TESTS = Path(__file__).parent

# How long an example takes says how busy the machine is, not whether the code is right.
hypothesis.settings.register_profile("watchbill", deadline=None)
hypothesis.settings.load_profile("watchbill")


_OF_ONE_STACK = {"infra", "packaging", "e2e"}
"""Suites that share a synthesised stack, the layers that are built for it, or a running one."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of one stack follow one another in one process; all others run beside them, each where there is room."""
    for item in items:
        if item.path.relative_to(_TESTS).parts[0] in _OF_ONE_STACK:
            item.add_marker(pytest.mark.xdist_group("stack"))


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
