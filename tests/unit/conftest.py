"""Fixtures of the unit tests."""

from collections.abc import Iterator

import pytest

from watchbill.platform import table


@pytest.fixture(scope="session", autouse=True)
def _one_after_the_other() -> Iterator[None]:
    """Writes follow one another, so that a process that dies before its n-th write always leaves the same behind."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table, "_AT_ONCE", 1)
        yield
