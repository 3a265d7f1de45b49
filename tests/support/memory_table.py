"""A table in memory, for property tests that would take moto minutes. `tests/integration` proves the real one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any

from watchbill.platform.items import REVISION, Item
from watchbill.platform.keys import Key
from watchbill.platform.table import AlreadyExists, Changed, Stored, Table
from watchbill.platform.writes import Check, Create, Delete, PutOver, Replace, Write


class Crash(BaseException):
    """The process died here, which nothing in it can catch."""


class MemoryTable(Table):
    """Behaves as Table does, and dies before its `crash_after`-th further write when that is set."""

    def __init__(self, organisation: str = "demo") -> None:
        self.organisation = organisation
        self.items: dict[Key, Item] = {}
        self.crash_after: int | None = None

    def get(self, key: Key) -> Item | None:
        return deepcopy(self.items.get(key))

    def get_many(self, keys: Iterable[Key], *, consistent: bool = True) -> dict[Key, Item]:  # noqa: ARG002
        return {key: deepcopy(self.items[key]) for key in keys if key in self.items}

    def create(self, key: Key, item: Item) -> None:
        if key in self.items:
            raise AlreadyExists(deepcopy(self.items[key]))
        self.put(key, item)

    def replace(self, key: Key, item: Item, revision: int) -> None:
        self._check(Replace(key, item, revision))
        self.put(key, {**item, REVISION: revision + 1})

    def put(self, key: Key, item: Item) -> None:
        self._die_or_live()
        self._keep(key, item)

    def put_all(self, items: Mapping[Key, Item]) -> None:
        for key, item in items.items():
            self.put(key, item)

    def delete(self, key: Key) -> bool:
        self._die_or_live()
        return self.items.pop(key, None) is not None

    def transact(self, writes: Sequence[Write]) -> None:
        for write in writes:
            self._check(write)
        self._die_or_live()
        for write in writes:
            match write:
                case Check():
                    pass
                case Delete():
                    self.items.pop(write.key, None)
                case Replace():
                    self._keep(write.key, {**write.item, REVISION: write.revision + 1})
                case _:
                    self._keep(write.key, write.item)

    def query(self, partition: str, **bounds: Any) -> Iterator[Stored]:
        prefix, between, before = (bounds.get(name) for name in ("prefix", "between", "before"))
        after = bounds.get("after") or ""
        first, last = between or ("", "\U0010ffff")
        found = [
            key
            for key in self.items
            if key.pk == partition
            and key.sk.startswith(prefix or "")
            and first <= key.sk <= last
            and key.sk > after
            and (before is None or key.sk < before)
        ]
        for key in sorted(found, reverse=bool(bounds.get("descending"))):
            yield Stored(key, deepcopy(self.items[key]))

    def _check(self, write: Write) -> None:
        there = self.items.get(write.key)
        match write:
            case Create() if there is not None:
                raise AlreadyExists(deepcopy(there))
            case Replace(revision=0) if there is not None:
                raise Changed(deepcopy(there))
            case Replace() | Delete() if write.revision and (there or {}).get(REVISION) != write.revision:
                raise Changed(deepcopy(there))
            case PutOver() | Check() if there is None:
                raise Changed(None)

    def _die_or_live(self) -> None:
        if self.crash_after is not None:
            self.crash_after -= 1
            if self.crash_after < 0:
                self.crash_after = None
                raise Crash

    def _keep(self, key: Key, item: Item) -> None:
        self.items[key] = {name: deepcopy(value) for name, value in item.items() if value is not None}
