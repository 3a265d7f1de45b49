"""Marks: up to which record of each of the stream's shards an item has taken in what is told, so that it does so once.

The first delivery of a shard's records is in the order of their sequence numbers; whatever is at or below the mark has
been taken in.
"""

from datetime import timedelta

from watchbill.platform import clock
from watchbill.platform.items import Item

_MARKS = "marks"
_KEPT = timedelta(hours=48)
"""Longer than a stream keeps records (24 h): an older mark can no longer be met again."""


def of(item: Item | None, shard: str) -> int:
    """The sequence number up to which an item has taken in a shard's records; -1 when it has none."""
    return int((item or {}).get(_MARKS, {}).get(shard, ["-1"])[0])


def moved(item: Item | None, shard: str, sequence: int) -> Item:
    """The attribute to store with an item that has taken in a shard's records up to this one."""
    now = clock.now()
    oldest = int((now - _KEPT).timestamp())
    kept = {name: mark for name, mark in (item or {}).get(_MARKS, {}).items() if mark[1] >= oldest}
    # Sequence numbers have up to 40 digits, two more than a number in DynamoDB: kept as text.
    return {_MARKS: kept | {shard: [str(sequence), int(now.timestamp())]}}
