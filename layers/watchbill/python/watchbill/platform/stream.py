"""The table's stream, as its two consumers read it."""

import base64
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from watchbill.platform import ids, keys
from watchbill.platform.items import CAUSE, to_key
from watchbill.platform.keys import Key

_MAX_CAUSES = 20
ONLY_SHARD = "shard"
"""The name of the shard where the event names none, as on the emulator, whose streams have one."""


@dataclass(frozen=True, slots=True)
class Record:
    """An item before and after one write, in DynamoDB's JSON. A shard's sequence numbers grow from write to write.

    `expired` says that the table has removed it, because its time had come.
    """

    key: Key
    sequence: int
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    expired: bool = False

    @property
    def organisation(self) -> str:
        """Whose item it is."""
        return keys.organisation_of(self.key)

    @property
    def cause(self) -> str | None:
        """The id of the request that wrote it, if a request did."""
        cause = (self.after or {}).get(CAUSE)
        return cause["S"] if cause else None


def shard_of(event: dict[str, Any]) -> str:
    """A short name of the shard that an event's records come from.

    AWS names it only when the event source has a tumbling window.
    """
    shard = event.get("shardId")
    return ids.derived_hex(shard, digits=8) if shard else ONLY_SHARD


def records_of(event: dict[str, Any]) -> Iterator[Record]:
    """The event's records in their order, without those of items that expired: what has been counted stays counted.

    That a session has expired is news.
    """
    for raw in event["Records"]:
        change, expired = raw["dynamodb"], _expired(raw)
        key = to_key(change["Keys"])
        if not expired or key.sk == keys.CONVERSATION.sk:
            sequence = int(change["SequenceNumber"])
            before, after = (_image(change.get(name)) for name in ("OldImage", "NewImage"))
            yield Record(key, sequence, before, after, expired)


def by_organisation(event: dict[str, Any]) -> dict[str, list[Record]]:
    """The event's records, each organisation's in their order."""
    grouped: dict[str, list[Record]] = defaultdict(list)
    for record in records_of(event):
        grouped[record.organisation].append(record)
    return grouped


def causes(event: dict[str, Any]) -> list[str]:
    """The ids of the requests that wrote the event's records, the first few of them."""
    images = (raw["dynamodb"].get("NewImage") or {} for raw in event["Records"])
    return list(dict.fromkeys(image[CAUSE]["S"] for image in images if CAUSE in image))[:_MAX_CAUSES]


def taken(event: dict[str, Any]) -> dict[str, Any]:
    """The answer that all of an event's records are done with; a tumbling window wants its state back."""
    return {"batchItemFailures": [], "state": event.get("state") or {}}


def told(image: dict[str, Any]) -> dict[str, Any]:
    """An image as an event has it, or a message that passes it on: with binary values in base 64."""
    return {
        name: {"B": base64.b64encode(value["B"]).decode()} if "B" in value else value for name, value in image.items()
    }


def heard(raw: dict[str, Any]) -> dict[str, Any]:
    """What was told, as an image again."""
    return {name: _decoded(value) for name, value in raw.items()}


def _image(raw: dict[str, Any] | None) -> dict[str, Any] | None:
    return heard(raw) if raw else None


def _decoded(value: dict[str, Any]) -> dict[str, Any]:
    """A value as the table's API gives it: in an event, which is JSON, binary values are base 64."""
    ((kind, inner),) = value.items()
    match kind:
        case "B":
            return {"B": base64.b64decode(inner)}
        case "M":
            return {"M": {name: _decoded(each) for name, each in inner.items()}}
        case "L":
            return {"L": [_decoded(each) for each in inner]}
        case _:
            return value


def _expired(raw: dict[str, Any]) -> bool:
    identity = raw.get("userIdentity") or {}
    return raw["eventName"] == "REMOVE" and identity.get("principalId") == "dynamodb.amazonaws.com"
