"""The spans of a request in OTLP's JSON, not yet judged.

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
from watchbill.telemetry.limits import (
    MAX_ATTRIBUTES,
    MAX_DEPTH,
    MAX_EVENTS,
    MAX_NAME,
    MAX_TEXT,
    Draft,
    kept,
    kind_number,
    status_number,
)
from watchbill.telemetry.protobuf import number
from watchbill.telemetry.spans import Attributes, Scope, SpanEvent, Value

_INTEGER = re.compile(r"-?[0-9]{1,20}")
_INT32, _INT64, _TIMES = range(-(2**31), 2**31), range(-(2**63), 2**63), range(2**64)

T = TypeVar("T")
_Object = Mapping[str, Any]


def drafts(body: bytes) -> Iterator[Draft]:
    """The spans of a request. Raises BadRequest."""
    try:
        request = pydantic_core.from_json(body)
    except ValueError as error:
        raise BadRequest(f"the body is not JSON: {error}") from error
    for of_resource in _objects(_object("the body", request), "resourceSpans", "resource_spans"):
        resource = _attributes(_inner(of_resource, "resource"))
        for of_scope in _objects(of_resource, "scopeSpans", "scope_spans"):
            scope = _scope(_inner(of_scope, "scope"))
            for span in _objects(of_scope, "spans"):
                yield _draft(span, resource, scope)


def _draft(span: _Object, resource: Attributes, scope: Scope) -> Draft:
    status = _inner(span, "status")
    return Draft(
        trace_id=_text(span, "traceId", "trace_id").lower(),
        span_id=_text(span, "spanId", "span_id").lower(),
        parent_id=_text(span, "parentSpanId", "parent_span_id").lower(),
        name=_text(span, "name")[:MAX_NAME],
        kind=_enum(span, "kind", kind_number),
        start_ns=_time(span, "startTimeUnixNano", "start_time_unix_nano"),
        end_ns=_time(span, "endTimeUnixNano", "end_time_unix_nano"),
        status=_enum(status, "code", status_number),
        status_message=_text(status, "message")[:MAX_TEXT],
        attributes=_attributes(span),
        events=tuple(_event(event) for event in islice(_objects(span, "events"), MAX_EVENTS)),
        resource=resource,
        scope=scope,
    )


def _event(event: _Object) -> SpanEvent:
    return SpanEvent(
        _text(event, "name")[:MAX_NAME], _time(event, "timeUnixNano", "time_unix_nano"), _attributes(event)
    )


def _scope(scope: _Object) -> Scope:
    return Scope(_text(scope, "name")[:MAX_NAME], _text(scope, "version")[:MAX_NAME])


def _attributes(holder: _Object, name: str = "attributes", depth: int = 1) -> dict[str, Value]:
    return kept((_text(pair, "key"), _value(_inner(pair, "value"), depth)) for pair in _objects(holder, name))


def _value(value: _Object, depth: int) -> Value:
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
    return _integer("intValue", held, _INT64)


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
    items = islice(_objects(_object("arrayValue", held), "values"), MAX_ATTRIBUTES)
    return [_value(item, depth + 1) for item in items]


def _list_of_pairs(held: Any, depth: int) -> Value:
    return _attributes(_object("kvlistValue", held), "values", depth + 1) if depth < MAX_DEPTH else None


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


def _held(holder: _Object, *names: str) -> Any:
    for name in names:
        held = holder.get(name)
        if held is not None:
            return held
    return None


def _text(holder: _Object, *names: str) -> str:
    held = _held(holder, *names)
    return "" if held is None else _checked(names[0], held, str)


def _time(holder: _Object, *names: str) -> int:
    held = _held(holder, *names)
    return 0 if held is None else _integer(names[0], held, _TIMES)


def _enum(holder: _Object, name: str, numbered: Callable[[str], int]) -> int:
    held = holder.get(name)
    if held is None:
        return 0
    return numbered(held) if isinstance(held, str) else _integer(name, held, _INT32)


def _inner(holder: _Object, name: str) -> _Object:
    held = holder.get(name)
    return {} if held is None else _object(name, held)


def _objects(holder: _Object, *names: str) -> Iterator[_Object]:
    held = _held(holder, *names)
    return (_object(names[0], item) for item in _checked(names[0], [] if held is None else held, list))


def _object(name: str, held: Any) -> dict[str, Any]:
    return _checked(name, held, dict)


def _integer(name: str, held: Any, allowed: range) -> int:
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
