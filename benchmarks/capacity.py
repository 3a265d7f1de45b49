"""What requests to DynamoDB cost, from the ConsumedCapacity of every answer and from the sizes of the items.

The emulator's write units are DynamoDB's, which every write is checked for against the item's size. But it answers the
same for a read of any size, so read units are computed from what was read.
"""

import math
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from watchbill.platform import aws
from watchbill.platform.keys import Key, parse

WRITE_BYTES, READ_BYTES = 1024, 4096
_WRITES = ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems")


class Meter:
    """Counts units by what they were spent on: an entity of the table, and for rollups their dimension."""

    def __init__(self) -> None:
        self.write_units: Counter[str] = Counter()
        self.read_units = 0.0
        self.requests = 0
        self.transactions = 0

    def request(self, params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        """Ask for the consumed capacity; keep what is asked for the answer."""
        params["ReturnConsumedCapacity"] = "TOTAL"
        context["watchbill_request"] = params

    def answer(self, parsed: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        """Count an answer."""
        params = context["watchbill_request"]
        self.requests += 1
        if model.name == "PutItem" and "ConsumedCapacity" in parsed:
            units = parsed["ConsumedCapacity"]["CapacityUnits"]
            _check(units, params)
            self.write_units[spent_on(params["Item"])] += units
        elif model.name == "TransactWriteItems":
            self.transactions += 1
            self._count_transaction(params["TransactItems"], parsed["ConsumedCapacity"])
        elif model.name == "BatchWriteItem":
            self._count_batch(params["RequestItems"], parsed["ConsumedCapacity"])
        elif model.name in _WRITES:
            raise AssertionError(f"this benchmark does not expect {model.name}")
        else:
            self.read_units += _read_units(model.name, params, parsed)

    def _count_batch(self, tables: dict[str, Any], consumed: list[dict[str, Any]]) -> None:
        """Count puts that went together, of items that were not there."""
        expected: Counter[str] = Counter()
        for put in (write["PutRequest"]["Item"] for writes in tables.values() for write in writes):
            expected[spent_on(put)] += math.ceil(size_of(put) / WRITE_BYTES)
        units = sum(each["CapacityUnits"] for each in consumed)
        if units != expected.total():
            raise AssertionError(f"{units} write units, but the items' sizes make {expected.total()}")
        self.write_units += expected

    def _count_transaction(self, writes: list[dict[str, Any]], consumed: list[dict[str, Any]]) -> None:
        """Count a transaction, whose writes cost twice what they would singly."""
        expected: Counter[str] = Counter()
        for ((_, write),) in map(dict.items, writes):
            item = write.get("Item") or write["Key"]
            expected[spent_on(item)] += 2 * math.ceil(size_of(item) / WRITE_BYTES)
        units = sum(each["CapacityUnits"] for each in consumed)
        if units < expected.total():
            raise AssertionError(f"{units} write units, but the items' sizes make {expected.total()}")
        self.write_units += expected


@contextmanager
def metered() -> Iterator[Meter]:
    """Count what the service's DynamoDB client does inside the block."""
    meter, emitter = Meter(), aws.dynamodb().meta.events
    emitter.register("provide-client-params.dynamodb", meter.request)
    emitter.register("after-call.dynamodb", meter.answer)
    try:
        yield meter
    finally:
        emitter.unregister("provide-client-params.dynamodb", meter.request)
        emitter.unregister("after-call.dynamodb", meter.answer)


def spent_on(item: dict[str, Any]) -> str:
    """What an item is: its entity, and for rollups their dimension."""
    entity, values = parse(Key(item["pk"]["S"], item["sk"]["S"]))
    return " ".join([entity.name, values["dimension"]] if "dimension" in values else [entity.name])


def size_of(item: dict[str, Any]) -> int:
    """The bytes of an item in DynamoDB's JSON by the rules of its developer guide."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _check(units: float, put: dict[str, Any]) -> None:
    """The units of a put are those of the item's size; of a replaced item, of the larger of its two sizes."""
    expected = math.ceil(size_of(put["Item"]) / WRITE_BYTES)
    created = "attribute_not_exists" in put.get("ConditionExpression", "")
    if units < expected or (created and units > expected):
        raise AssertionError(f"{units} write units, but the item's size makes {expected}: {put['Item']}")


def _value_size(value: dict[str, Any]) -> int:
    ((kind, inner),) = value.items()
    match kind:
        case "S":
            return len(inner.encode())
        case "N":
            return _number_size(inner)
        case "B":
            return len(inner)
        case "M":
            return 3 + sum(1 + len(name.encode()) + _value_size(each) for name, each in inner.items())
        case "L":
            return 3 + sum(1 + _value_size(each) for each in inner)
        case _:
            return 1


def _number_size(text: str) -> int:
    digits = text.replace(".", "").lstrip("-0").rstrip("0")
    return 1 + math.ceil(len(digits) / 2) + text.startswith("-")


def _read_units(operation: str, params: dict[str, Any], answer: dict[str, Any]) -> float:
    match operation:
        case "GetItem":
            return _units(size_of(answer.get("Item", {})), params["ConsistentRead"])
        case "BatchGetItem":
            # Each item is rounded up by itself, also one that is not there.
            ((table, asked),) = params["RequestItems"].items()
            found = answer["Responses"].get(table, [])
            missing = len(asked["Keys"]) - len(found)
            sizes = [*map(size_of, found), *[0] * missing]
            return sum(_units(size, asked["ConsistentRead"]) for size in sizes)
        case "Query":
            # All items of a page are rounded up together.
            return _units(sum(map(size_of, answer["Items"])), params["ConsistentRead"])
        case _:
            raise AssertionError(f"this benchmark does not expect {operation}")


def _units(size: int, consistent: bool) -> float:
    return max(1, math.ceil(size / READ_BYTES)) * (1.0 if consistent else 0.5)
