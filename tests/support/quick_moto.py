"""Moto without the work that no test of ours needs: most of a test's time would go there.

A query looks at one partition, where moto looks at every item of the table. What a transaction may have to undo is
kept as lists of items, where moto copies the whole table and its stream for each item of the transaction: this is the
same as long as items are replaced, never changed, in a transaction, and `Table` puts, deletes and checks there.
"""

import copy
from collections import defaultdict
from contextvars import ContextVar
from typing import Any

from moto.core import models
from moto.core.serialize import ResponseSerializer
from moto.dynamodb.models.table import StreamShard, Table

_query = Table.query
_all_items = Table.all_items
_get_value = ResponseSerializer.get_value
_partition: ContextVar[Any] = ContextVar("partition", default=None)


def _query_one_partition(self: Any, hash_key: Any, *arguments: Any, **more: Any) -> Any:
    token = _partition.set(hash_key)
    try:
        return _query(self, hash_key, *arguments, **more)
    finally:
        _partition.reset(token)


def _items_of_the_partition(self: Any) -> Any:
    key = _partition.get()
    return _all_items(self) if key is None else list(self.items[key].values()) if key in self.items else []


def _table_as_it_is(self: Any, _: Any) -> Any:
    kept = copy.copy(self)
    kept.items = defaultdict(dict, {key: dict(items) for key, items in self.items.items()})
    kept.stream_shard = self.stream_shard and copy.copy(self.stream_shard)
    if kept.stream_shard:
        kept.stream_shard.table = kept
    return kept


def _shard_as_it_is(self: Any) -> Any:
    kept = object.__new__(StreamShard)
    kept.__dict__ |= self.__dict__ | {"items": list(self.items)}
    return kept


def _value_of_its_type(self: Any, value: Any, key: str, shape: Any) -> Any:
    attribute = type(value) is dict and hasattr(shape, "parent") and shape.parent.name == "AttributeValue"
    return value.get(key) if attribute else _get_value(self, value, key, shape)


def use() -> None:
    """Have moto work this way from now on."""
    models.RESPONSES_METHODS.clear()
    ResponseSerializer.get_value = _value_of_its_type  # type: ignore[method-assign]
    Table.query = _query_one_partition  # type: ignore[method-assign]
    Table.all_items = _items_of_the_partition  # type: ignore[method-assign]
    Table.__deepcopy__ = _table_as_it_is  # type: ignore[attr-defined]
    StreamShard.__copy__ = _shard_as_it_is  # type: ignore[attr-defined]
