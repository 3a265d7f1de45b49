"""Locks in the table: which of an agent's tasks run for campaigns."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from watchbill.platform import keys
from watchbill.platform.items import REVISION
from watchbill.platform.table import Table
from watchbill.platform.writes import Replace, Write


@dataclass(frozen=True, slots=True)
class Lock:
    """An agent's lock as it was read: the ids of the tasks that it names."""

    agent_id: str
    tasks: tuple[str, ...] = ()
    revision: int = 0


class LockStore:
    """One organisation's locks."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._organisation = table.organisation

    def lock(self, agent_id: str) -> Lock:
        """An agent's lock."""
        item = self._table.get(keys.CAMPAIGN_LOCK(self._organisation, agent_id)) or {}
        return Lock(agent_id, tuple(item.get("tasks", ())), item.get(REVISION, 0))

    def change(self, lock: Lock, tasks: Iterable[str], also: Sequence[Write]) -> None:
        """Name other tasks than were read, together with other writes: all or none. Raises Changed, AlreadyExists."""
        key = keys.CAMPAIGN_LOCK(self._organisation, lock.agent_id)
        self._table.transact([Replace(key, {"tasks": list(tasks)}, lock.revision), *also])
