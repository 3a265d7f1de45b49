"""An organisation in memory: two agents, their runs, the stream of their writes and the figures counted from it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from boto3.dynamodb.types import TypeSerializer

from tests.support.memory_table import MemoryTable
from tests.support.open_sealer import SIGNINGS
from watchbill.analytics.rollups import RollupService
from watchbill.analytics.store import RollupStore
from watchbill.platform import clock
from watchbill.platform.items import to_item
from watchbill.platform.keys import Key
from watchbill.platform.lists import Cursors
from watchbill.platform.stream import Record
from watchbill.platform.table import Item
from watchbill.registry.models import NewVersion, Registration
from watchbill.registry.service import RegistryService
from watchbill.registry.store import RegistryStore
from watchbill.runs.models import Facts
from watchbill.runs.service import RunService
from watchbill.runs.store import RunStore

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
RETENTION = timedelta(days=30)
AGENTS = ("ana", "bo")

_serialise = TypeSerializer().serialize


class StreamingTable(MemoryTable):
    """A table in memory that keeps the stream of its runs' writes."""

    def __init__(self) -> None:
        super().__init__()
        self.stream: list[Record] = []

    def put(self, key: Key, item: Item) -> None:
        before = self.items.get(key)
        super().put(key, item)
        if key.sk == "RUN":
            self.stream.append(Record(key, len(self.stream), _image(before), _image(self.items[key])))


class World:
    """The organisation `demo` with its runs, and the figures counted from them."""

    def __init__(self) -> None:
        self.table = StreamingTable()
        cursors = Cursors(lambda: b"")
        self.registry = RegistryService("demo", RegistryStore(self.table), cursors, SIGNINGS)
        self.store = RollupStore(self.table)
        self.runs = RunService(RunStore(self.table), self.registry, cursors, lambda _: RETENTION)
        self._counted = 0
        for agent in AGENTS:
            self.registry.register(agent, Registration(project="p"))
            self.registry.add_version(agent, NewVersion(version="1.0"))

    def post(self, agent: str, number: int, at: datetime, **facts: Any) -> str:
        """Record a run; its id."""
        said = {"created": clock.to_text(at), "status": "completed", "id": number, "time_taken": "2s", "cost": 0.5}
        (accepted,) = self.runs.record_batch(agent, "1.0", [said | facts]).accepted
        return accepted.id

    def all_runs(self) -> list[Facts]:
        """Every run's record."""
        return [to_item(_image(item) or {}) for key, item in self.table.items.items() if key.sk == "RUN"]

    def count(self) -> None:
        """Let the stream's consumer catch up."""
        records, self._counted = self.table.stream[self._counted :], len(self.table.stream)
        if records:
            RollupService(self.store).take_in(records, "shard")


def _image(item: Item | None) -> dict[str, Any] | None:
    return {name: _serialise(value) for name, value in item.items()} if item else None
