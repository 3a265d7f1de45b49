"""What follows from the writes of tasks: their counts, and the run records of their executions."""

from collections import Counter
from collections.abc import Callable, Sequence

from watchbill.execution.models import Task
from watchbill.execution.packing import to_task
from watchbill.execution.store import TaskStore
from watchbill.platform import keys
from watchbill.platform.items import to_item
from watchbill.platform.stream import Record

_STATUS = "status"


class TaskFollower:
    """One organisation's tasks, as the stream's consumer sees them."""

    def __init__(self, store: TaskStore, record: Callable[[Sequence[Task]], None]) -> None:
        self._store = store
        self._record = record

    def take_in(self, records: Sequence[Record], shard: str) -> None:
        """Count and record what the stream tells of tasks; what it tells again changes nothing."""
        of_tasks = [record for record in records if record.key.sk == keys.TASK.sk]
        if not of_tasks:
            return
        self._store.count([(record.sequence, _change(record)) for record in of_tasks], shard)
        # Of several states that a batch tells of, the last says all that the earlier ones said.
        newest = {record.key: record.after for record in of_tasks if record.after}
        self._record([to_task(to_item(image)) for image in newest.values()])


def _change(record: Record) -> Counter[str]:
    change: Counter[str] = Counter()
    for image, sign in ((record.before, -1), (record.after, 1)):
        if image:
            change[image[_STATUS]["S"]] += sign
    return change
