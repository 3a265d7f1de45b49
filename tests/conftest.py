"""Fixtures of every suite: an environment of its own, AWS in process, a service over it."""

from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.support.local_table import function_environment, mocked_aws
from tests.support.told import Told
from watchbill.platform import queue, table

# How long an example takes says how busy the machine is, not whether the code is right.
hypothesis.settings.register_profile("watchbill", deadline=None)
hypothesis.settings.load_profile("watchbill")

pytest_plugins = ["tests.support.running_stack"]

_STACKS = {"browser": "running", "e2e": "running", "infra": "synthesised", "packaging": "synthesised"}
"""Suites that share a running stack, or a synthesised one."""
_STACK_OF_ITS_OWN = "tests/e2e/test_life_of_the_local_stack.py"
_LONGEST = ("tests/browser/", "tests/e2e/", "tests/infra/", "tests/packaging/", "tests/chaos/", "tests/integration/")
"""Begun first, in this order: what is long must not be left to one process when the others have nothing to do."""


class Together(LoadScopeScheduling):
    """Tests that share what takes long to make follow one another in one process: those of a stack, or of a file."""

    def _split_scope(self, nodeid: str) -> str:
        file, suite = nodeid.split("::")[0], nodeid.split("/")[1]
        if suite == "chaos":
            return nodeid
        return file if file == _STACK_OF_ITS_OWN else _STACKS.get(suite, file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    """How tests are divided among processes."""
    config.option.loadscopereorder = False  # what has most tests takes no longer than others
    return Together(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest suites."""
    items.sort(key=lambda item: next((i for i, suite in enumerate(_LONGEST) if item.nodeid.startswith(suite)), 99))


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


@pytest.fixture(scope="session")
def listener() -> Iterator[Told]:
    """What hears all that is told."""
    told = Told()
    with pytest.MonkeyPatch.context() as patch:
        told.listen(patch)
        yield told


@pytest.fixture(autouse=True)
def _told_as_the_catalogue_says(listener: Told) -> Iterator[None]:
    """Every event that a test brings about is one of the catalogue, with the data that is written there."""
    yield
    wrong, listener.wrong = listener.wrong, []
    assert wrong == []


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
