"""Fixtures: a store over a table in memory."""

import pytest

from tests.support.memory_table import MemoryTable
from watchbill.realtime.store import RealtimeStore


@pytest.fixture
def memory_store() -> RealtimeStore:
    """The live channel's store of the organisation `demo`."""
    return RealtimeStore(MemoryTable())
