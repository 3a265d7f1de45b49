"""An organisation's telemetry over a table in memory, whose writes of runs are remembered."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tests.support.memory_table import MemoryTable
from tests.support.open_sealer import SIGNINGS
from tests.support.traces import price
from watchbill.analytics.histograms import Counts
from watchbill.analytics.models import Layout, Rollup, RollupKey, Sums
from watchbill.analytics.rules import Change, contributions
from watchbill.platform import keys
from watchbill.platform.files import Files
from watchbill.platform.items import Item
from watchbill.platform.keys import Key
from watchbill.platform.lists import Cursors
from watchbill.registry.service import RegistryService
from watchbill.registry.store import RegistryStore
from watchbill.runs import rules as runs
from watchbill.runs.models import Facts
from watchbill.runs.store import RunStore
from watchbill.telemetry.content import ContentPolicy
from watchbill.telemetry.intake import Intake
from watchbill.telemetry.records import Recorder
from watchbill.telemetry.registering import Registrar
from watchbill.telemetry.spans import Span
from watchbill.telemetry.store import TraceStore

NOW = datetime(2026, 3, 1, tzinfo=UTC)
_OF_THE_RECORD = {"revision", "expires_at", runs.PACKS, runs.RECORDED_AT, runs.SETTLES_AT}


class WatchedTable(MemoryTable):
    """A table whose writes of runs are remembered, as the stream tells them."""

    def __init__(self) -> None:
        super().__init__()
        self.changes: list[Change] = []

    def _keep(self, key: Key, item: Item) -> None:
        before = self.items.get(key)
        super()._keep(key, item)
        if keys.RUN.parse(key):
            self.changes.append(Change(len(self.changes), before, self.items[key]))


class MemoryFiles(Files):
    """Files in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def put(self, name: str, content: bytes, kind: str) -> None:  # noqa: ARG002
        self.kept[name] = content

    def get(self, name: str) -> bytes | None:
        return self.kept.get(name)

    def remove(self, name: str) -> None:
        self.kept.pop(name, None)


@dataclass
class World:
    """An organisation's telemetry over a table in memory."""

    table: WatchedTable = field(default_factory=WatchedTable)
    files: MemoryFiles = field(default_factory=MemoryFiles)

    def __post_init__(self) -> None:
        self.runs = RunStore(self.table)
        self.traces = TraceStore(self.table, self.runs, self.files)
        registry = RegistryService("demo", RegistryStore(self.table), Cursors(lambda: b"secret"), SIGNINGS)
        recorder = Recorder(Registrar("demo", registry), lambda _: timedelta(days=30))
        self.intake = Intake(self.traces, self.runs, recorder, price, ContentPolicy)

    def take_in(self, requests: Sequence[Sequence[Span]]) -> None:
        """Take in spans, request by request."""
        for spans in requests:
            self.intake.take_in(spans)

    @property
    def records(self) -> dict[str, Facts]:
        """What the runs' records say, by their ids, without what is the record's own."""
        found = {key: item for key, item in self.table.items.items() if keys.RUN.parse(key)}
        stored = self.runs.runs(item[runs.RUN_ID] for item in found.values())
        return {run: {k: v for k, v in record.items() if k not in _OF_THE_RECORD} for run, record in stored.items()}

    @property
    def figures(self) -> dict[RollupKey, tuple[Sums, Counts]]:
        """The sums and histograms of the rollups that the writes of runs come to."""
        rollups: dict[RollupKey, Rollup] = {}
        for change in self.table.changes:
            for key, delta in contributions(change, Layout()).items():
                rollups.setdefault(key, Rollup()).add(delta)
        totals = {key: rollup.total for key, rollup in rollups.items()}
        return {key: (total.sums, total.durations) for key, total in totals.items() if total.sums}
