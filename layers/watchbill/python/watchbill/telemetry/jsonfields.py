"""The fields of OTLP's JSON, whatever message they are of: spans, logs and metrics are made of the same.

Names are those of the schema in lowerCamelCase or as the schema spells them, ids are hex, enums are integers or names,
64-bit integers are numbers or text; names that are not known are passed over, as is null. What has another type than
the schema says is refused with the whole request: such a sender is broken, and would be with the next one.
Source: opentelemetry.io/docs/specs/otlp, "JSON Protobuf Encoding".
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any, TypeVar

import pydantic_core

from watchbill.platform.errors import BadRequest
from watchbill.telemetry.limits import MAX_ATTRIBUTES, MAX_DEPTH, MAX_NAME, MAX_TEXT, kept
from watchbill.telemetry.protobuf import number
from watchbill.telemetry.spans import Scope, Value

_INTEGER = re.compile(r"-?[0-9]{1,20}")
_INT32, _INT64, _TIMES = range(-(2**31), 2**31), range(-(2**63), 2**63), range(2**64)

T = TypeVar("T")
Object = Mapping[str, Any]


def request_of(body: bytes) -> Object:
    """The object that a body is. Raises BadRequest."""
    try:
        request = pydantic_core.from_json(body)
    except ValueError as error:
        raise BadRequest(f"the body is not JSON: {error}") from error
    return _object("the body", request)


def scope_of(holder: Object) -> Scope:
    """The instrumentation that is named in something."""
    scope = inner(holder, "scope")
    return Scope(text(scope, "name")[:MAX_NAME], text(scope, "version")[:MAX_NAME])


def attributes(holder: Object, name: str = "attributes", depth: int = 1) -> dict[str, Value]:
    """Attributes, or the pairs of an object, under the name that they have there."""
    return kept((text(pair, "key"), value_of(inner(pair, "value"), depth)) for pair in objects(holder, name))


def value_of(value: Object, depth: int = 1) -> Value:
    """What an attribute or a body holds."""
    for name, held in value.items():
        read = _VALUES.get(name)
        if read is not None and held is not None:
            return read(held, depth)
    return None


def _string(held: Any, _: int) -> str:
    return _checked("stringValue", held, str)[:MAX_TEXT]


def _boolean(held: Any, _: int) -> bool:
    return _checked("boolValue", held, bool)


def _int(held: Any, _: int) -> int:
    return integer("intValue", held, _INT64)


def _double(held: Any, _: int) -> Value:
    if isinstance(held, bool):
        raise BadRequest("doubleValue is a number")
    try:
        return number(float(held))  # also of text, which is how JSON has what is not finite
    except (TypeError, ValueError, OverflowError) as error:
        raise BadRequest("doubleValue is a number") from error


def _bytes(held: Any, _: int) -> str:
    # Senders leave out the padding, or write `-` and `_`; a reader of protobuf's JSON takes either.
    text = _checked("bytesValue", held, str).rstrip("=").replace("-", "+").replace("_", "/")
    try:
        content = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadRequest("bytesValue is base64") from error
    return base64.b64encode(content).decode()[:MAX_TEXT]


def _array(held: Any, depth: int) -> Value:
    if depth >= MAX_DEPTH:
        return None
    items = islice(objects(_object("arrayValue", held), "values"), MAX_ATTRIBUTES)
    return [value_of(item, depth + 1) for item in items]


def _list_of_pairs(held: Any, depth: int) -> Value:
    return attributes(_object("kvlistValue", held), "values", depth + 1) if depth < MAX_DEPTH else None


_VALUES: dict[str, Callable[[Any, int], Value]] = {
    "stringValue": _string,
    "string_value": _string,
    "intValue": _int,
    "int_value": _int,
    "doubleValue": _double,
    "double_value": _double,
    "boolValue": _boolean,
    "bool_value": _boolean,
    "bytesValue": _bytes,
    "bytes_value": _bytes,
    "arrayValue": _array,
    "array_value": _array,
    "kvlistValue": _list_of_pairs,
    "kvlist_value": _list_of_pairs,
}


def _held(holder: Object, *names: str) -> Any:
    for name in names:
        held = holder.get(name)
        if held is not None:
            return held
    return None


def text(holder: Object, *names: str) -> str:
    """Text; empty where there is none."""
    held = _held(holder, *names)
    return "" if held is None else _checked(names[0], held, str)


def time(holder: Object, *names: str) -> int:
    """Nanoseconds since 1970; 0 where there are none."""
    held = _held(holder, *names)
    return 0 if held is None else integer(names[0], held, _TIMES)


def figure(holder: Object, *names: str) -> float | int | None:
    """A number, whole or not, also as text; None where there is none."""
    held = _held(holder, *names)
    if isinstance(held, bool | list | dict):
        raise BadRequest(f"{names[0]} is a number")
    if isinstance(held, str) and _INTEGER.fullmatch(held):
        return int(held)
    try:
        return float(held) if isinstance(held, str) else held
    except ValueError as error:
        raise BadRequest(f"{names[0]} is a number") from error


def enum(holder: Object, name: str, numbered: Callable[[str], int]) -> int:
    """The number of an enum's member, also of one that is named; 0 where there is none."""
    held = holder.get(name)
    if held is None:
        return 0
    return numbered(held) if isinstance(held, str) else integer(name, held, _INT32)


def inner(holder: Object, name: str) -> Object:
    """An object inside of another; an empty one where there is none."""
    held = holder.get(name)
    return {} if held is None else _object(name, held)


def objects(holder: Object, *names: str) -> Iterator[Object]:
    """A list of objects; an empty one where there is none."""
    held = _held(holder, *names)
    return (_object(names[0], item) for item in _checked(names[0], [] if held is None else held, list))


def _object(name: str, held: Any) -> dict[str, Any]:
    return _checked(name, held, dict)


def integer(name: str, held: Any, allowed: range) -> int:
    """An integer that is allowed, however it is written."""
    if (isinstance(held, str) and _INTEGER.fullmatch(held)) or (isinstance(held, float) and held.is_integer()):
        held = int(held)
    if isinstance(held, bool) or not isinstance(held, int) or held not in allowed:
        raise BadRequest(f"{name} is an integer from {allowed.start} to {allowed.stop - 1}")
    return held


_NOUNS = {str: "text", bool: "true or false", list: "a list of objects", dict: "an object"}


def _checked(name: str, held: Any, wanted: type[T]) -> T:
    if not isinstance(held, wanted):
        raise BadRequest(f"{name} is {_NOUNS[wanted]}")
    return held
