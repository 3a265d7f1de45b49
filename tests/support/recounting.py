"""What runs come to when they are counted anew, to be compared with what was counted as they were written."""

from collections.abc import Iterable, Mapping
from typing import Any

from tests.support.memory_table import MemoryTable
from watchbill.analytics.models import Rollup
from watchbill.analytics.rollups import RollupService
from watchbill.analytics.store import RollupStore, to_rollup
from watchbill.platform import keys
from watchbill.platform.items import Item, to_raw
from watchbill.platform.keys import Key
from watchbill.platform.stream import ONLY_SHARD, Record

Figures = dict[Key, dict[str, Any]]
"""Every rollup by its key: what each of its cells and minutes sums up, without zeros."""


def counted(records: Iterable[Record], organisation: str = "demo") -> Figures:
    """What is counted of some writes."""
    table = MemoryTable(organisation)
    RollupService(RollupStore(table)).take_in(list(records), ONLY_SHARD)
    return figures_in(table.items)


def recounted(items: Mapping[Key, Item], organisation: str = "demo") -> Figures:
    """What is counted of the runs among some items as they are."""
    runs = [(key, item) for key, item in items.items() if key.sk == keys.RUN.sk]
    writes = (Record(key, number, None, to_raw(item)) for number, (key, item) in enumerate(runs, 1))
    return counted(writes, organisation)


def figures_in(items: Mapping[Key, Item]) -> Figures:
    """What the rollups among some items say."""
    return {key: sums for key, item in items.items() if (sums := _sums(to_rollup(item)))}


def _sums(rollup: Rollup) -> dict[str, Any]:
    cells = {name: (_numbers(cell.sums), _numbers(cell.durations)) for name, cell in rollup.cells.items()}
    minutes = {measure.value: _numbers(counts) for measure, counts in rollup.minutes.items()}
    return {name: cell for name, cell in cells.items() if any(cell)} | {
        f"minutes {name}": counts for name, counts in minutes.items() if counts
    }


def _numbers(sums: Mapping[Any, Any]) -> dict[Any, Any]:
    return {name: amount for name, amount in sums.items() if amount}
