"""Several who work at the same time, one step at a time: whose turn it is, and who dies, is drawn from a seed."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeVar

from tests.support.memory_table import Crash, MemoryTable
from watchbill.platform.errors import TooManyRequests
from watchbill.platform.items import Item, to_raw
from watchbill.platform.keys import Key
from watchbill.platform.stream import Record
from watchbill.platform.table import Stored
from watchbill.platform.writes import Create, Replace, Write

_here = threading.local()
T = TypeVar("T")


@dataclass(eq=False)
class _Worker:
    """Somebody at work in a thread, which stands still but for its turns."""

    thread: threading.Thread | None = None
    may_go: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    dies: bool = False
    failure: BaseException | None = None


class Together:
    """The workers, and their turns."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._waiting: list[_Worker] = []
        self._stands = threading.Semaphore(0)
        self.death = 0.0
        """How probable it is that a step is somebody's last."""
        self.busy = 0.0
        """How probable it is that the table has no room for a write."""

    @property
    def at_work(self) -> int:
        """How many have not come to their end."""
        return len(self._waiting)

    def begin(self, work: Callable[[], None]) -> None:
        """Have somebody begin; nothing is done before the first turn."""
        worker = _Worker()
        worker.thread = threading.Thread(target=self._live, args=(worker, work), daemon=True)
        self._waiting.append(worker)
        worker.thread.start()

    def go_on(self) -> None:
        """Let one of them do a step."""
        worker = self._random.choice(self._waiting)
        worker.dies = self._random.random() < self.death
        worker.may_go.release()
        self._stands.acquire()
        if worker.failure:
            raise worker.failure

    def step(self) -> None:
        """What follows is done in another turn, or never."""
        worker: _Worker | None = getattr(_here, "worker", None)
        if worker:
            self._stands.release()
            worker.may_go.acquire()
            if worker.dies:
                raise Crash

    def refuse_perhaps(self) -> None:
        """The table may have no room."""
        if self._random.random() < self.busy:
            raise TooManyRequests("busy", retry_after=1)

    def either(self, one: T, other: T) -> T:
        """One or the other."""
        return self._random.choice((one, other))

    def shuffled(self, some: Iterable[Any]) -> list[Any]:
        """These in any order."""
        listed = list(some)
        self._random.shuffle(listed)
        return listed

    def _live(self, worker: _Worker, work: Callable[[], None]) -> None:
        _here.worker = worker
        worker.may_go.acquire()
        try:
            if not worker.dies:
                work()
        except Crash:
            pass
        except BaseException as failure:  # noqa: BLE001 - told where the turns are given
            worker.failure = failure
        self._waiting.remove(worker)
        self._stands.release()


class SharedTable(MemoryTable):
    """A table that several work with: every access is a turn of its own, and what is written is in its stream."""

    def __init__(self, together: Together) -> None:
        super().__init__()
        self._together = together
        self.stream: list[Record] = []
        self._before: dict[Key, Item | None] = {}

    def get(self, key: Key) -> Item | None:
        self._together.step()
        return super().get(key)

    def get_many(self, keys: Iterable[Key], *, consistent: bool = True) -> dict[Key, Item]:
        # What is read together is not of one moment, and may be of one that has passed.
        read = self.get if consistent else self._get_perhaps_old
        return {key: found for key in keys if (found := read(key)) is not None}

    def _get_perhaps_old(self, key: Key) -> Item | None:
        now = self.get(key)
        return self._together.either(now, deepcopy(self._before.get(key)))

    def create(self, key: Key, item: Item) -> None:
        self.transact([Create(key, item)])

    def replace(self, key: Key, item: Item, revision: int) -> None:
        self.transact([Replace(key, item, revision)])

    def put(self, key: Key, item: Item) -> None:
        self._alone([lambda: self._keep(key, item)])

    def put_all(self, items: Mapping[Key, Item]) -> None:
        self._alone([lambda key=key: self._keep(key, items[key]) for key in self._together.shuffled(items)])

    def transact(self, writes: Sequence[Write]) -> None:
        self._alone([lambda: super(SharedTable, self).transact(writes)])

    def query(self, partition: str, **bounds: Any) -> Iterator[Stored]:
        self._together.step()
        yield from super().query(partition, **bounds)

    def _alone(self, writes: Sequence[Callable[[], None]]) -> None:
        for write in writes:
            self._together.step()
            self._together.refuse_perhaps()
            write()

    def _keep(self, key: Key, item: Item) -> None:
        before = self._before[key] = self.items.get(key)
        super()._keep(key, item)
        images = [to_raw(image) if image else None for image in (before, self.items[key])]
        self.stream.append(Record(key, len(self.stream) + 1, *images))
