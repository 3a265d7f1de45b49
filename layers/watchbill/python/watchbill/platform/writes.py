"""The writes that a transaction is made of, and what each of them asks of the item that is there."""

from dataclasses import dataclass
from typing import Any

from watchbill.platform.items import REVISION, Item
from watchbill.platform.keys import Key

MOST_WRITES = 100
"""How many writes one transaction takes."""


@dataclass(frozen=True, slots=True)
class Create:
    """An item that is not there yet."""

    key: Key
    item: Item


@dataclass(frozen=True, slots=True)
class Replace:
    """An item over the one that was read at `revision`, 0 for none."""

    key: Key
    item: Item
    revision: int


@dataclass(frozen=True, slots=True)
class PutOver:
    """An item over one that must be there."""

    key: Key
    item: Item


@dataclass(frozen=True, slots=True)
class Put:
    """An item, whatever was there."""

    key: Key
    item: Item


@dataclass(frozen=True, slots=True)
class Delete:
    """No item, whether there was one or not; with a `revision` only in the place of the one that was read at it."""

    key: Key
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """Nothing; an item must be there for the other writes."""

    key: Key


Write = Create | Replace | PutOver | Put | Delete | Check


def condition_of(write: Write) -> dict[str, Any]:
    """What a write asks of the item that is there, in DynamoDB's words; empty when it asks nothing."""
    match write:
        case Create() | Replace(revision=0):
            return {"ConditionExpression": "attribute_not_exists(pk)"}
        case Replace(revision=int(revision)) | Delete(revision=int(revision)):
            return {
                "ConditionExpression": "#revision = :revision",
                "ExpressionAttributeNames": {"#revision": REVISION},
                "ExpressionAttributeValues": {":revision": {"N": str(revision)}},
            }
        case PutOver() | Check():
            return {"ConditionExpression": "attribute_exists(pk)"}
        case _:
            return {}
