"""Items as Python values and as DynamoDB writes them in JSON, and the attributes that are the table's own."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from watchbill.platform import aws
from watchbill.platform.keys import Key

Item = dict[str, Any]
"""An item's attributes without its key, as Python values: str, int, Decimal, bytes, bool, None, list, dict."""

REVISION = "revision"
EXPIRES_AT = "expires_at"
CAUSE = "cause"
_EXACT = 10**38
"""Where the numbers end of which DynamoDB keeps every digit."""
_OF_THE_TABLE = ("pk", "sk", CAUSE)

_any = aws.TypeSerializer().serialize
_deserialise = aws.TypeDeserializer().deserialize


def to_raw(item: Item) -> dict[str, Any]:
    """An item's attributes in DynamoDB's JSON; what is None is left out."""
    return {name: _serialise(value) for name, value in item.items() if value is not None}


def to_raw_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of an expression in DynamoDB's JSON, as `:name`."""
    return {f":{name}": _serialise(value) for name, value in values.items()}


def to_item(raw: Mapping[str, Any]) -> Item:
    """An item in DynamoDB's JSON, as in a stream record's image, without its key and what caused it."""
    return {name: _to_python(value) for name, value in raw.items() if name not in _OF_THE_TABLE}


def to_key(raw: Mapping[str, Any]) -> Key:
    """The key of an item in DynamoDB's JSON."""
    return Key(raw["pk"]["S"], raw["sk"]["S"])


def _serialise(value: Any) -> dict[str, Any]:
    """A value in DynamoDB's JSON. The library asks a dozen questions of each; most are one of these, and go first."""
    kind = type(value)
    if kind is str:
        return {"S": value}
    if kind is int:
        return {"N": str(value)} if -_EXACT < value < _EXACT else dict(_any(value))
    if kind is dict:
        return {"M": {name: _serialise(inner) for name, inner in value.items()}}
    if kind is list:
        return {"L": [_serialise(inner) for inner in value]}
    if kind is bytes:
        return {"B": value}
    return dict(_any(value))


def _to_python(raw: Any) -> Any:
    """A value in DynamoDB's JSON as Python has it; the library, which makes everything twice, for what is rare."""
    ((kind, value),) = raw.items()
    if kind == "S":
        return value
    if kind == "N":
        return int(value) if value.lstrip("-").isdecimal() else Decimal(value)
    if kind == "M":
        return {name: _to_python(inner) for name, inner in value.items()}
    if kind == "L":
        return [_to_python(inner) for inner in value]
    if kind == "B":
        return bytes(value)
    return _deserialise(raw)
