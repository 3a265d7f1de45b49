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


def _to_python(value: Any) -> Any:
    return _plain(_deserialise(value))


def _plain(value: Any) -> Any:
    match value:
        case Decimal() if value == value.to_integral_value() and value.as_tuple().exponent == 0:
            return int(value)
        case aws.Binary():
            return bytes(value.value)  # type: ignore[attr-defined] # the stubs leave it out
        case dict():
            return {name: _plain(inner) for name, inner in value.items()}
        case list():
            return [_plain(inner) for inner in value]
        case _:
            return value
